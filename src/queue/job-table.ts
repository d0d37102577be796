/** What we need of pg-boss's table and its functions do not offer. */
import { z } from 'zod';
import type { Sql } from '../database/database.ts';

export const SCHEMA = 'leakcheck_queue';

/** Puts a running job back: due in `seconds`, the attempt not counted (pg-boss counts those that had begun). */
export async function postpone(sql: Sql, queue: string, id: string, seconds: number): Promise<void> {
  await sql.query(
    `UPDATE ${SCHEMA}.job
        SET state = 'retry', started_on = NULL, heartbeat_on = NULL, start_after = now() + $3 * interval '1 second'
      WHERE name = $1 AND id = $2 AND state = 'active'`,
    [queue, id, seconds],
  );
}

/**
 * Only where no other process can be working: puts back at once what a killed one was doing. The broken attempt counts,
 * so that a job which takes the process down with it is not done for ever.
 *
 * @returns the jobs that have no attempt left
 */
export async function recoverOrphans(sql: Sql, queue: string): Promise<string[]> {
  await sql.query(
    `UPDATE ${SCHEMA}.job SET state = 'retry', heartbeat_on = NULL, start_after = now()
      WHERE name = $1 AND state = 'active' AND retry_count < retry_limit`,
    [queue],
  );
  const rows = await sql.query(`SELECT id FROM ${SCHEMA}.job WHERE name = $1 AND state = 'active'`, [queue]);
  return rows.map((row) => z.object({ id: z.string() }).parse(row).id);
}

/** The next failure of the job is its last. */
export async function spendAttempts(sql: Sql, queue: string, id: string): Promise<void> {
  await sql.query(`UPDATE ${SCHEMA}.job SET retry_limit = retry_count WHERE name = $1 AND id = $2`, [
    queue,
    id,
  ]);
}

/** A failed job holds its key for ever; the dead letter queue has its copy, so the next of the key may come. */
export async function freeKeys(sql: Sql, queue: string): Promise<void> {
  await sql.query(`DELETE FROM ${SCHEMA}.job WHERE name = $1 AND state = 'failed'`, [queue]);
}
