/** What the App's stories need beside GitHub. `github/ports.ts` has the rest. */
import type { Host } from '../github/ports.ts';
import type { Send } from '../queue/queue.ts';
import type { Lane } from './lanes.ts';
import type { AnyScanner } from './scan-sides.ts';

export interface AppPorts {
  /** Acts for one installation; one for each job. */
  readonly host: (installation: number) => Promise<Host>;
  readonly reviews: ReviewRecords;
  readonly send: Send;
  readonly scanner: AnyScanner;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 128 random bits in hexadecimal. */
  readonly newRequestId: () => string;
  /** Signs our comments, so that we know them again. */
  readonly markerKey: string;
  readonly log: Log;
}

/** Static messages; data as fields. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** One head of one pull request. */
export interface Push {
  readonly installation: number;
  readonly owner: string;
  readonly name: string;
  readonly number: number;
  readonly head: string;
}

export interface ProbeRunRecord {
  readonly requestId: string;
  readonly push: Push;
  readonly lane: Lane;
  /** Null: not known to be dispatched. */
  readonly runId: number | null;
  readonly url: string | null;
  readonly state: 'planned' | 'started' | 'completed';
}

/** What the first story leaves for the second. Each write is whole or not at all. */
export interface ReviewRecords {
  /** What `open` kept; undefined: never opened, or closed since. */
  pending(push: Push): Promise<unknown>;
  /** Keeps the review and its planned runs, in place of what was there for this push. */
  open(push: Push, review: OpenReview): Promise<void>;
  /** Replaces the state alone. */
  update(push: Push, state: unknown): Promise<void>;
  /** The check is concluded: what was kept for it goes. */
  close(push: Push): Promise<void>;
  runs(push: Push): Promise<ProbeRunRecord[]>;
  runById(owner: string, name: string, runId: number): Promise<ProbeRunRecord | undefined>;
  runByRequest(requestId: string): Promise<ProbeRunRecord | undefined>;
  started(requestId: string, runId: number, url: string): Promise<void>;
  completed(requestId: string): Promise<void>;
}

export interface OpenReview {
  readonly checkRun: number;
  /** JSON. */
  readonly state: unknown;
  readonly runs: readonly { readonly requestId: string; readonly lane: Lane }[];
  /** Milliseconds since 1970: then the check concludes without the probe. */
  readonly deadline: number;
}
