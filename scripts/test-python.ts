/**
 * Runs the probe's own tests.
 *
 *     node scripts/test-python.ts              with the Python of the tests
 *     node scripts/test-python.ts PYTHON…      with these
 *     node scripts/test-python.ts --all        with every Python from 3.9 on that this machine has
 *     node scripts/test-python.ts --others     what depends on the version only, with all but the Python of the tests
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { pythons } from './pythons.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const own = `${root}.cache/python/bin/python`;
const first = existsSync(own) ? own : 'python3';
/** Counters, starts, walls and a few targets of each kind. */
const QUICK = ['counters', 'platforms', 'sandbox', 'overlay', 'garbage', 'judge', 'driver_target'];

const [option, ...rest] = process.argv.slice(2);
const others = option === '--others';
const chosen =
  option === undefined
    ? [first]
    : option === '--all' || others
      ? await pythons(others ? first : null)
      : [option, ...rest];
const what = others
  ? QUICK.map((name) => `tests.test_${name}`)
  : ['discover', '-s', 'python-runner/tests', '-t', 'python-runner'];

let failed = false;
for (const python of chosen) {
  console.log(`# ${python}`);
  const { exitCode } = await execa(python, ['-B', '-m', 'unittest', ...what], {
    cwd: root,
    env: { PYTHONPATH: [`${root}python-runner/src`, `${root}python-runner`].join(':') },
    stdio: 'inherit',
    reject: false,
  });
  failed ||= exitCode !== 0;
}
process.exitCode = failed ? 1 : 0;
