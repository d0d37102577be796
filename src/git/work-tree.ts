/** The working tree as it is now, as a git tree, without writing anything to the repository. */
import { copyFile, lstat, mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Notice } from '../contract/scan.ts';
import type { Git, GitOptions } from './git.ts';

export interface Snapshot {
  readonly tree: string;
  /** Sees the objects of the snapshot besides those of the repository. */
  readonly git: Git;
  readonly notices: Notice[];
}

/** Data left lying about is not part of the change, and hashing gigabytes of it would cost minutes. */
const MAX_UNTRACKED_BYTES = 32 * 1024 * 1024;

/** @param scratch folder for the temporary index and objects; must live as long as the snapshot is read */
export async function snapshotWorkTree(git: Git, scratch: string): Promise<Snapshot> {
  const index = join(scratch, 'index');
  const objects = join(scratch, 'objects');
  await mkdir(objects);
  await copyIndex(await path(git, 'index'), index);
  const env = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(await path(git, 'objects')),
  };
  const own = withEnvironment(git, env);
  const { small, notices } = await untracked(own);
  await own.run(['-c', 'core.compression=0', 'add', '--update', '--', '.']);
  if (small.length > 0) {
    await own.run(['-c', 'core.compression=0', 'add', '--pathspec-from-file=-', '--pathspec-file-nul'], {
      input: small.join('\0'),
    });
  }
  return { tree: await own.text(['write-tree']), git: own, notices };
}

async function path(git: Git, name: string): Promise<string> {
  return git.text(['rev-parse', '--path-format=absolute', '--git-path', name]);
}

/** The copy keeps what git knows about unchanged files, so that only changed ones are read. */
async function copyIndex(from: string, to: string): Promise<void> {
  const original = await stat(from).catch(() => undefined);
  if (original === undefined) return;
  await copyFile(from, to);
  // Git looks again at files as young as the index: a younger copy would hide a change made in the same second.
  const seconds = Math.floor(original.mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}

/** The variable is a list with colons between its items. */
function quoted(directory: string): string {
  return /[:"\\]/.test(directory) ? `"${directory.replace(/["\\]/g, '\\$&')}"` : directory;
}

function withEnvironment(git: Git, env: Readonly<Record<string, string>>): Git {
  const extended = (options: GitOptions = {}): GitOptions => ({
    ...options,
    env: { ...env, ...options.env },
  });
  return {
    directory: git.directory,
    run: (args, options) => git.run(args, extended(options)),
    text: (args, options) => git.text(args, extended(options)),
  };
}

async function untracked(git: Git): Promise<{ small: string[]; notices: Notice[] }> {
  const listed = await git.text(['ls-files', '--others', '--exclude-standard', '-z']);
  const small: string[] = [];
  const notices: Notice[] = [];
  for (const name of listed.split('\0')) {
    // A name that ends with a slash is another repository.
    if (name === '' || name.endsWith('/')) continue;
    const entry = await lstat(join(git.directory, name)).catch(() => undefined);
    if (entry === undefined || !(entry.isFile() || entry.isSymbolicLink())) continue;
    if (entry.size <= MAX_UNTRACKED_BYTES) small.push(name);
    else
      notices.push({
        path: name,
        message: 'untracked and above 32 MiB: left out of the review and of the probed tree',
      });
  }
  return { small, notices };
}
