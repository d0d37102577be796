/** One attempt at one job, and what becomes of the job. */
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { Database } from '../database/database.ts';
import { firstLine } from '../errors.ts';
import { freeKeys, postpone, spendAttempts } from './job-table.ts';
import { Job, RetryAfter } from './queue.ts';
import type { Handlers, JobRun, QueueProblem } from './queue.ts';

export interface Workplace {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly handlers: Handlers;
  readonly report: (problem: QueueProblem) => void;
}

/** pg-boss completes the job afterwards, but only one that is still running: what was settled here stays so. */
export async function attempt(place: Workplace, entry: JobWithMetadata): Promise<void> {
  const { database, report } = place;
  const parsed = Job.safeParse(entry.data);
  if (!parsed.success) {
    report({ event: 'job-unreadable', error: parsed.error });
    await giveUp(place, entry, parsed.error);
    return;
  }
  const job = parsed.data;
  const isLast = entry.retryCount >= entry.retryLimit;
  try {
    await handle(place.handlers, job, { isLast, signal: entry.signal });
  } catch (error) {
    if (error instanceof RetryAfter) {
      // At least a second: the next attempt must not begin before pg-boss is done with this one.
      await postpone(database, entry.name, entry.id, Math.max(1, error.seconds));
    } else if (isLast) {
      report({ event: 'job-given-up', job, error });
      await giveUp(place, entry, error);
    } else {
      report({ event: 'attempt-failed', job, error });
      await place.boss.fail(entry.name, entry.id, reason(error));
    }
  }
}

/** To the dead letter queue, and out of the way of the next job of the key. */
async function giveUp(
  { boss, database }: Workplace,
  { name, id }: JobWithMetadata,
  error: unknown,
): Promise<void> {
  await spendAttempts(database, name, id);
  await boss.fail(name, id, reason(error));
  await freeKeys(database, name);
}

/** No more than the first line is stored: errors of requests hold what was asked and answered. */
function reason(error: unknown): { message: string } {
  return { message: firstLine(error) };
}

function handle(handlers: Handlers, job: Job, run: JobRun): Promise<void> {
  switch (job.kind) {
    case 'review-pull-request':
      return handlers['review-pull-request'](job, run);
    case 'conclude-probe':
      return handlers['conclude-probe'](job, run);
    case 'probe-deadline':
      return handlers['probe-deadline'](job, run);
    case 'react':
      return handlers.react(job, run);
  }
}
