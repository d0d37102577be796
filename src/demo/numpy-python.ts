/** Finds or makes a Python that has NumPy, for the one leak of the sample that needs it. */
import { access, mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { firstLine } from '../errors.ts';

export interface DemoPython {
  /** Undefined: this machine has no Python that the probe could use. */
  readonly path: string | undefined;
  readonly numpy: boolean;
  /** One sentence for people. */
  readonly reason: string;
}

/** The demo shall end in a minute; a slow package index must not eat it up. */
const INSTALL_MILLISECONDS = 25_000;

export async function findPythonWithNumpy(say: (line: string) => void): Promise<DemoPython> {
  const usable: string[] = [];
  for (const path of ['python3', '/usr/bin/python3', 'python']) {
    const found = await inspect(path);
    if (found?.numpy === true) return { path: found.path, numpy: true, reason: `NumPy is in ${found.path}` };
    if (found !== undefined) usable.push(found.path);
  }
  const [first] = usable;
  if (first === undefined)
    return { path: undefined, numpy: false, reason: 'there is no CPython 3.9 or newer here' };
  return withEnvironment(first, say);
}

/** Uses the virtual environment of an earlier demo, or makes it. */
async function withEnvironment(python: string, say: (line: string) => void): Promise<DemoPython> {
  const folder = join(cacheFolder(), 'demo-python');
  const path = join(folder, 'bin', 'python');
  if ((await exists(path)) && (await inspect(path))?.numpy === true) {
    return { path, numpy: true, reason: `NumPy is in ${folder}` };
  }
  say(`No Python here has NumPy: making a virtual environment in ${folder}`);
  try {
    await makeEnvironment(python, folder);
    return { path, numpy: true, reason: `NumPy was installed into ${folder}` };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return { path: python, numpy: false, reason: `NumPy could not be installed: ${why(error)}` };
  }
}

async function makeEnvironment(python: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const limit = { cancelSignal: AbortSignal.timeout(INSTALL_MILLISECONDS), stdin: 'ignore' } as const;
  await execa(python, ['-m', 'venv', folder], limit);
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary=:all:',
    'numpy',
  ];
  await execa(join(folder, 'bin', 'python'), pip, limit);
}

function why(error: unknown): string {
  if (!(error instanceof ExecaError)) return firstLine(error);
  if (error.isCanceled) return `it took more than ${INSTALL_MILLISECONDS / 1000} s`;
  const said = `${String(error.stderr)}\n${String(error.stdout)}`.trim().split('\n');
  return said.find((line) => line.startsWith('ERROR:')) ?? said.at(-1) ?? firstLine(error);
}

const ABOUT = `
import sys
if sys.implementation.name == "cpython" and sys.version_info >= (3, 9):
    print(sys.executable)
    try:
        import numpy
        print(numpy.ndarray is not None)
    except Exception:
        print(False)
`;

async function inspect(python: string): Promise<{ path: string; numpy: boolean } | undefined> {
  const result = await execa(python, ['-c', ABOUT], { reject: false, timeout: 10_000, stdin: 'ignore' });
  const [path = '', numpy] = result.failed ? [] : result.stdout.split('\n');
  return path === '' ? undefined : { path, numpy: numpy === 'True' };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'];
  return join(given !== undefined && given.startsWith('/') ? given : join(homedir(), '.cache'), 'leakcheck');
}
