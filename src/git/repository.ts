/** A local repository: the one place that puts the git commands together. */
import { realpath, stat } from 'node:fs/promises';
import type { Comparison, Repository } from '../pipeline/ports.ts';
import { UserError, firstLine } from '../errors.ts';
import { makeTemporaryDirectory } from '../process/temporary-directory.ts';
import { readBlobs, readFileAt } from './blobs.ts';
import { changedFiles } from './changed-files.ts';
import { GitFailed, createGit } from './git.ts';
import type { Git } from './git.ts';
import { materialise } from './materialise.ts';
import { mergeBase, resolveCommit } from './revision.ts';
import { snapshotWorkTree } from './work-tree.ts';

/** @param directory any folder inside the repository */
export async function openRepository(directory: string): Promise<Repository> {
  const entry = await stat(directory).catch(() => undefined);
  if (entry?.isDirectory() !== true)
    throw new UserError(`${directory} is not a folder: name one of the repository`);
  const root = await findRoot(await createGit(directory), directory);
  const git = await createGit(root.path);
  return {
    root: root.path,
    compare: (base, head) => compare(git, root.bare, base, head),
  };
}

async function findRoot(git: Git, directory: string): Promise<{ path: string; bare: boolean }> {
  try {
    if ((await git.text(['rev-parse', '--is-bare-repository'])) === 'true') {
      return { path: await realpath(await git.text(['rev-parse', '--absolute-git-dir'])), bare: true };
    }
    return { path: await git.text(['rev-parse', '--show-toplevel']), bare: false };
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    throw new UserError(
      error.stderr.includes('not a git repository')
        ? `${directory} is not inside a git repository: run this in one, or name one with --repository PATH`
        : `git cannot read the repository at ${directory}: ${firstLine(new Error(error.stderr))}`,
      { cause: error },
    );
  }
}

async function compare(git: Git, bare: boolean, base: string, head: string | undefined): Promise<Comparison> {
  if (bare && head === undefined) {
    throw new UserError('This repository has no work tree: say with --head REV what shall be reviewed');
  }
  const baseCommit = await resolveCommit(git, base, '--base');
  const headCommit = await resolveCommit(git, head ?? 'HEAD', '--head');
  const ancestor = await mergeBase(
    git,
    { name: base, commit: baseCommit },
    { name: head ?? 'HEAD', commit: headCommit },
  );
  const temporary = await makeTemporaryDirectory();
  try {
    const snapshot = head === undefined ? await snapshotWorkTree(git, temporary.path) : undefined;
    const reader = snapshot?.git ?? git;
    const tree = snapshot?.tree ?? `${headCommit}^{tree}`;
    const files = await changedFiles(reader, ancestor, tree);
    return {
      base: { name: base, commit: baseCommit },
      head: { name: head ?? 'working tree', commit: head === undefined ? null : headCommit },
      mergeBase: ancestor,
      files,
      notices: snapshot?.notices ?? [],
      read: (blobs) => readBlobs(reader, blobs),
      readBase: (path) => readFileAt(git, ancestor, path),
      writeTree: (side, target) =>
        materialise(reader, side === 'head' ? tree : ancestor, target, temporary.path),
      close: () => {
        temporary.remove();
      },
    };
  } catch (error) {
    temporary.remove();
    throw error;
  }
}
