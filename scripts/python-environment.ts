/**
 * Makes a virtual environment under `.cache`, once. Where it cannot be made (no network, no `venv`), the tests that need
 * its libraries are skipped and say so.
 *
 *     node scripts/python-environment.ts [python | frameworks | bench]
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const REQUIREMENTS: Readonly<Record<string, string>> = {
  /** All suites. */
  python: 'test/requirements.txt',
  /** The examples of the rules for TensorFlow and JAX. */
  frameworks: 'test/requirements-frameworks.txt',
  /** The peers that the benchmark compares with. */
  bench: 'bench/requirements.txt',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const name = process.argv[2] ?? 'python';
const environment = `${root}.cache/${name}`;
const requirements = `${root}${REQUIREMENTS[name] ?? ''}`;
const stamp = `${environment}/made-from`;

const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  try {
    rmSync(environment, { recursive: true, force: true });
    await execa('python3', ['-m', 'venv', environment]);
    await execa(`${environment}/bin/python`, ['-m', 'pip', 'install', '-q', '-r', requirements], {
      timeout: 600_000,
    });
    writeFileSync(stamp, wanted);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    console.warn(`No environment ${environment}, what needs its libraries is skipped: ${reason}`);
  }
}
