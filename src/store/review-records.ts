/** The reviews whose probe still runs. What is concluded is gone: nothing of the reviewed code stays behind. */
import { z } from 'zod';
import type { Database, Sql } from '../database/database.ts';
import type { OpenReview, ProbeRunRecord, Push, ReviewRecords } from '../pipeline/app-ports.ts';

/** One driver gives a `bigint` as a number, the other as text. */
const Id = z.coerce.number().pipe(z.int().positive());

const RunRow = z
  .object({
    request_id: z.string(),
    installation: Id,
    repository: z.string().regex(/^[^/]+\/[^/]+$/),
    pull_request: z.int(),
    head: z.string(),
    lane: z.enum(['cpu', 'gpu']),
    run_id: Id.nullable(),
    url: z.string().nullable(),
    state: z.enum(['planned', 'started', 'completed']),
  })
  .transform((row): ProbeRunRecord => {
    const [owner = '', name = ''] = row.repository.split('/');
    return {
      requestId: row.request_id,
      push: { installation: row.installation, owner, name, number: row.pull_request, head: row.head },
      lane: row.lane,
      runId: row.run_id,
      url: row.url,
      state: row.state,
    };
  });

const RUN = `SELECT request_id, installation, repository, pull_request, head, lane, run_id, url, state
               FROM leakcheck.probe_runs`;
const OF_PUSH = 'repository = $1 AND pull_request = $2 AND head = $3';

export function createReviewRecords(database: Database): ReviewRecords {
  async function runs(where: string, values: readonly unknown[]): Promise<ProbeRunRecord[]> {
    const rows = await database.query(`${RUN} WHERE ${where} ORDER BY lane, request_id`, values);
    return z.array(RunRow).parse(rows);
  }

  return {
    async pending(push) {
      const text = `SELECT state FROM leakcheck.reviews WHERE ${OF_PUSH}`;
      const [row] = await database.query(text, keyOf(push));
      return row?.['state'];
    },
    open: (push, review) => database.transaction((sql) => open(sql, push, review)),
    async update(push, state) {
      await database.query(
        `UPDATE leakcheck.reviews SET state = $4::jsonb, updated_at = now() WHERE ${OF_PUSH}`,
        [...keyOf(push), JSON.stringify(state)],
      );
    },
    close: (push) =>
      database.transaction(async (sql) => {
        await sql.query(`DELETE FROM leakcheck.probe_runs WHERE ${OF_PUSH}`, keyOf(push));
        await sql.query(`DELETE FROM leakcheck.reviews WHERE ${OF_PUSH}`, keyOf(push));
      }),
    runs: (push) => runs(OF_PUSH, keyOf(push)),
    async runById(owner, name, runId) {
      return (await runs('repository = $1 AND run_id = $2', [`${owner}/${name}`, runId]))[0];
    },
    async runByRequest(requestId) {
      return (await runs('request_id = $1', [requestId]))[0];
    },
    async started(requestId, runId, url) {
      await database.query(
        `UPDATE leakcheck.probe_runs SET run_id = $2, url = $3, state = 'started'
          WHERE request_id = $1 AND state = 'planned'`,
        [requestId, runId, url],
      );
    },
    async completed(requestId) {
      await database.query("UPDATE leakcheck.probe_runs SET state = 'completed' WHERE request_id = $1", [
        requestId,
      ]);
    },
  };
}

async function open(sql: Sql, push: Push, { checkRun, state, runs, deadline }: OpenReview): Promise<void> {
  const key = keyOf(push);
  await sql.query(
    `INSERT INTO leakcheck.reviews (repository, pull_request, head, installation, check_run, state)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb)
     ON CONFLICT (repository, pull_request, head) DO UPDATE
       SET installation = excluded.installation, check_run = excluded.check_run,
           state = excluded.state, updated_at = now()`,
    [...key, push.installation, checkRun, JSON.stringify(state)],
  );
  const planned = JSON.stringify(runs.map(({ requestId }) => requestId));
  await sql.query(
    `DELETE FROM leakcheck.probe_runs
      WHERE ${OF_PUSH} AND request_id NOT IN (SELECT jsonb_array_elements_text($4::jsonb))`,
    [...key, planned],
  );
  for (const { requestId, lane } of runs) {
    // A run that was kept before, maybe started by now, stays as it is.
    await sql.query(
      `INSERT INTO leakcheck.probe_runs
         (repository, pull_request, head, installation, request_id, lane, state, deadline)
       VALUES ($1, $2, $3, $4, $5, $6, 'planned', to_timestamp($7::double precision / 1000))
       ON CONFLICT (request_id) DO NOTHING`,
      [...key, push.installation, requestId, lane, deadline],
    );
  }
}

function keyOf({ owner, name, number, head }: Push): readonly unknown[] {
  return [`${owner}/${name}`, number, head];
}
