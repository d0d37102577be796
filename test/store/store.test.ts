import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { OpenReview, Push, ReviewRecords } from '../../src/pipeline/app-ports.ts';
import { startQueue } from '../../src/queue/boss-queue.ts';
import type { Job, Queue } from '../../src/queue/queue.ts';
import { acceptDelivery } from '../../src/store/deliveries.ts';
import { forgetInstallation, forgetOld } from '../../src/store/forget.ts';
import { createReviewRecords } from '../../src/store/review-records.ts';
import { backends } from '../queue/backends.ts';

const push: Push = { installation: 7, owner: 'octo', name: 'app', number: 12, head: 'a'.repeat(40) };
const newer: Push = { ...push, head: 'b'.repeat(40) };
const review: OpenReview = {
  // GitHub's ids have outgrown 32 bits.
  checkRun: 99_000_000_001,
  state: { note: 'quotes \' " \\ and \u2028', list: [1, [2]], none: null },
  runs: [
    { requestId: 'one', lane: 'cpu' },
    { requestId: 'two', lane: 'gpu' },
  ],
  deadline: Date.UTC(2030, 0, 1),
};
const RUN_ID = 17_000_000_001;

describe.each(backends)('the store, $name', (backend) => {
  describe.skipIf(backend.missing)('when it is here', () => {
    let database: Database;
    let remove: () => Promise<void>;
    let records: ReviewRecords;
    beforeAll(async () => {
      ({ database, remove } = await backend.open());
      records = createReviewRecords(database);
    });
    afterAll(() => remove());
    afterEach(() => forgetInstallation(database, 7));
    const count = async (table: string) =>
      (await database.query(`SELECT count(*)::int AS n FROM leakcheck.${table}`))[0]?.['n'];

    it('keeps a review and its runs, each under its own push', async () => {
      await records.open(push, review);
      await records.open(newer, { ...review, state: 'newer', runs: [{ requestId: 'three', lane: 'cpu' }] });

      expect(await records.pending(push)).toEqual(review.state);
      expect(await records.pending(newer)).toBe('newer');
      expect(await records.pending({ ...push, number: 13 })).toBeUndefined();
      expect(await records.runs(push)).toEqual([
        { requestId: 'one', push, lane: 'cpu', runId: null, url: null, state: 'planned' },
        { requestId: 'two', push, lane: 'gpu', runId: null, url: null, state: 'planned' },
      ]);
    });

    it('finds a run by its id and by its request', async () => {
      await records.open(push, review);
      await records.started('two', RUN_ID, 'https://example.com/run');

      const run = {
        requestId: 'two',
        push,
        lane: 'gpu',
        runId: RUN_ID,
        url: 'https://example.com/run',
        state: 'started',
      };
      expect(await records.runById('octo', 'app', RUN_ID)).toEqual(run);
      expect(await records.runByRequest('two')).toEqual(run);
      expect(await records.runById('octo', 'other', RUN_ID)).toBeUndefined();
      expect(await records.runById('octo', 'app', 1)).toBeUndefined();
      expect(await records.runByRequest('nine')).toBeUndefined();
    });

    it('never takes a run back that went on', async () => {
      await records.open(push, review);
      await records.started('one', RUN_ID, 'https://example.com/run');
      await records.completed('one');
      await records.started('one', 5, 'https://example.com/later');

      expect(await records.runByRequest('one')).toMatchObject({ runId: RUN_ID, state: 'completed' });
    });

    it('opened again, replaces the state, keeps the same runs as they are and drops the others', async () => {
      await records.open(push, review);
      await records.started('one', RUN_ID, 'https://example.com/run');
      await records.open(push, { ...review, state: { again: true }, runs: review.runs.slice(0, 1) });

      expect(await records.pending(push)).toEqual({ again: true });
      expect(await records.runs(push)).toMatchObject([{ requestId: 'one', runId: RUN_ID, state: 'started' }]);
    });

    it('opened without a run, has none', async () => {
      await records.open(push, review);
      await records.open(push, { ...review, runs: [] });

      expect(await records.runs(push)).toEqual([]);
    });

    it('replaces the state of an open review only', async () => {
      await records.open(push, review);
      await records.update(push, { more: 1 });
      await records.update(newer, { more: 2 });

      expect(await records.pending(push)).toEqual({ more: 1 });
      expect(await records.pending(newer)).toBeUndefined();
    });

    it('keeps nothing of what was concluded, and may open it again', async () => {
      await records.open(push, review);
      await records.open(newer, { ...review, runs: [] });
      await records.close(push);
      await records.close(push);

      expect(await records.pending(push)).toBeUndefined();
      expect(await records.runs(push)).toEqual([]);
      expect(await records.pending(newer)).toEqual(review.state);
      await records.open(push, review);
      expect(await records.runs(push)).toMatchObject([{ state: 'planned' }, { state: 'planned' }]);
    });

    it('forgets what is old, and what belongs to a removed installation', async () => {
      await records.open(push, { ...review, deadline: Date.now() - 15 * 86_400_000 });
      await records.open({ ...newer, installation: 8, name: 'other' }, { ...review, runs: [] });
      await database.query(
        "UPDATE leakcheck.reviews SET updated_at = now() - interval '15 days' WHERE installation = 7",
      );
      await forgetOld(database);

      expect([await count('reviews'), await count('probe_runs')]).toEqual([1, 0]);
      await forgetInstallation(database, 8);
      expect(await count('reviews')).toBe(0);
    });

    describe('deliveries', () => {
      let queue: Queue;
      beforeEach(async () => {
        queue = await startQueue(database, {
          report: (problem) => {
            expect(problem).toBeUndefined();
          },
        });
      });
      afterEach(async () => {
        await queue.stop();
        await database.query('DELETE FROM leakcheck_queue.job');
      });
      const job: Job = {
        kind: 'review-pull-request',
        installation: 7,
        owner: 'octo',
        name: 'app',
        number: 12,
        again: false,
        commits: { head: push.head, base: newer.head },
      };
      const delivery = { id: 'd-1', event: 'pull_request', action: 'opened' };
      const jobs = async () =>
        (await database.query('SELECT data FROM leakcheck_queue.job')).map(({ data }) => data);

      it('gives its job once, also when it comes ten times at once', async () => {
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => acceptDelivery(queue, delivery, job)),
        );

        expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(1);
        expect(await jobs()).toEqual([job]);
        const [row] = await database.query('SELECT * FROM leakcheck.deliveries');
        expect(row).toMatchObject({
          id: 'd-1',
          event: 'pull_request',
          action: 'opened',
          repository: 'octo/app',
          pull_request: 12,
          head: push.head,
        });
      });

      it('is not kept when its job cannot be sent', async () => {
        await expect(acceptDelivery(queue, delivery, { ...job, number: 0 })).rejects.toThrow();

        expect([await count('deliveries'), await jobs()]).toEqual([0, []]);
        expect(await acceptDelivery(queue, delivery, job)).toBe('accepted');
      });
    });
  });
});
