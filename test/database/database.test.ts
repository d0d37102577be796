import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { MachineError, UserError } from '../../src/errors.ts';
import { postgresPrograms, startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

/** What the embedded database and the server must both do. */
function behaves(database: () => Database): void {
  const one = async (text: string, values?: unknown[]) => (await database().query(text, values))[0];

  it('has the tables', async () => {
    expect(await one("SELECT to_regclass('leakcheck.reviews') IS NOT NULL AS there")).toEqual({
      there: true,
    });
  });

  it('runs several statements in one text', async () => {
    const rows = await database().query(
      'CREATE TABLE several (n int); INSERT INTO several VALUES (1), (2) RETURNING n; SELECT 3 AS n;',
    );

    expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('keeps nothing of a transaction that fails, and goes on', async () => {
    await database().query('CREATE TABLE rolled (n int)');

    await expect(
      database().transaction(async (sql) => {
        await sql.query('INSERT INTO rolled VALUES ($1)', [1]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await expect(
      database().transaction((sql) => sql.query('INSERT INTO nowhere VALUES (1)')),
    ).rejects.toThrow('nowhere');

    expect(await one('SELECT count(*)::int AS n FROM rolled')).toEqual({ n: 0 });
  });

  it('leaves no open transaction behind when one of several statements fails', async () => {
    await database().query('CREATE TABLE left_open (n int)');

    const failing = 'BEGIN; INSERT INTO left_open VALUES (1); SELECT 1/0; COMMIT;';
    for (let turn = 0; turn < 12; turn += 1)
      await expect(database().query(failing)).rejects.toThrow('division by zero');

    expect(await one('SELECT count(*)::int AS n FROM left_open')).toEqual({ n: 0 });
  });

  it('refuses tables that are newer than itself', async () => {
    await database().query('INSERT INTO leakcheck.migrations (number) VALUES (99)');

    const { migrate } = await import('../../src/database/migrate.ts');
    await expect(migrate(database())).rejects.toThrow(/newer Leakcheck .*version 99/);

    await database().query('DELETE FROM leakcheck.migrations WHERE number = 99');
  });
}

describe('the embedded database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'leakcheck-database-'));
  const open = () => openDatabase({ url: undefined, directory });
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });
  behaves(() => database);

  it('refuses a second opener, and keeps its rows', async () => {
    await database.query('CREATE TABLE kept AS SELECT 1 AS n');
    await expect(open()).rejects.toThrow(UserError);
    await database.close();
    expect(readdirSync(directory)).toEqual(['postgres']);

    database = await open();

    expect(await database.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('says that the directory cannot be used', async () => {
    await expect(openDatabase({ url: undefined, directory: '/dev/null/leakcheck' })).rejects.toThrow(
      /^cannot make the directory \/dev\/null\/leakcheck/,
    );
  });
});

describe('a database that is not there', () => {
  it('is said in one sentence without the password', async () => {
    const opening = openDatabase({ url: 'postgres://me:secret@127.0.0.1:1/db', directory: null });

    const error: unknown = await opening.catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(MachineError);
    expect(String(error)).toMatch(/DATABASE_URL: .*ECONNREFUSED/);
    expect(String(error)).not.toContain('secret');
  });
});

describe.skipIf(postgresPrograms === null)('a PostgreSQL server', () => {
  let server: PostgresServer;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres();
    // Several instances of the App start together on an empty database.
    const options = { url: server.url, directory: null };
    const all = await Promise.all([1, 2, 3].map(() => openDatabase(options)));
    database = all[0] as Database;
    await Promise.all(all.slice(1).map((other) => other.close()));
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });
  behaves(() => database);

  it('outlives a break of its connections', async () => {
    const broken = database.transaction(async (sql) => {
      await server.breakConnections();
      await sql.query('SELECT 1');
    });
    await expect(broken).rejects.toThrow();

    expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});
