/** PGlite: PostgreSQL inside this process, on a directory that it locks. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { firstLine, MachineError } from '../errors.ts';
import type { Database, Row, Sql } from './database.ts';
import { lockDirectory } from './directory-lock.ts';

export async function openEmbedded(directory: string | null): Promise<Database> {
  if (directory === null) return embeddedDatabase(await PGlite.create(), () => Promise.resolve());
  const path = resolve(directory);
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw new MachineError(`cannot make the directory ${path} for the database: ${firstLine(error)}`);
  });
  const unlock = await lockDirectory(path);
  try {
    return embeddedDatabase(await PGlite.create(join(path, 'postgres')), unlock);
  } catch (error) {
    await unlock();
    throw new MachineError(
      `cannot open the embedded database in ${path}: ${firstLine(error)}; set DATABASE_URL to use a server instead`,
      { cause: error },
    );
  }
}

type Runner = Pick<PGlite, 'query' | 'exec'>;

function embeddedDatabase(pglite: PGlite, unlock: () => Promise<void>): Database {
  return {
    kind: 'embedded',
    async query(text, values) {
      try {
        return await run(pglite, text, values);
      } catch (error) {
        // The one connection must not stay inside the transaction that a failed `BEGIN; …` left open.
        await pglite.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
    transaction: (work) => pglite.transaction((tx) => work(sqlOf(tx))),
    async close() {
      await pglite.close();
      await unlock();
    },
  };
}

function sqlOf(runner: Runner): Sql {
  return { query: (text, values) => run(runner, text, values) };
}

async function run(runner: Runner, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  if (values.length > 0) return (await runner.query<Row>(text, [...values])).rows;
  return (await runner.exec(text)).flatMap(({ rows }) => rows as Row[]);
}
