/** One process per directory: PGlite itself lets a second one in, and both then write over each other. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { firstLine, MachineError, UserError } from '../errors.ts';

const Holder = z.object({
  pid: z.int().positive(),
  /** Of the running kernel: after a reboot all holders are gone. Null where the system does not tell. */
  boot: z.string().nullable(),
  /** When the process began, in clock ticks after boot: a number that was given to a new process does not count. */
  began: z.string().nullable(),
});
type Holder = z.infer<typeof Holder>;

const ATTEMPTS = 5;
/** Longer than another process takes to put back a lock that it moved by mistake. */
const SETTLE_MILLISECONDS = 200;

/**
 * @returns a function that frees the directory
 * @throws UserError when a live process holds it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'leakcheck.lock');
  const mine = JSON.stringify({ ...holderOf(process.pid), token: randomUUID() });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await create(path, mine)) {
      await sleep(SETTLE_MILLISECONDS);
      if ((await read(path)) === mine) return () => rm(path, { force: true });
    }
    const found = await readHolder(path);
    if (found.holder !== null && isAlive(found.holder)) {
      throw new UserError(
        `the database directory ${directory} is in use by process ${found.holder.pid}: stop that one, choose another directory, or set DATABASE_URL to share one database`,
      );
    }
    await removeStale(path, found.text);
  }
  throw new MachineError(
    `cannot lock the database directory ${directory}: another process keeps taking ${path}`,
  );
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new MachineError(`cannot write ${path}: ${firstLine(error)}`);
  }
}

/** An empty file may be one that is being written: it gets a moment. */
async function readHolder(path: string): Promise<{ text: string; holder: Holder | null }> {
  let text = await read(path);
  if (parse(text) === null) {
    await sleep(SETTLE_MILLISECONDS);
    text = await read(path);
  }
  return { text, holder: parse(text) };
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function parse(text: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Renamed before it is removed: two that find the same stale lock must not remove the winner's new one. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await read(aside);
  if (moved === text) await rm(aside, { force: true });
  else await rename(aside, path);
}

function isAlive(holder: Holder): boolean {
  const now = holderOf(holder.pid);
  if (holder.boot !== now.boot || holder.began !== now.began) return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function holderOf(pid: number): Holder {
  return {
    pid,
    boot: procFile('/proc/sys/kernel/random/boot_id'),
    // The second field is the name in brackets and may hold blanks; the start is the 22nd, so the 20th after it.
    began: procFile(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? null,
  };
}

function procFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
