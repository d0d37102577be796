/** The Python standard library of this machine: large, well kept, and at hand everywhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

export interface PythonFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const LEFT_OUT = /(^|\/)(site-packages|test|tests|idle_test|lib2to3\/tests|__pycache__)\//;

/** @param every take only each n-th file */
export function standardLibrary(every = 1): PythonFile[] {
  const { stdout } = execaSync('python3', ['-c', 'import os; print(os.path.dirname(os.__file__))']);
  return readdirSync(stdout, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.py') && !LEFT_OUT.test(`${path}/`))
    .sort()
    .filter((_, index) => index % every === 0)
    .map((path) => ({ path, bytes: readFileSync(join(stdout, path)) }));
}
