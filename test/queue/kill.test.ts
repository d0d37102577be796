import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'leakcheck-kill-'));
const data = join(directory, 'data');
const log = join(directory, 'log');
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function start(mode: string): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [script, data, log, mode], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended };
}

const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
const until = (check: () => void) => vi.waitFor(check, { timeout: 40_000, interval: 50 });

it('loses nothing when the process is killed during a job', async () => {
  // 1. Pull request 1 is stuck in its second job; pull request 2 goes on.
  const first = start('stuck');
  await until(() => {
    expect(lines()).toEqual(expect.arrayContaining(['start 1:2', 'done 2:4']));
  });
  await expect(openDatabase({ url: undefined, directory: data })).rejects.toThrow(
    `in use by process ${first.child.pid ?? 0}`,
  );

  // 2. Killed; the next process does the rest, without waiting for a sign of life from the dead one.
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start('work');
  await until(() => {
    expect(lines()).toContain('done 1:4');
  });

  // 3. Stopped in order, it leaves the directory free.
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  const said = lines();
  expect(said.at(-1)).toBe('stopped');
  expect(said.filter((line) => / 1:/.test(line))).toEqual([
    'start 1:1',
    'done 1:1',
    'start 1:2',
    'start 1:2',
    'done 1:2',
    'start 1:3',
    'done 1:3',
    'start 1:4',
    'done 1:4',
  ]);
  expect(said.filter((line) => / 2:/.test(line))).toHaveLength(8);
  expect(said.filter((line) => line.startsWith('problem'))).toEqual([]);
  expect(existsSync(join(data, 'leakcheck.lock'))).toBe(false);
});
