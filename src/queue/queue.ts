/** The work that outlives a request and a crash. Jobs carry ids, never content: whoever does one reads the present state. */
import { z } from 'zod';
import type { Sql } from '../database/database.ts';

const PullRequestRef = {
  installation: z.int().positive(),
  owner: z.string().min(1),
  name: z.string().min(1),
  number: z.int().positive(),
};

export const ReviewJob = z.strictObject({
  kind: z.literal('review-pull-request'),
  ...PullRequestRef,
  /** Asked for by a person: done even when this head was reviewed already. */
  again: z.boolean(),
  /** As the webhook named them; without them one more request asks. */
  commits: z.strictObject({ base: z.string().min(1), head: z.string().min(1) }).optional(),
  /** The comment that asked for it. */
  comment: z.int().positive().optional(),
});
export type ReviewJob = z.infer<typeof ReviewJob>;

export const ConcludeJob = z.strictObject({
  kind: z.literal('conclude-probe'),
  ...PullRequestRef,
  runId: z.int().positive(),
});
export type ConcludeJob = z.infer<typeof ConcludeJob>;

export const DeadlineJob = z.strictObject({
  kind: z.literal('probe-deadline'),
  ...PullRequestRef,
  requestId: z.string(),
});
export type DeadlineJob = z.infer<typeof DeadlineJob>;

/** Answers a `/leakcheck` comment: may this user, and if so, start it and say so with a reaction. */
export const ReactJob = z.strictObject({
  kind: z.literal('react'),
  ...PullRequestRef,
  comment: z.int().positive(),
  user: z.string().min(1),
});
export type ReactJob = z.infer<typeof ReactJob>;

export const Job = z.discriminatedUnion('kind', [ReviewJob, ConcludeJob, DeadlineJob, ReactJob]);
export type Job = z.infer<typeof Job>;

export type JobKind = Job['kind'];

/** Jobs with one key are done one at a time and in the order in which they became due. */
export function jobKey({ owner, name, number }: Pick<Job, 'owner' | 'name' | 'number'>): string {
  return `${owner}/${name}#${number}`.toLowerCase();
}

export type Handlers = {
  readonly [Kind in JobKind]: (job: Extract<Job, { kind: Kind }>, run: JobRun) => Promise<void>;
};

/** One attempt at a job. Whatever a handler throws, except RetryAfter, counts as a failed attempt. */
export interface JobRun {
  /** No further attempt follows when this one fails. */
  readonly isLast: boolean;
  /** Aborted when the attempt took too long or the server stops without it. */
  readonly signal: AbortSignal;
}

/** Thrown by a handler: do this job again then, without counting it as a failure; later jobs of its key wait too. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter';
  readonly seconds: number;

  constructor(seconds: number, reason: string) {
    super(reason);
    this.seconds = seconds;
  }
}

export interface SendOptions {
  /** Due so many seconds from now. */
  readonly afterSeconds?: number;
}

export type Send = (job: Job, options?: SendOptions) => Promise<void>;

export interface Queue {
  /** The job is durable once this resolves. */
  readonly send: Send;

  /** What `write` writes through `sql` and sends through `send` is kept together, or not at all. */
  together<T>(write: (sql: Sql, send: Send) => Promise<T>): Promise<T>;

  /** Begins to take jobs. */
  work(handlers: Handlers): Promise<void>;

  /** Takes no more jobs and waits for those that run; what is not done by then is done again after the next start. */
  stop(timeoutSeconds?: number): Promise<void>;
}

/** What went wrong in the queue, for the log. */
export type QueueProblem =
  | { readonly event: 'attempt-failed' | 'job-given-up'; readonly job: Job; readonly error: unknown }
  | { readonly event: 'job-unreadable' | 'queue-trouble'; readonly error: unknown };
