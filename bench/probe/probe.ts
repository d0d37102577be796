/**
 * The probe beside psleak, CPython's regrtest rule and pytest-memray, on the same labelled cases and the same callables.
 *
 *     npm run bench:probe [-- --sample] [--seeds 5] [--pythons 3.9,3.11,3.13] [--tools leakcheck,psleak] [--cases REGEX]
 *                         [--environments DIR] [--lanes 2] [--json FILE]
 *
 * `--sample` takes every twelfth case, one seed and two versions, which is done in minutes. Ctrl-C ends the run and prints
 * what was measured until then.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeTemporaryDirectory } from '../../src/process/temporary-directory.ts';
import { exampleCases, testCases, writtenCases, type Case } from './cases.ts';
import { tables } from './figures.ts';
import { environmentOf, interpreter } from './pythons.ts';
import { TOOLS, measure, type Measured, type Tool } from './tools.ts';

const SAMPLE = 12;

const { values: options } = parseArgs({
  options: {
    sample: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    pythons: { type: 'string' },
    tools: { type: 'string', default: Object.keys(TOOLS).join(',') },
    cases: { type: 'string', default: '' },
    environments: { type: 'string', default: fileURLToPath(new URL('../../.cache', import.meta.url)) },
    lanes: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
  },
});

const directory = await makeTemporaryDirectory();
try {
  const cases = await chosenCases(directory.path);
  const seeds = Array.from(
    { length: Number(options.seeds ?? (options.sample ? 1 : 5)) },
    (_, index) => index + 1,
  );
  const pythons = await chosenPythons();
  const tools = options.tools.split(',').filter((name): name is Tool => name in TOOLS);
  const leaking = cases.filter(({ outcome }) => outcome !== 'clean').length;
  console.log(
    `${cases.length} cases (${leaking} leaking, ${cases.length - leaking} clean), ${seeds.length} seeds, ` +
      `Python ${[...pythons.keys()].join(', ')}`,
  );
  const jobs = [...pythons].flatMap(([version, python]) =>
    seeds.flatMap((seed) =>
      cases.flatMap((item) => tools.map((tool) => ({ tool, version, python, seed, case: item }))),
    ),
  );
  const measured = await inLanes(jobs, async ({ python, ...job }): Promise<Measured> => ({
    ...job,
    answer: await measure(job.tool, job.case, python, job.seed),
  }));
  console.log(tables(measured).join('\n'));
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(measured));
} finally {
  directory.remove();
}

async function chosenCases(folder: string): Promise<Case[]> {
  const all = [...writtenCases(), ...testCases(), ...(await exampleCases(folder))];
  const matching = all.filter(({ name }) => new RegExp(options.cases).test(name));
  return options.sample ? matching.filter((_, index) => index % SAMPLE === 0) : matching;
}

async function chosenPythons(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const wanted = options.pythons ?? (options.sample ? '3.9,3.13' : '3.9,3.11,3.13');
  for (const version of wanted.split(',')) {
    const python = await interpreter(version);
    if (python === undefined) console.log(`Python ${version} is not on this machine`);
    else found.set(version, await environmentOf(python, version, options.environments));
  }
  return found;
}

/** Runs the jobs a few at a time; the results are in the order of the jobs. */
async function inLanes<Job, Result>(
  jobs: readonly Job[],
  work: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const stop = (): void => void (next = jobs.length);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const lane = async (): Promise<void> => {
    for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
      const at = next++;
      results[at] = await work(job);
      if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${jobs.length}`);
    }
  };
  await Promise.all(Array.from({ length: Number(options.lanes) }, lane));
  return results.filter((result) => result !== undefined);
}
