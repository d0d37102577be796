/** Runs what is missing of the migrations, once, however many processes start together. */
import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';

/** Any number that nobody else takes in this database. */
const LOCK = 5_263_127_742;

export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock($1::bigint)', [LOCK]);
    await sql.query(
      `CREATE SCHEMA IF NOT EXISTS leakcheck;
       CREATE TABLE IF NOT EXISTS leakcheck.migrations (
         number integer PRIMARY KEY,
         applied_at timestamptz NOT NULL DEFAULT now()
       );`,
    );
    const [row] = await sql.query('SELECT coalesce(max(number), 0) AS last FROM leakcheck.migrations');
    const { last } = z.object({ last: z.int() }).parse(row);
    if (last > migrations.length) {
      throw new UserError(
        `the database was used by a newer Leakcheck (its tables have version ${last}, this one knows ${migrations.length}): upgrade this one, or give it another database`,
      );
    }
    for (const [index, text] of migrations.entries()) {
      const number = index + 1;
      if (number <= last) continue;
      await sql.query(text);
      await sql.query('INSERT INTO leakcheck.migrations (number) VALUES ($1)', [number]);
    }
  });
}
