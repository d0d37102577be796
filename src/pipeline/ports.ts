/** What a review needs from the outside. The command line and the GitHub App bring their own. */
import type { Change } from '../changes/change.ts';
import type { ProbePlan } from '../contract/plan.ts';
import type { ProbeReport } from '../contract/report.ts';
import type { Notice } from '../contract/scan.ts';
import type { Outcome } from '../contract/words.ts';

export interface Repository {
  /** Absolute path; paths of changed files are relative to it. */
  readonly root: string;
  /** @param head undefined: the working tree as it is */
  compare(base: string, head: string | undefined): Promise<Comparison>;
}

export interface Comparison {
  readonly base: Revision;
  readonly head: Revision;
  readonly mergeBase: string;
  /** What differs between the merge base and head. */
  readonly files: readonly Change[];
  readonly notices: readonly Notice[];
  /** @returns blob → its bytes */
  read(blobs: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** @returns the bytes of a regular file at the merge base; null when there is none */
  readBase(path: string): Promise<Uint8Array | null>;
  /** Writes the whole tree of the merge base or of head into an existing folder. */
  writeTree(side: 'base' | 'head', directory: string): Promise<void>;
  /** Frees what the comparison took. */
  close(): void;
}

export interface Revision {
  /** As it was asked for. */
  readonly name: string;
  /** Null: the working tree. */
  readonly commit: string | null;
}

export interface Prober {
  /** Never rejects because of the probed code: what could not be measured is in the answer. */
  probe(plan: ProbePlan, trees: Comparison, onProgress: (event: ProbeEvent) => void): Promise<ProbeRun>;
}

export type ProbeEvent =
  | { readonly event: 'started'; readonly id: string; readonly target: string }
  | {
      readonly event: 'measured';
      readonly id: string;
      readonly run: 'head' | 'confirm' | 'base' | 'fix';
      readonly outcome: Outcome;
    };

export interface ProbeRun {
  /** Null when there is none; then the reason says why. */
  readonly report: ProbeReport | null;
  readonly reason: string;
}

export type Progress = (event: ProgressEvent) => void;

export type ProgressEvent =
  | { readonly step: 'comparing' | 'scanning' | 'probing' | 'done'; readonly detail: string }
  | { readonly step: 'probe'; readonly event: ProbeEvent };
