/** `leakcheck probe`. */
import type { ProbePlan } from '../contract/plan.ts';
import type { ProbeReport } from '../contract/report.ts';
import type { Recipe } from '../contract/words.ts';
import { EXIT_FINDINGS, EXIT_OK, MachineError } from '../errors.ts';
import { LIMITS } from '../probe/plan.ts';
import { findPython } from '../probe/python.ts';
import { runProbe } from '../probe/run.ts';
import { makeTemporaryDirectory } from '../process/temporary-directory.ts';
import { probeOnTerminal } from '../report/terminal/probe.ts';
import { print, printJson, styleOf } from './output.ts';
import { parseLine, parseTarget } from './target.ts';

export interface ProbeOptions {
  readonly line?: string;
  readonly vary: readonly string[];
  readonly recipe: Recipe;
  readonly python?: string;
  readonly format: 'pretty' | 'json';
}

/** The code runs where it lies, with the working directory as the root of its imports. */
export async function runProbeCommand(text: string, options: ProbeOptions): Promise<number> {
  const directory = process.cwd();
  const plan: ProbePlan = {
    schema: 'leakcheck/plan@1',
    limits: LIMITS,
    targets: [
      {
        id: 'target',
        target: await parseTarget(text, directory),
        lines: parseLine(options.line),
        recipe: options.recipe,
        vary: [...options.vary],
        hold: null,
        driver: null,
        fix: null,
      },
    ],
  };
  const report = await run(plan, directory, options.python);
  if (options.format === 'json') await printJson(report);
  else await print(probeOnTerminal(report, styleOf(process.stdout)));
  const quiet = report.results.every(({ outcome }) => outcome === 'clean' || outcome === 'inconclusive');
  return quiet ? EXIT_OK : EXIT_FINDINGS;
}

async function run(plan: ProbePlan, head: string, wanted: string | undefined): Promise<ProbeReport> {
  const python = await findPython({ wanted, projectRoot: head });
  const scratch = await makeTemporaryDirectory();
  try {
    const onProgress = () => undefined;
    const { report, reason } = await runProbe({
      python,
      plan,
      head,
      base: null,
      scratch: scratch.path,
      onProgress,
    });
    if (report === null) throw new MachineError(reason);
    return report;
  } finally {
    scratch.remove();
  }
}
