/** The Pythons of this machine that the probe supports. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const OLDEST = 9;
const NEWEST = 14;
const QUESTION = 'import sys; print("%d.%d%s %s" % (*sys.version_info[:2], sys.abiflags, sys.prefix))';

/**
 * One interpreter for each version, older ones first.
 *
 * @param except an interpreter whose version is left out
 */
export async function pythons(except: string | null): Promise<string[]> {
  const found = new Map<string, string>();
  const known = except === null ? '' : ((await version(except)) ?? '');
  for (const candidate of candidates()) {
    const own = await version(candidate);
    if (own !== null && own !== known && !found.has(own)) found.set(own, candidate);
  }
  return [...found].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, path]) => path);
}

function candidates(): string[] {
  const installed = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const pyenv = existsSync(installed)
    ? readdirSync(installed).map((name) => join(installed, name, 'bin/python'))
    : [];
  const minors = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `python3.${OLDEST + index}`);
  return [...pyenv, ...minors, ...minors.map((name) => `${name}t`)];
}

/** Such as `3.13t`; null for what is no supported Python. */
async function version(python: string): Promise<string | null> {
  const { stdout, failed } = await execa(python, ['-I', '-c', QUESTION], { reject: false, timeout: 20_000 });
  const own = stdout.split(' ')[0] ?? '';
  const minor = /^3\.(\d+)t?$/u.exec(own)?.[1];
  return failed || minor === undefined || Number(minor) < OLDEST ? null : own;
}
