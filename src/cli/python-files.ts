/** Paths that a person typed → Python files. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { UserError, firstLine } from '../errors.ts';

/** Nobody's source lies in these. */
const LEFT_OUT = new Set([
  '.git', '.hg', '.svn', 'node_modules', '.venv', 'venv', '__pycache__', '.tox', '.nox',
  '.mypy_cache', '.pytest_cache', '.ruff_cache', '.eggs', 'site-packages',
]); // prettier-ignore

export interface PythonFile {
  readonly absolute: string;
  /** As it is shown: relative to the working directory, with forward slashes. */
  readonly path: string;
}

/** A file that is named itself is taken whatever it is called. Sorted, each file once. */
export async function findPythonFiles(paths: readonly string[], directory: string): Promise<PythonFile[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(directory, path);
    const entry = await stat(absolute).catch((error: unknown) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new UserError(
        missing ? `${path}: no such file or folder` : `${path} cannot be read: ${firstLine(error)}`,
      );
    });
    if (entry.isDirectory()) await walk(absolute, found);
    else if (entry.isFile()) found.add(absolute);
    else throw new UserError(`${path} is neither a file nor a folder`);
  }
  return [...found].sort().map((absolute) => ({ absolute, path: shownPath(directory, absolute) }));
}

async function walk(directory: string, found: Set<string>): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) await walk(path, found);
    else if (entry.isFile() && entry.name.endsWith('.py')) found.add(path);
  }
}

function shownPath(directory: string, absolute: string): string {
  const path = relative(directory, absolute);
  return (path === '' || path.startsWith('..') ? absolute : path).split(sep).join('/');
}
