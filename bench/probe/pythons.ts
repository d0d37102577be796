/** The interpreters of this machine, and an environment with the peers for each. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** @returns the interpreter of this version on the PATH or of pyenv; undefined where there is none */
export async function interpreter(version: string): Promise<string | undefined> {
  const versions = join(homedir(), '.pyenv', 'versions');
  const kept = existsSync(versions) ? readdirSync(versions) : [];
  const own = kept
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => join(versions, name, 'bin/python'));
  for (const candidate of [`python${version}`, ...own, 'python3']) {
    const { stdout, failed } = await execa(candidate, ['-c', VERSION], { reject: false });
    if (!failed && stdout.trim() === version) return candidate;
  }
  return undefined;
}

/**
 * The interpreter of an environment with the peers, made once.
 *
 * @param folder where environments are kept
 * @throws Error when it cannot be made
 */
export async function environmentOf(python: string, version: string, folder: string): Promise<string> {
  const path = join(folder, `peers-${version}`);
  const stamp = join(path, 'made-from');
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const own = join(path, 'bin', 'python');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return own;
  rmSync(path, { recursive: true, force: true });
  await execa(python, ['-m', 'venv', path]);
  await execa(own, ['-m', 'pip', 'install', '-q', '-r', REQUIREMENTS], { timeout: 600_000 });
  writeFileSync(stamp, wanted);
  return own;
}
