import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Git } from './git.ts';

/**
 * Writes the files of a tree into a folder. The user's index and work tree are not touched; submodules become empty folders.
 *
 * @param scratch folder for the temporary index
 */
export async function materialise(git: Git, tree: string, target: string, scratch: string): Promise<void> {
  const gitDirectory = await git.text(['rev-parse', '--absolute-git-dir']);
  const env = { GIT_INDEX_FILE: join(scratch, `index-${randomUUID()}`) };
  await git.run(['read-tree', tree], { env });
  await git.run(
    [`--git-dir=${gitDirectory}`, `--work-tree=${target}`, 'checkout-index', '--all', '--force', '--quiet'],
    {
      env: { ...env, GIT_DIR: gitDirectory, GIT_WORK_TREE: target },
    },
  );
}
