/** Runs the command line as a user does: a process of its own. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ran {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export async function leakcheck(
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; node?: readonly string[] } = {},
): Promise<Ran> {
  const { cwd = '.', env = {}, node = [] } = options;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [...node, MAIN, ...args], {
    cwd,
    env: { NO_COLOR: '1', VIRTUAL_ENV: '', ...env },
    reject: false,
    stdin: 'ignore',
  });
  return { status: exitCode, stdout, stderr };
}
