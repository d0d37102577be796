/** A PostgreSQL server of the test's own, in a temporary folder, where the machine has the programs. */
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Null: this machine has no PostgreSQL, and the tests that need it are skipped. */
export const postgresPrograms: string | null =
  (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((path) => existsSync(join(path, 'initdb'))) ?? null;

/** PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65534, gid: 65534 };
const asUser = process.getuid?.() === 0 ? NOBODY : {};
const isOpenToAll = (path: string) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 1) === 1;
const parent = 'uid' in asUser ? [tmpdir(), '/var/tmp', '/dev/shm'].find(isOpenToAll) : tmpdir();

export interface PostgresServer {
  readonly url: string;
  /** As a crash of the server would: every connection breaks. */
  breakConnections(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  if (postgresPrograms === null) throw new Error('no PostgreSQL here: skip this test');
  const directory = mkdtempSync(join(parent ?? tmpdir(), 'leakcheck-pg-'));
  if ('uid' in asUser) chownSync(directory, NOBODY.uid, NOBODY.gid);
  const data = join(directory, 'data');
  const own = { cwd: directory, ...asUser };
  await execa(
    join(postgresPrograms, 'initdb'),
    ['-D', data, '-U', 'leakcheck', '--auth=trust', '--no-sync'],
    own,
  );
  const server = spawn(
    join(postgresPrograms, 'postgres'),
    ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    { ...own, stdio: 'ignore' },
  );
  const url = `postgres:///postgres?host=${encodeURIComponent(directory)}&user=leakcheck`;
  await untilReady(url);
  return {
    url,
    breakConnections: () =>
      ask(
        url,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
        ['leakcheck'],
      ),
    async stop() {
      const closed = new Promise((resolve) => server.once('close', resolve));
      server.kill('SIGINT');
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ask(url, 'SELECT 1');
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(50);
    }
  }
}

async function ask(url: string, text: string, values: string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text, values);
  } finally {
    await client.end();
  }
}
