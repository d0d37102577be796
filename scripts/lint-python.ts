/** Checks the probe's own code with ruff, from the environment of the tests; says so where that could not be made. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const ruff = `${root}.cache/python/bin/ruff`;

if (!existsSync(ruff)) {
  console.warn('ruff is not in .cache/python: the Python code is not linted');
} else {
  for (const args of [
    ['check', '--quiet'],
    ['format', '--check', '--quiet'],
  ]) {
    const { failed } = await execa(ruff, [...args, 'python-runner', 'action', 'bench/drive'], {
      cwd: root,
      stdio: 'inherit',
      reject: false,
    });
    if (failed) process.exitCode = 1;
  }
}
