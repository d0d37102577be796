/** The commands. Each one loads its own parts when it runs, so that `scan` does not wait for the rest. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT_OK, EXIT_WRONG_INPUT, describeError, exitStatus } from '../errors.ts';
import { undoAll, undoOnSignals } from '../process/cleanup.ts';
import type { ProbeOptions } from './probe.ts';
import type { ReviewOptions } from './review.ts';
import type { ScanOptions } from './scan.ts';
import { version } from './version.ts';

const STATUSES = `
Exit status:
  0  nothing to stop for
  1  the review would block; the scan found something; the probe measured a leak
  2  the command, its configuration or its input was wrong (one line says what)
  3  something on this machine is missing or failed, or Leakcheck itself did

Environment:
  LEAKCHECK_DEBUG=1  show where an error came from
  NO_COLOR=1         no colours`;

/** Runs one command line; never rejects. @returns the exit status */
export async function main(args: readonly string[]): Promise<number> {
  undoOnSignals();
  exitQuietlyOnClosedPipe();
  let status = EXIT_OK;
  const program = createProgram((result) => (status = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_WRONG_INPUT;
    process.stderr.write(`leakcheck: ${describeError(error, process.env['LEAKCHECK_DEBUG'] === '1')}\n`);
    return exitStatus(error);
  } finally {
    undoAll();
  }
}

/** A reader such as `head` may leave early; that is no error of ours. Nobody needs progress that nobody reads. */
function exitQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    undoAll();
    process.exit(EXIT_OK);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

function createProgram(finish: (status: number) => void): Command {
  const program = new Command('leakcheck')
    .description('Finds Python memory leaks that a change brings in, and measures them by running the code.')
    .version(version(), '-V, --version')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'leakcheck: '));
      },
    })
    .addHelpText(
      'after',
      `
Examples:
  leakcheck review --base main             review the working tree against main, and run what is new
  leakcheck scan src                       look for leak patterns without running anything
  leakcheck probe app/cache.py::fetch      measure one function
  leakcheck explain cached-method          what a rule means and how to mend it
${STATUSES}`,
    );
  addReview(program, finish);
  addScan(program, finish);
  addProbe(program, finish);
  addCatalogue(program, finish);
  program
    .command('demo')
    .description('review a sample pull request with all six causes, measured on this machine')
    .action(async () => {
      const { demo } = await import('../demo/demo.ts');
      finish(await demo());
    });
  return program;
}

function addReview(program: Command, finish: (status: number) => void): void {
  program
    .command('review')
    .description(
      'review what changed since the merge base with a revision, and run the new findings under the probe',
    )
    .requiredOption(
      '--base <rev>',
      'branch, tag or commit that the change goes into; compared is the merge base',
    )
    .option('--head <rev>', 'branch, tag or commit to review; without it the working tree as it is')
    .option('--repository <path>', 'a folder of the repository', '.')
    .option('--no-probe', 'do not run anything: what is found stays suspected')
    .option(
      '--python <path>',
      'the Python that runs the code: CPython 3.9 or newer with its packages installed',
    )
    .addOption(
      new Option(
        '--block-on <what>',
        'what makes the check fail (default: the configuration, else confirmed)',
      ).choices(['confirmed', 'high', 'any', 'never']),
    )
    .option('--probe-required', 'block while a high or medium finding is neither proved nor cleared')
    .option('--no-config', 'do not read .github/leakcheck.yml of the merge base')
    .addOption(formats('pretty', 'json', 'markdown'))
    .option('--progress', 'show progress on standard error although it is no terminal')
    .addHelpText(
      'after',
      `
Which Python runs the code: --python, else $VIRTUAL_ENV, else .venv in the repository, else python3.
Nothing in the repository is changed: both versions are written to temporary folders and run there.

The configuration .github/leakcheck.yml is read from the merge base, so that a change cannot switch off its own review.
Its paths, rules, block-on, probe.enabled, probe.required and probe.targets count; options win over it.

--block-on: confirmed  only what was measured          high   also suspected findings of high confidence
            any        also those of medium confidence  never  nothing

Examples:
  leakcheck review --base origin/main
  leakcheck review --base main --head my-branch --format markdown > review.md
  leakcheck review --base HEAD --no-probe            only what is not committed yet, without running it
${STATUSES}`,
    )
    .action(async (options: ReviewOptions) => {
      const { runReview } = await import('./review.ts');
      finish(await runReview(options));
    });
}

function addScan(program: Command, finish: (status: number) => void): void {
  program
    .command('scan')
    .description('look for leak patterns in files and folders, without running them')
    .argument('<path...>', 'Python files, or folders to walk')
    .addOption(
      new Option('--fail-on <confidence>', 'exit with 1 on findings of this confidence or above')
        .choices(['high', 'medium', 'low'])
        .default('medium'),
    )
    .addOption(formats('pretty', 'json', 'sarif', 'github'))
    .addOption(
      new Option(
        '-j, --jobs <number>',
        'threads (default: one for few files, else one for each core)',
      ).argParser((text) => {
        const jobs = Number(text);
        if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 64) return jobs;
        throw new InvalidArgumentError('It is a number from 1 to 64.');
      }),
    )
    .addHelpText(
      'after',
      `
Folders are walked without .git, node_modules, virtual environments, caches and links. A finding below --fail-on is
listed and does not change the exit status. Put '# leakcheck: ignore[rule] reason' on a line to silence it.

Examples:
  leakcheck scan app tests/conftest.py
  leakcheck scan . --fail-on high --format json
  leakcheck scan . --format sarif > leakcheck.sarif     for code scanning and editors
  leakcheck scan . --format github                      annotations, in a step of GitHub Actions
${STATUSES}`,
    )
    .action(async (paths: string[], options: ScanOptions) => {
      const { runScan } = await import('./scan.ts');
      finish(await runScan(paths, options));
    });
}

function addProbe(program: Command, finish: (status: number) => void): void {
  const collect = (value: string, before: string[]) => [...before, value];
  program
    .command('probe')
    .description('call one function again and again, and measure what stays')
    .argument('<target>', 'FILE::QUALNAME, such as app/cache.py::fetch or app/repo.py::Repo.load')
    .option('--line <number>', 'a line that must run, or the outcome is inconclusive')
    .option(
      '--vary <parameter>',
      'a parameter that gets a new value on every call; may be repeated',
      collect,
      [],
    )
    .addOption(
      new Option('--recipe <recipe>', 'what to measure first')
        .choices(['growth', 'cycle', 'peak', 'fragmentation'])
        .default('growth'),
    )
    .option(
      '--python <path>',
      'the Python that runs the code: CPython 3.9 or newer with its packages installed',
    )
    .addOption(formats('pretty', 'json'))
    .addHelpText(
      'after',
      `
The arguments come from a function 'leakcheck_probe_NAME' beside the target where there is one; otherwise they are made
from annotations, defaults and names. Which Python: --python, else $VIRTUAL_ENV, else .venv in the folder, else python3.

Examples:
  leakcheck probe app/cache.py::fetch --vary key
  leakcheck probe app/repo.py::Repo.load --line 42 --format json
${STATUSES}`,
    )
    .action(async (target: string, options: ProbeOptions) => {
      const { runProbeCommand } = await import('./probe.ts');
      finish(await runProbeCommand(target, options));
    });
}

function addCatalogue(program: Command, finish: (status: number) => void): void {
  program
    .command('rules')
    .description('list the leak patterns that are looked for')
    .addOption(formats('pretty', 'json'))
    .action(async ({ format }: { format: 'pretty' | 'json' }) => {
      const { runRules } = await import('./rules.ts');
      finish(await runRules(format));
    });
  program
    .command('explain')
    .description('what a rule means, why it leaks, how to mend it, when it is no leak')
    .argument('<rule>', "an id of 'leakcheck rules'")
    .action(async (rule: string) => {
      const { runExplain } = await import('./explain.ts');
      finish(await runExplain(rule));
    });
}

function formats(...names: string[]): Option {
  return new Option('--format <format>', 'how to print it').choices(names).default('pretty');
}
