/** Which Python runs the code. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { MachineError, UserError, firstLine } from '../errors.ts';

const OLDEST = [3, 9] as const;
const ANSWER_MILLISECONDS = 20_000;
const QUESTION = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])";

export interface PythonChoice {
  /** As given by `--python`: must work. */
  readonly wanted: string | undefined;
  /** Folder that may have a `.venv`. */
  readonly projectRoot: string;
}

/**
 * `--python`, else `$VIRTUAL_ENV`, else `.venv` of the project, else `python3` or `python` on the PATH.
 *
 * @returns what to start
 * @throws UserError when `--python` does not name a CPython 3.9 or newer; MachineError when there is none at all
 */
export async function findPython({ wanted, projectRoot }: PythonChoice): Promise<string> {
  if (wanted !== undefined) {
    const problem = await problemOf(wanted);
    if (problem !== null) throw new UserError(`--python: ${problem}`);
    return wanted;
  }
  const problems: string[] = [];
  for (const candidate of await candidates(projectRoot)) {
    const problem = await problemOf(candidate);
    if (problem === null) return candidate;
    problems.push(problem);
  }
  throw new MachineError(
    `no Python to run the code with (${problems.join('; ')}): install CPython 3.9 or newer, or name one with --python`,
  );
}

async function candidates(projectRoot: string): Promise<string[]> {
  const { VIRTUAL_ENV: active = '' } = process.env;
  const environments = [...(active === '' ? [] : [active]), join(projectRoot, '.venv')];
  const interpreters = environments.map((directory) =>
    process.platform === 'win32'
      ? join(directory, 'Scripts', 'python.exe')
      : join(directory, 'bin', 'python'),
  );
  const present = await Promise.all(
    interpreters.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return [...interpreters.filter((_, index) => present[index]), 'python3', 'python'];
}

/** @returns null when it will do, else one clause about why not */
async function problemOf(python: string): Promise<string | null> {
  const answer = await execa(python, ['-I', '-c', QUESTION], {
    reject: false,
    timeout: ANSWER_MILLISECONDS,
    stdin: 'ignore',
  });
  if (answer.code === 'ENOENT') return `${python} was not found`;
  if (answer.failed) return `${python} does not run (${firstLine(answer.stderr || answer.shortMessage)})`;
  const [name = '', version = ''] = answer.stdout.trim().split(' ');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (name !== 'cpython')
    return `${python} is ${name === '' ? 'no Python' : name}, and the probe needs CPython`;
  const newEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return newEnough ? null : `${python} is Python ${version}, and the probe needs 3.9 or newer`;
}
