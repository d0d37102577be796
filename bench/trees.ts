/** The Python files that the benchmarks run over: the standard library of this machine, and pinned packages. */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';

export interface Tree {
  readonly name: string;
  readonly root: string;
  /** Paths below the root, sorted. */
  readonly files: readonly string[];
}

const LEFT_OUT =
  /(^|\/)(site-packages|tests?|testing|idle_test|_?vendor(ed)?|__pycache__)\/|(^|\/)(test_[^/]*|conftest)\.py$/;

export function treeOf(name: string, root: string): Tree {
  const files = readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.py') && !LEFT_OUT.test(path))
    .sort();
  return { name, root, files };
}

export function standardLibrary(): Tree {
  const { stdout } = execaSync('python3', ['-c', 'import os; print(os.path.dirname(os.__file__))']);
  return treeOf('standard library', stdout);
}

const LIST = fileURLToPath(new URL('packages.txt', import.meta.url));
export const PACKAGES = fileURLToPath(new URL('../.cache/packages/', import.meta.url));

/** The packages of `packages.txt`, brought by pip when they are not here yet. */
export function packages(): Tree {
  const stamp = join(PACKAGES, 'made-from');
  const list = readFileSync(LIST, 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== list) {
    rmSync(PACKAGES, { recursive: true, force: true });
    const options = ['--no-deps', '--no-compile', '--root-user-action', 'ignore'];
    execaSync('python3', ['-m', 'pip', 'install', '-q', ...options, '--target', PACKAGES, '-r', LIST]);
    writeFileSync(stamp, list);
  }
  return treeOf('packages', PACKAGES);
}

/** The pinned version that brought a package, by the name of its folder. */
export function versionOf(folder: string): string {
  const project = { attr: 'attrs' }[folder] ?? folder;
  const pinned = readFileSync(LIST, 'utf8').match(new RegExp(`^${project}==(.*)$`, 'im'));
  return pinned?.[1] ?? '';
}
