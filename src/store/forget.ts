/** What is kept no longer. */
import type { Database } from '../database/database.ts';

/** GitHub delivers again for three days at most; a review that was not concluded by then never will be. */
const DAYS = 14;

export async function forgetOld(database: Database): Promise<void> {
  const age = [DAYS];
  await database.query(
    "DELETE FROM leakcheck.deliveries WHERE received_at < now() - $1 * interval '1 day'",
    age,
  );
  await database.query(
    "DELETE FROM leakcheck.probe_runs WHERE deadline < now() - $1 * interval '1 day'",
    age,
  );
  await database.query("DELETE FROM leakcheck.reviews WHERE updated_at < now() - $1 * interval '1 day'", age);
}

/** The App was removed from an account. */
export async function forgetInstallation(database: Database, installation: number): Promise<void> {
  await database.transaction(async (sql) => {
    for (const table of ['deliveries', 'probe_runs', 'reviews'])
      await sql.query(`DELETE FROM leakcheck.${table} WHERE installation = $1`, [installation]);
  });
}
