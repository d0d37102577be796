/** Runs the examples of rules under the real probe: `bad` with and without its fix, and `good`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import type { ProbeTarget } from '../src/contract/plan.ts';
import type { ProbeResult } from '../src/contract/report.ts';
import type { Finding, Hold } from '../src/contract/scan.ts';
import { planProbe } from '../src/probe/plan.ts';
import { runProbe } from '../src/probe/run.ts';
import { makeTemporaryDirectory } from '../src/process/temporary-directory.ts';
import { createScanner } from '../src/scan/create-scanner.ts';
import { LIBRARIES, type Example, type Library, type Rule } from '../src/scan/rule.ts';

export interface ProbedExample {
  readonly rule: Rule;
  readonly example: Example;
  readonly finding: Finding;
  readonly bad: ProbeResult;
  /** Null for the recipe `peak` where the good code has no line like the one where `bad` waits. */
  readonly good: ProbeResult | null;
}

/** Environments of `scripts/python-environment.ts`, then what the machine has. */
const PYTHONS = [
  fileURLToPath(new URL('../.cache/python/bin/python', import.meta.url)),
  fileURLToPath(new URL('../.cache/frameworks/bin/python', import.meta.url)),
  'python3',
  '/usr/bin/python3',
];

/** A Python of this machine that can import the library; undefined where there is none. */
function pythonWith(library: Library | undefined): string | undefined {
  return PYTHONS.filter((path) => !path.includes('/') || existsSync(path)).find((python) => {
    // Found is enough: importing TensorFlow takes seconds.
    const look = library
      ? `import importlib.util, sys; sys.exit(importlib.util.find_spec("${library}") is None)`
      : 'pass';
    return !execaSync(python, ['-c', look], { reject: false }).failed;
  });
}

/** How many plans run side by side. */
const LANES = 2;
/** Targets of one plan: a `bad` and a `good` for each example. */
const EXAMPLES_PER_PLAN = 12;

/** Runs all examples whose library this machine has, in plans of one library each. */
export async function probeEachExample<Item extends { rule: Rule; example: Example }>(
  items: readonly Item[],
): Promise<Map<Item, ProbedExample>> {
  const plans = [undefined, ...(Object.keys(LIBRARIES) as Library[])].flatMap((library) => {
    const group = items.filter(({ example }) => example.needs === library);
    const python = group.length > 0 ? pythonWith(library) : undefined;
    if (!python) return [];
    const count = Math.ceil(group.length / EXAMPLES_PER_PLAN);
    return Array.from({ length: count }, (_, at) => ({
      python,
      part: group.slice(at * EXAMPLES_PER_PLAN, (at + 1) * EXAMPLES_PER_PLAN),
    }));
  });
  const probed = new Map<Item, ProbedExample>();
  const work = async (): Promise<void> => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) {
      const results = await probeExamples(plan.part, plan.python);
      plan.part.forEach((item, index) => {
        const result = results[index];
        if (result) probed.set(item, result);
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return probed;
}

/**
 * @param examples at most 50, since one plan takes 100 targets
 * @throws Error when the scan does not flag a `bad` example with something to probe, or when there is no report
 */
async function probeExamples(
  examples: readonly { rule: Rule; example: Example }[],
  python: string,
): Promise<ProbedExample[]> {
  const scanner = await createScanner();
  const directory = await makeTemporaryDirectory();
  try {
    const [head, scratch] = [join(directory.path, 'head'), join(directory.path, 'scratch')];
    await Promise.all([mkdir(head), mkdir(scratch)]);
    const prepared = await Promise.all(
      examples.map(async ({ rule, example }, index) => {
        const name = `${rule.id.replaceAll('-', '_')}_${index}`;
        await writeFile(join(head, `${name}.py`), example.bad);
        await writeFile(join(head, `${name}_good.py`), example.good);
        const { findings } = scanner.scan(`${name}.py`, Buffer.from(example.bad));
        const finding = findings.find((candidate) => candidate.rule === rule.id && candidate.probe);
        const target = finding && planProbe([finding]).plan?.targets[0];
        if (!target) throw new Error(`the scan finds nothing to probe in the example ${index} of ${rule.id}`);
        return { rule, example, finding, target, good: goodTarget(target, example) };
      }),
    );
    const targets = prepared.flatMap(({ target, good }) => (good ? [target, good] : [target]));
    // Each of some seven processes imports the library anew, which takes seconds for the large ones.
    const secondsPerTarget = examples.some(({ example }) => example.needs) ? 300 : 120;
    const limits = { seconds: 3600, secondsPerTarget, megabytes: 4096 };
    const { report, reason } = await runProbe({
      python,
      plan: { schema: 'leakcheck/plan@1', limits, targets },
      head,
      base: null,
      scratch,
      onProgress: () => undefined,
    });
    if (!report) throw new Error(reason);
    const resultOf = (target: ProbeTarget): ProbeResult => {
      const result = report.results.find(({ id }) => id === target.id);
      if (!result) throw new Error(`the probe has no result for ${target.target}`);
      return result;
    };
    return prepared.map(({ rule, example, finding, target, good }) => ({
      rule,
      example,
      finding,
      bad: resultOf(target),
      good: good && resultOf(good),
    }));
  } finally {
    directory.remove();
  }
}

/** The same call on the mended code; for the recipe `peak` at the line with the same text as the one where `bad` waits. */
function goodTarget(target: ProbeTarget, { bad, good }: Example): ProbeTarget | null {
  const hold = target.hold && holdInGood(target.hold, bad, good);
  if (target.hold && !hold) return null;
  return {
    ...target,
    id: `${target.id}-good`,
    target: target.target.replace('.py::', '_good.py::'),
    lines: null,
    hold,
    fix: null,
  };
}

/** Names that the good code does not have hold nothing; what the function holds altogether is measured as well. */
function holdInGood(hold: Hold, bad: string, good: string): Hold | null {
  const waiting = bad.split('\n')[hold.line - 1]?.trim();
  const line = good.split('\n').findIndex((text) => text.trim() === waiting) + 1;
  return line === 0 ? null : { ...hold, line };
}
