/** A PostgreSQL server, through a pool of connections. */
import pg from 'pg';
import { firstLine, MachineError } from '../errors.ts';
import type { Database, Row, Sql } from './database.ts';

const CONNECTIONS = 10;
const CONNECT_MILLISECONDS = 10_000;

export async function connectToServer(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: 'leakcheck',
  });
  // A connection that is lost while idle is replaced by the next query; unheard, the event would end the process.
  pool.on('error', () => undefined);
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw new MachineError(`cannot use the database of DATABASE_URL: ${reason(error)}`, { cause: error });
  }
  return {
    kind: 'server',
    query: (text, values = []) =>
      values.length > 0
        ? pool.query<Row>(text, [...values]).then(({ rows }) => rows)
        : withClient(pool, (sql) => sql.query(text)),
    transaction: (work) =>
      withClient(pool, async (sql) => {
        await sql.query('BEGIN');
        const result = await work(sql);
        await sql.query('COMMIT');
        return result;
      }),
    close: () => pool.end(),
  };
}

/** After an error the connection is closed: that rolls back whatever it was in the middle of. */
async function withClient<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Between two queries nobody else listens.
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    return await work({ query: (text, values) => run(client, text, values) });
  } catch (error) {
    broken ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function run(client: pg.PoolClient, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  if (values.length > 0) return (await client.query<Row>(text, [...values])).rows;
  // Several statements give several results, which the types of `pg` do not say.
  const results = (await client.query<Row>(text)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
  return [results].flat().flatMap(({ rows }) => rows);
}

/** When every address of a name refuses, the reasons are inside and the message is empty. */
function reason(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(firstLine).join(', ') : firstLine(error);
}
