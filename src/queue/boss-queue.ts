/** The queue on pg-boss, in the same database as the store. The only module that knows pg-boss. */
import { PgBoss } from 'pg-boss';
import type { Db, JobWithMetadata } from 'pg-boss';
import type { Database, Sql } from '../database/database.ts';
import { attempt } from './attempt.ts';
import { nextJobId } from './job-id.ts';
import { freeKeys, recoverOrphans, SCHEMA } from './job-table.ts';
import { Job, jobKey } from './queue.ts';
import type { Handlers, JobKind, Queue, QueueProblem, Send } from './queue.ts';

export interface BossQueueOptions {
  /** Jobs done at the same time by this process, in each of the two queues. */
  readonly concurrency?: number;
  readonly pace?: Pace;
  readonly report: (problem: QueueProblem) => void;
}

/** In seconds; tests take shorter ones. */
export interface Pace {
  /** After the first failure; doubles with each. */
  readonly retry: number;
  /** How long a job that another instance sent may wait for us; our own wake us at once. */
  readonly poll: number;
  /** How often to look for jobs whose worker is gone. */
  readonly supervise: number;
}

const PACE: Pace = { retry: 5, poll: 2, supervise: 15 };

/** All kinds that change a pull request's review share a queue, so that one of them at a time runs for it; answers to people do not wait behind a scan. */
const QUEUE_OF = {
  'review-pull-request': 'pull-requests',
  'conclude-probe': 'pull-requests',
  'probe-deadline': 'pull-requests',
  react: 'reactions',
} as const satisfies Record<JobKind, string>;

const QUEUES = [...new Set(Object.values(QUEUE_OF))];
const DEAD = 'given-up';

const RETRIES = 5;
const DAY = 86_400;

export async function startQueue(database: Database, options: BossQueueOptions): Promise<Queue> {
  const { concurrency = 4, pace = PACE, report } = options;
  const boss = new PgBoss({
    db: bossDatabase(database),
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    schema: SCHEMA,
    schedule: false,
    superviseIntervalSeconds: pace.supervise,
    monitorIntervalSeconds: pace.supervise,
  });
  boss.on('error', (error) => {
    report({ event: 'queue-trouble', error });
  });
  await boss.start();
  await boss.createQueue(DEAD, { retentionSeconds: 14 * DAY });
  const settings = {
    retryLimit: RETRIES,
    retryDelay: pace.retry,
    retryBackoff: true,
    retryDelayMax: 300,
    // Without a sign of life for that long the job is done again: by another instance, or after a restart.
    heartbeatSeconds: 60,
    deleteAfterSeconds: DAY,
    deadLetter: DEAD,
  };
  for (const queue of QUEUES) {
    await boss.createQueue(queue, { ...settings, policy: 'key_strict_fifo' });
    await boss.updateQueue(queue, settings);
    // The directory is locked: whatever runs, ran in a process that is gone.
    const exhausted = database.kind === 'embedded' ? await recoverOrphans(database, queue) : [];
    if (exhausted.length > 0)
      await boss.fail(queue, exhausted, new Error('the process was killed during the job'));
    await freeKeys(database, queue);
    // pg-boss now remembers the queue: it must not look it up inside a transaction, which has the only connection.
    await boss.getBlockedKeys(queue);
  }
  const sweep = setInterval(() => {
    Promise.all(QUEUES.map((queue) => freeKeys(database, queue))).catch((error: unknown) => {
      report({ event: 'queue-trouble', error });
    });
  }, pace.supervise * 1000);
  sweep.unref();

  const workers: Worker[] = [];
  /** One idle worker for each job; those that are busy look for the next when they are done. */
  function wake(queue: string, jobs: number): void {
    const idle = workers.filter((worker) => worker.queue === queue && !worker.isBusy);
    for (const { id } of idle.slice(0, jobs)) boss.notifyWorker(id);
  }

  async function put(sql: Sql, job: Job, afterSeconds = 0): Promise<string> {
    const queue = QUEUE_OF[job.kind];
    await boss.send(queue, Job.parse(job), {
      id: nextJobId(),
      singletonKey: jobKey(job),
      startAfter: afterSeconds,
      db: bossDatabase(sql),
    });
    return queue;
  }

  async function together<T>(write: (sql: Sql, send: Send) => Promise<T>): Promise<T> {
    const sent: string[] = [];
    const result = await database.transaction((sql) =>
      write(sql, async (job, { afterSeconds } = {}) => {
        sent.push(await put(sql, job, afterSeconds));
      }),
    );
    for (const queue of QUEUES) wake(queue, sent.filter((name) => name === queue).length);
    return result;
  }

  async function work(handlers: Handlers): Promise<void> {
    const names = QUEUES.flatMap((queue) => Array.from({ length: concurrency }, () => queue));
    for (const queue of names) {
      const options = { pollingIntervalSeconds: pace.poll, includeMetadata: true } as const;
      const worker: Worker = { queue, id: '', isBusy: false };
      worker.id = await boss.work(queue, options, async ([job]: JobWithMetadata[]) => {
        worker.isBusy = true;
        try {
          if (job !== undefined) await attempt({ boss, database, handlers, report }, job);
        } finally {
          worker.isBusy = false;
          // The next one now, not at the next poll.
          boss.notifyWorker(worker.id);
        }
      });
      workers.push(worker);
    }
  }

  return {
    send: (job, options) => together((_, send) => send(job, options)),
    together,
    work,
    async stop(timeoutSeconds = 25) {
      clearInterval(sweep);
      await Promise.race([
        Promise.all(QUEUES.map((queue) => boss.offWork(queue, { wait: true }))),
        new Promise((resolve) => setTimeout(resolve, timeoutSeconds * 1000).unref()),
      ]);
      await boss.stop({ graceful: false });
    },
  };
}

interface Worker {
  readonly queue: string;
  id: string;
  isBusy: boolean;
}

function bossDatabase(sql: Sql): Db {
  return { executeSql: async (text, values) => ({ rows: await sql.query(text, values) }) };
}
