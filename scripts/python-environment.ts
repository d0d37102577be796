/**
 * Makes a virtual environment of the tests under `.cache`, once: `python` for all suites, `frameworks` for the rules of
 * TensorFlow and JAX. Where it cannot be made (no network, no `venv`), the tests that need its libraries are skipped
 * and say so.
 *
 *     node scripts/python-environment.ts [frameworks]
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const isFrameworks = process.argv[2] === 'frameworks';
const environment = `${root}.cache/${isFrameworks ? 'frameworks' : 'python'}`;
const requirements = `${root}test/requirements${isFrameworks ? '-frameworks' : ''}.txt`;
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
    console.warn(`No environment ${environment}, the tests that need its libraries are skipped: ${reason}`);
  }
}
