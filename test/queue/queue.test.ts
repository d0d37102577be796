import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startQueue } from '../../src/queue/boss-queue.ts';
import { nextJobId } from '../../src/queue/job-id.ts';
import { RetryAfter } from '../../src/queue/queue.ts';
import type { ConcludeJob, Handlers, Job, Queue, QueueProblem, ReactJob } from '../../src/queue/queue.ts';
import { backends } from './backends.ts';

const conclude = (number: number, runId: number): ConcludeJob => ({
  kind: 'conclude-probe',
  installation: 1,
  owner: 'octo',
  name: 'app',
  number,
  runId,
});
const react = (comment: number): ReactJob => ({
  kind: 'react',
  installation: 1,
  owner: 'octo',
  name: 'app',
  number: 1,
  comment,
  user: 'mona',
});

type Act = (job: Job, isLast: boolean) => Promise<void> | void;

/** Every kind of job does the same. */
function handlers(act: Act): Handlers {
  const handle = async (job: Job, { isLast }: { isLast: boolean }) => {
    await act(job, isLast);
  };
  return { 'review-pull-request': handle, 'conclude-probe': handle, 'probe-deadline': handle, react: handle };
}

describe.each(backends)('the queue, $name', (backend) => {
  describe.skipIf(backend.missing)('when it is here', () => {
    let database: Database;
    let remove: () => Promise<void>;
    let queue: Queue;
    let problems: QueueProblem[];

    beforeAll(async () => {
      ({ database, remove } = await backend.open());
    });
    afterAll(() => remove());
    beforeEach(async () => {
      problems = [];
      queue = await start();
    });
    afterEach(async () => {
      await queue.stop();
      await database.query('DELETE FROM leakcheck_queue.job');
    });

    const start = () =>
      startQueue(database, {
        pace: { retry: 1, poll: 0.5, supervise: 1 },
        report: (problem) => problems.push(problem),
      });
    const waiting = async (name: string) => {
      const rows = await database.query(
        "SELECT data FROM leakcheck_queue.job WHERE name = $1 AND state <> 'completed' ORDER BY created_on, id",
        [name],
      );
      return rows.map(({ data }) => data);
    };

    it('does the jobs of a pull request one at a time and in order, of several at once', async () => {
      const done: string[] = [];
      const running = new Map<number, number>();
      let together = 0;
      const sent = [1, 2, 3].flatMap((number) => [1, 2, 3, 4, 5].map((run) => conclude(number, run)));
      // In one transaction: the database gives all of them the same time.
      await queue.together(async (_, send) => {
        for (const job of sent) await send(job);
      });

      await queue.work(
        handlers(async (job) => {
          running.set(job.number, (running.get(job.number) ?? 0) + 1);
          expect(running.get(job.number)).toBe(1);
          together = Math.max(together, [...running.values()].filter((count) => count > 0).length);
          await sleep(5);
          done.push(`${job.number}:${'runId' in job ? job.runId : 0}`);
          running.set(job.number, 0);
        }),
      );
      await vi.waitFor(() => {
        expect(done).toHaveLength(sent.length);
      }, 5_000);

      for (const number of [1, 2, 3]) {
        const own = done.filter((entry) => entry.startsWith(`${number}:`));
        expect(own).toEqual([1, 2, 3, 4, 5].map((run) => `${number}:${run}`));
      }
      expect(together).toBeGreaterThan(1);
      expect(problems).toEqual([]);
    });

    it('wakes for a new job at once, and for a late one when it is due', async () => {
      const done: number[] = [];
      await queue.work(handlers((job) => void done.push('runId' in job ? job.runId : 0)));
      await sleep(300);

      const sent = Date.now();
      await queue.send(conclude(1, 2), { afterSeconds: 1 });
      await queue.send(conclude(1, 1));
      await vi.waitFor(() => {
        expect(done).toEqual([1]);
      }, 1_000);
      expect(Date.now() - sent).toBeLessThan(900);
      await vi.waitFor(() => {
        expect(done).toEqual([1, 2]);
      }, 5_000);
      expect(Date.now() - sent).toBeGreaterThanOrEqual(1_000);
    });

    it('keeps what is written and sent together, or nothing of it', async () => {
      await database.query('CREATE TABLE IF NOT EXISTS written (n int)');
      const write = (n: number, fail: boolean) =>
        queue.together(async (sql, send) => {
          await sql.query('INSERT INTO written VALUES ($1)', [n]);
          await send(conclude(1, n));
          if (fail) throw new Error('no');
        });

      await expect(write(1, true)).rejects.toThrow('no');
      await write(2, false);

      expect(await waiting('pull-requests')).toEqual([conclude(1, 2)]);
      expect(await database.query('SELECT n FROM written')).toEqual([{ n: 2 }]);
    });

    it('does a job later as often as it asks, and counts none of it as a failure', async () => {
      const attempts: string[] = [];
      await queue.work(
        handlers((job, isLast) => {
          const run = 'runId' in job ? job.runId : 0;
          attempts.push(`${run}${isLast ? ' last' : ''}`);
          if (run === 1 && attempts.length < 3) throw new RetryAfter(0.1, 'rate limit');
        }),
      );
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));

      // The second waits for the first: order is kept.
      await vi.waitFor(() => {
        expect(attempts).toEqual(['1', '1', '1', '2']);
      }, 10_000);
      expect(problems).toEqual([]);
      const [row] = await database.query(
        "SELECT max(retry_count) AS n FROM leakcheck_queue.job WHERE state = 'completed'",
      );
      expect(row).toEqual({ n: 0 });
    });

    it('tries again after a failure', async () => {
      let attempts = 0;
      await queue.work(
        handlers(() => {
          attempts += 1;
          if (attempts === 1) throw new Error('first time\nwith a secret');
        }),
      );
      await queue.send(react(1));

      await vi.waitFor(() => {
        expect(attempts).toBe(2);
      }, 8_000);
      expect(problems).toMatchObject([{ event: 'attempt-failed', job: react(1) }]);
    });

    it('gives a hopeless job up, and goes on with the next of its pull request', async () => {
      const done: string[] = [];
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));
      // As if it had failed five times already.
      await database.query("UPDATE leakcheck_queue.job SET retry_limit = 0 WHERE data->>'runId' = '1'");

      await queue.work(
        handlers((job, isLast) => {
          done.push(`${'runId' in job ? job.runId : 0}${isLast ? ' last' : ''}`);
          if (isLast) throw new Error('hopeless\nwith a secret');
        }),
      );

      await vi.waitFor(() => {
        expect(done).toEqual(['1 last', '2']);
      }, 5_000);
      expect(problems).toMatchObject([{ event: 'job-given-up', job: conclude(1, 1) }]);
      const dead = await database.query(
        "SELECT data, output FROM leakcheck_queue.job WHERE name = 'given-up'",
      );
      expect(dead).toMatchObject([{ data: conclude(1, 1), output: { message: 'hopeless' } }]);
    });

    it('gives up what it cannot read', async () => {
      const done: number[] = [];
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));
      await database.query(
        `UPDATE leakcheck_queue.job SET data = '{"kind": "of an older version"}' WHERE data->>'runId' = '1'`,
      );

      await queue.work(handlers((job) => void done.push('runId' in job ? job.runId : 0)));

      await vi.waitFor(() => {
        expect(done).toEqual([2]);
      }, 5_000);
      expect(problems).toMatchObject([{ event: 'job-unreadable' }]);
      expect(await waiting('given-up')).toEqual([{ kind: 'of an older version' }]);
    });

    it('takes over what another instance was doing when it died', async () => {
      const done: string[] = [];
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));
      // Another one took the job two minutes ago and gave no sign of life since.
      await database.query(
        `UPDATE leakcheck_queue.job
            SET state = 'active', started_on = now() - interval '2 minutes', heartbeat_on = now() - interval '2 minutes'
          WHERE data->>'runId' = '1'`,
      );

      await queue.work(handlers((job) => void done.push(String('runId' in job ? job.runId : 0))));

      await vi.waitFor(() => {
        expect(done).toEqual(['1', '2']);
      }, 10_000);
    });

    it('lets the next job through when the last attempt of one ran out of time', async () => {
      const done: number[] = [];
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));
      await database.query(
        `UPDATE leakcheck_queue.job
            SET state = 'active', retry_limit = 0, started_on = now() - interval '2 hours', heartbeat_on = now()
          WHERE data->>'runId' = '1'`,
      );

      await queue.work(handlers((job) => void done.push('runId' in job ? job.runId : 0)));

      await vi.waitFor(() => {
        expect(done).toEqual([2]);
      }, 10_000);
      expect(await waiting('given-up')).toEqual([conclude(1, 1)]);
    });

    it('refuses a job that is none', async () => {
      await expect(queue.send({ ...conclude(1, 1), runId: -1 })).rejects.toThrow();
      expect(await waiting('pull-requests')).toEqual([]);
    });

    it('on a stop finishes what runs and leaves the rest for the next start', async () => {
      const done: number[] = [];
      const slow = handlers(async (job) => {
        await sleep(300);
        done.push('runId' in job ? job.runId : 0);
      });
      await queue.work(slow);
      await queue.send(conclude(1, 1));
      await queue.send(conclude(1, 2));
      await sleep(150);

      await queue.stop();
      expect(done).toEqual([1]);
      await sleep(400);
      expect(done).toEqual([1]);

      queue = await start();
      await queue.work(slow);
      await vi.waitFor(() => {
        expect(done).toEqual([1, 2]);
      }, 5_000);
    });

    it('does not wait for ever for a job that does not end', async () => {
      await queue.work(handlers(() => sleep(2_000, undefined, { ref: false })));
      await queue.send(conclude(1, 1));
      await sleep(150);

      await queue.stop(0.2);

      expect(await waiting('pull-requests')).toEqual([conclude(1, 1)]);
    });
  });
});

describe('the id of a job', () => {
  it('grows with every call', () => {
    const ids = Array.from({ length: 20_000 }, nextJobId);

    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});
