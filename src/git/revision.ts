/** From what a person typed to commits. */
import { UserError } from '../errors.ts';
import { GitFailed } from './git.ts';
import type { Git } from './git.ts';

export interface Named {
  readonly name: string;
  readonly commit: string;
}

/** @param option the option that the revision came from, for the message */
export async function resolveCommit(git: Git, name: string, option: string): Promise<string> {
  const commit = await tryResolve(git, name);
  if (commit !== undefined) return commit;
  if ((await tryResolve(git, 'HEAD')) === undefined) {
    throw new UserError(
      'This repository has no commit yet: commit something first, then review what comes after it',
    );
  }
  const remote = await tryResolve(git, `origin/${name}`);
  const hint =
    remote === undefined
      ? `'git branch --all' and 'git tag' list what there is; a remote branch may need 'git fetch' first`
      : `did you mean 'origin/${name}'?`;
  throw new UserError(`${option}: '${name}' is not a commit, branch or tag of this repository; ${hint}`);
}

async function tryResolve(git: Git, name: string): Promise<string | undefined> {
  try {
    return await git.text(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  } catch (error) {
    if (error instanceof GitFailed) return undefined;
    throw error;
  }
}

/** The newest common ancestor; of several equally new ones the first that git names. */
export async function mergeBase(git: Git, base: Named, head: Named): Promise<string> {
  try {
    return await git.text(['merge-base', base.commit, head.commit]);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    const shallow = (await git.text(['rev-parse', '--is-shallow-repository'])) === 'true';
    throw new UserError(
      shallow
        ? `'${base.name}' and '${head.name}' have no common ancestor in this shallow clone: fetch the history with 'git fetch --unshallow'`
        : `'${base.name}' and '${head.name}' have no common ancestor: name a base that belongs to the same history`,
      { cause: error },
    );
  }
}
