/** Makes a real git repository of the sample: the base on `main`, the pull request on a branch. */
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { MachineError, firstLine } from '../errors.ts';

export const BASE_BRANCH = 'main';
export const HEAD_BRANCH = 'faster-labels';

const SAMPLE = join(import.meta.dirname, 'sample');
const PERSON = { name: 'Ada Sample', email: 'ada@example.com' };

/** @param directory an empty folder */
export async function makeSampleRepository(directory: string): Promise<void> {
  await git(directory, 'init', '--quiet', `--initial-branch=${BASE_BRANCH}`);
  await commitTree(directory, 'base', 'Follow parcels from the counter to the door', '2026-01-05T09:00:00Z');
  await git(directory, 'checkout', '--quiet', '-b', HEAD_BRANCH);
  await commitTree(
    directory,
    'head',
    'Make labels, quotes and the tracking page faster',
    '2026-01-06T16:30:00Z',
  );
}

async function commitTree(
  directory: string,
  side: 'base' | 'head',
  message: string,
  date: string,
): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name !== '.git') await rm(join(directory, name), { recursive: true });
  }
  await cp(join(SAMPLE, side), directory, { recursive: true });
  await git(directory, 'add', '--all');
  await gitAt(date, directory, 'commit', '--quiet', '--no-verify', `--message=${message}`);
}

function git(directory: string, ...args: string[]): Promise<void> {
  return gitAt(undefined, directory, ...args);
}

async function gitAt(date: string | undefined, directory: string, ...args: string[]): Promise<void> {
  try {
    await execa('git', args, { cwd: directory, env: environment(date), stdin: 'ignore' });
  } catch (error) {
    throw new MachineError(`The sample repository could not be made with git: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

/** Without the user's settings (signing, hooks, templates), and the same commits every time. */
function environment(date: string | undefined): Record<string, string> {
  return {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TEMPLATE_DIR: '',
    GIT_AUTHOR_NAME: PERSON.name,
    GIT_AUTHOR_EMAIL: PERSON.email,
    GIT_COMMITTER_NAME: PERSON.name,
    GIT_COMMITTER_EMAIL: PERSON.email,
    ...(date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }),
  };
}
