/**
 * Makes the virtual environment of the tests under `.cache/python`, once. Where it cannot be made (no network, no
 * `venv`), the tests that need its libraries are skipped and say so.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = `${root}.cache/python`;
const requirements = `${root}test/requirements.txt`;
const stamp = `${environment}/made-from`;

const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  try {
    rmSync(environment, { recursive: true, force: true });
    await execa('python3', ['-m', 'venv', environment]);
    await execa(`${environment}/bin/python`, ['-m', 'pip', 'install', '-q', '-r', requirements], {
      timeout: 300_000,
    });
    writeFileSync(stamp, wanted);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    console.warn(`No environment for the tests, those that need NumPy are skipped: ${reason}`);
  }
}
