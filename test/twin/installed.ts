/** A repository as its owner sets it up: the App installed, the workflow on both branches, Leakcheck itself beside it. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Files, Program } from './git-repository.ts';
import type { Twin } from './twin.ts';
import type { Access, Installation, Repository, Role } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');
export const WORKFLOW = '.github/workflows/leakcheck-probe.yml';
export const PROBE_BRANCH = 'leakcheck/probe';

export const ALL_PERMISSIONS: Readonly<Record<string, Access>> = {
  contents: 'read',
  pull_requests: 'write',
  checks: 'write',
  issues: 'write',
  actions: 'write',
};

export interface Installed {
  readonly repository: Repository;
  readonly installation: Installation;
}

export async function installLeakcheck(
  twin: Twin,
  options: {
    readonly owner: string;
    readonly name: string;
    readonly files: Files;
    readonly isPrivate?: boolean;
    readonly roles?: Record<string, Role>;
    readonly permissions?: Record<string, Access>;
  },
): Promise<Installed> {
  const own = await twin.people.createRepository({
    owner: 'leakcheck',
    name: 'leakcheck',
    files: { ...filesIn(ROOT, 'action'), ...filesIn(ROOT, 'python-runner/src') },
  });
  const commit = (await own.git.resolve('refs/heads/main')) ?? '';
  const { permissions = { ...ALL_PERMISSIONS }, files, ...rest } = options;
  const repository = await twin.people.createRepository({
    ...rest,
    files: { ...files, [WORKFLOW]: workflowOf(commit) },
  });
  await repository.git.commit(PROBE_BRANCH, {}, 'refs/heads/main');
  return { repository, installation: twin.people.install([repository], permissions) };
}

/** The committed workflow, with the two lines set that its head says to set. */
function workflowOf(commit: string): string {
  const text = readFileSync(join(ROOT, WORKFLOW), 'utf8');
  const set = text
    .replace(/(LEAKCHECK_REPOSITORY: ).*/, '$1leakcheck/leakcheck')
    .replace(/(LEAKCHECK_COMMIT: ).*/, `$1${commit}`);
  if (!set.includes(commit)) throw new Error('the workflow has no line LEAKCHECK_COMMIT');
  return set;
}

/** Path → content of the files below a folder, as git would add them. */
export function filesIn(root: string, folder = '.'): Record<string, Buffer | Program> {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), asCommitted(path)]),
  );
}

function asCommitted(path: string): Buffer | Program {
  const content = readFileSync(path);
  return (statSync(path).mode & 0o100) === 0 ? content : { program: content };
}
