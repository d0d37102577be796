/** Runs `git` so that neither the user's settings nor the repository's attributes change what we read. */
import { execa } from 'execa';
import { MachineError, firstLine } from '../errors.ts';

export interface Git {
  readonly directory: string;
  /** Standard output as bytes. Throws GitFailed when git says no. */
  run(args: readonly string[], options?: GitOptions): Promise<Uint8Array>;
  /** Standard output as text without the last line break. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
}

export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

export class GitFailed extends Error {
  override readonly name = 'GitFailed';
  readonly stderr: string;

  constructor(args: readonly string[], stderr: string) {
    super(`git ${args[0] ?? ''} failed: ${stderr.trim().split('\n')[0] ?? ''}`);
    this.stderr = stderr;
  }
}

type Setting = readonly [key: string, value: string];

// Nothing that git could start for us: hooks, a file system monitor, a credential prompt.
const SETTINGS: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.splitIndex', 'false'],
  ['core.quotePath', 'false'],
  ['core.safecrlf', 'false'],
  ['diff.suppressBlankEmpty', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
];

// What a calling hook or script may have set and what would point us at another repository, index or diff.
const FOREIGN =
  /^GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|PREFIX|NAMESPACE|CONFIG|EXTERNAL_DIFF|DIFF_OPTS|PAGER|GRAFT_FILE|SHALLOW_FILE|IMPLICIT_WORK_TREE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS)$/;

/** @param directory any folder inside the repository */
export async function createGit(directory: string): Promise<Git> {
  const bare = withSettings(directory, SETTINGS);
  return withSettings(directory, [...SETTINGS, ...(await disabledFilters(bare))]);
}

/** Filter drivers (LFS and others) are programs; every one that is configured anywhere is switched off. */
async function disabledFilters(git: Git): Promise<Setting[]> {
  const names = await git
    .text(['config', '--null', '--name-only', '--get-regexp', '^filter\\.'])
    .catch(() => '');
  const drivers = new Set(
    names
      .split('\0')
      .filter((name) => name !== '')
      .map((name) => name.slice('filter.'.length, name.lastIndexOf('.'))),
  );
  return [...drivers].flatMap((driver): Setting[] => [
    [`filter.${driver}.clean`, ''],
    [`filter.${driver}.smudge`, ''],
    [`filter.${driver}.process`, ''],
    [`filter.${driver}.required`, 'false'],
  ]);
}

function withSettings(directory: string, settings: readonly Setting[]): Git {
  const environment = gitEnvironment(settings);
  async function run(args: readonly string[], options: GitOptions = {}): Promise<Uint8Array> {
    const { input } = options;
    const result = await execa('git', args, {
      cwd: directory,
      env: { ...environment, ...options.env },
      extendEnv: false,
      encoding: 'buffer',
      stripFinalNewline: false,
      reject: false,
      maxBuffer: 1024 * 1024 * 1024,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
    });
    if (!result.failed) return result.stdout;
    if (result.exitCode === undefined) throw cannotRun(directory, result.code, result);
    throw new GitFailed(args, new TextDecoder().decode(result.stderr));
  }
  return {
    directory,
    run,
    async text(args, options) {
      return new TextDecoder().decode(await run(args, options)).replace(/\n$/, '');
    },
  };
}

function cannotRun(directory: string, code: string | undefined, error: unknown): MachineError {
  const reason =
    code === 'ENOENT'
      ? 'git was not found: install git 2.31 or newer and put it on the PATH'
      : `git could not be run in ${directory}: ${firstLine(error)}`;
  return new MachineError(reason, { cause: error });
}

function gitEnvironment(settings: readonly Setting[]): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !FOREIGN.test(entry[0]),
  );
  // A caller may have set `safe.directory` this way: keep theirs, count on from there.
  const first = Number.parseInt(process.env['GIT_CONFIG_COUNT'] ?? '0', 10) || 0;
  const numbered = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return Object.fromEntries([
    ...own,
    ...numbered,
    ['GIT_CONFIG_COUNT', String(first + settings.length)],
    ['GIT_OPTIONAL_LOCKS', '0'],
    ['GIT_TERMINAL_PROMPT', '0'],
    ['GIT_LITERAL_PATHSPECS', '1'],
    ['LC_ALL', 'C'],
  ]) as Record<string, string>;
}
