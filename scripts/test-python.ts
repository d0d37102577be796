/** Runs the probe's own tests with the Python of the tests, or with those given as arguments. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const own = `${root}.cache/python/bin/python`;
const pythons = process.argv.length > 2 ? process.argv.slice(2) : [existsSync(own) ? own : 'python3'];

let failed = false;
for (const python of pythons) {
  console.log(`# ${python}`);
  const { exitCode } = await execa(
    python,
    ['-B', '-m', 'unittest', 'discover', '-s', 'python-runner/tests', '-t', 'python-runner'],
    { cwd: root, env: { PYTHONPATH: `${root}python-runner/src` }, stdio: 'inherit', reject: false },
  );
  failed ||= exitCode !== 0;
}
process.exitCode = failed ? 1 : 0;
