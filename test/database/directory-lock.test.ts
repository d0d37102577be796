import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/database/directory-lock.ts';
import { UserError } from '../../src/errors.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leakcheck-lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const lockFile = () => join(directory, 'leakcheck.lock');
const gone = spawnSync(process.execPath, ['--version']).pid;

describe('the lock of the database directory', () => {
  it('is refused while a live process holds it, and free afterwards', async () => {
    const unlock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(
      new UserError(
        `the database directory ${directory} is in use by process ${process.pid}: stop that one, choose another directory, or set DATABASE_URL to share one database`,
      ),
    );

    await unlock();
    await (
      await lockDirectory(directory)
    )();
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each<[string, (mine: Record<string, unknown>) => string]>([
    ['is dead', (mine) => JSON.stringify({ ...mine, pid: gone })],
    ['was of another boot', (mine) => JSON.stringify({ ...mine, boot: 'another' })],
    // In a container every start gives the same number.
    ['had the number that another process has now', (mine) => JSON.stringify({ ...mine, began: '1' })],
    ['died before it had written who it is', () => ''],
    ['wrote something else', () => '{"pid": "one"}'],
  ])('is taken over from one that %s', async (_, leave) => {
    const unlock = await lockDirectory(directory);
    const mine = JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>;
    await unlock();
    writeFileSync(lockFile(), leave(mine));

    await (
      await lockDirectory(directory)
    )();

    expect(readdirSync(directory)).toEqual([]);
  });

  it('is taken over by one of many', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: gone, boot: 'another', began: null }));

    const all = await Promise.allSettled(Array.from({ length: 30 }, () => lockDirectory(directory)));

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['leakcheck.lock']);
  });
});
