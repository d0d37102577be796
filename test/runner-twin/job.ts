/** One job: its workspace, its steps one after the other, what they leave. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Contexts, type Status, fillAll, asText, fill, isWanted } from './expressions.ts';
import { type StandIn, standInFor } from './stand-ins.ts';
import { type Step, readAction } from './workflow.ts';

export interface JobOptions {
  readonly folder: string;
  readonly contexts: Contexts;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly standIns: StandIn;
  /** Ends the job, as when it is cancelled or its time is up. */
  readonly signal: AbortSignal;
}

export interface JobResult {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  /** The name of the step that failed. */
  readonly failed: string | undefined;
  readonly log: string;
  readonly summary: string;
}

interface Running extends JobOptions {
  readonly workspace: string;
  readonly temp: string;
  readonly summaryFile: string;
  readonly paths: string[];
  readonly jobEnv: Record<string, string>;
  log: string;
  count: number;
}

/** A step of a composite action sees that action's folder and inputs, and the outputs of its steps only. */
interface Scope {
  readonly contexts: Contexts;
  readonly actionPath: string | undefined;
  readonly steps: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }>;
}

export async function runJob(options: JobOptions): Promise<JobResult> {
  const workspace = join(options.folder, 'workspace');
  const temp = join(options.folder, 'temp');
  for (const folder of [workspace, temp]) mkdirSync(folder, { recursive: true });
  const summaryFile = join(options.folder, 'summary.md');
  writeFileSync(summaryFile, '');
  const running: Running = {
    ...options,
    workspace,
    temp,
    summaryFile,
    paths: [],
    jobEnv: { ...options.env },
    log: '',
    count: 0,
  };
  const scope: Scope = { contexts: options.contexts, actionPath: undefined, steps: {} };
  const failed = await runSteps(running, options.steps, scope);
  const conclusion = options.signal.aborted ? 'cancelled' : failed === undefined ? 'success' : 'failure';
  return { conclusion, failed, log: running.log, summary: readFileSync(summaryFile, 'utf8') };
}

/** @returns the name of the first step that failed */
async function runSteps(job: Running, steps: readonly Step[], scope: Scope): Promise<string | undefined> {
  let failed: string | undefined;
  for (const step of steps) {
    const status: Status = { failed: failed !== undefined, cancelled: job.signal.aborted };
    const contexts = { ...scope.contexts, env: job.jobEnv, steps: scope.steps };
    const name = step.name ?? step.uses ?? step.run ?? '';
    if (!isWanted(step.if, contexts, status)) continue;
    const outputs: Record<string, string> = {};
    const isGood = await runStep(job, step, { ...scope, contexts }, outputs).catch((error: unknown) => {
      job.log += `${String(error)}\n`;
      return false;
    });
    const outcome = isGood ? 'success' : 'failure';
    if (step.id !== undefined) scope.steps[step.id] = { outputs, outcome, conclusion: outcome };
    if (!isGood && step['continue-on-error'] !== true) failed ??= name;
  }
  return failed;
}

async function runStep(
  job: Running,
  step: Step,
  scope: Scope,
  outputs: Record<string, string>,
): Promise<boolean> {
  const env = fillAll(step.env, scope.contexts);
  if (step.run !== undefined)
    return runScript(job, asText(fill(step.run, scope.contexts)), env, scope, outputs);
  const inputs = fillAll(step.with, scope.contexts);
  const uses = step.uses ?? '';
  if (uses.startsWith('./')) return runComposite(job, join(job.workspace, uses), inputs, scope, outputs);
  const said = await standInFor(uses)(job.standIns, inputs, { ...job, env: { ...job.jobEnv, ...env } });
  Object.assign(outputs, said.outputs);
  job.paths.unshift(...(said.paths ?? []));
  job.log += `${said.log}\n`;
  return true;
}

async function runComposite(
  job: Running,
  folder: string,
  given: Readonly<Record<string, string>>,
  scope: Scope,
  outputs: Record<string, string>,
): Promise<boolean> {
  const action = readAction(readFileSync(join(folder, 'action.yml'), 'utf8'));
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`Unexpected input(s) '${unknown.join("', '")}'`);
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default ?? '']),
  );
  const { github } = scope.contexts as { github: object };
  const inner: Scope = {
    contexts: { ...scope.contexts, inputs, github: { ...github, action_path: folder } },
    actionPath: folder,
    steps: {},
  };
  const failed = await runSteps(job, action.runs.steps, inner);
  const contexts = { ...inner.contexts, steps: inner.steps };
  for (const [name, { value = '' }] of Object.entries(action.outputs))
    outputs[name] = asText(fill(value, contexts));
  return failed === undefined;
}

async function runScript(
  job: Running,
  script: string,
  env: Readonly<Record<string, string>>,
  { actionPath }: Scope,
  outputs: Record<string, string>,
): Promise<boolean> {
  job.count += 1;
  const file = (kind: string) => join(job.temp, `${kind}-${job.count}`);
  const [path, output, environment, added] = [file('script.sh'), file('output'), file('env'), file('path')];
  writeFileSync(path, script);
  for (const one of [output, environment, added]) writeFileSync(one, '');
  const running = execa('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path], {
    cwd: job.workspace,
    all: true,
    reject: false,
    extendEnv: false,
    // A group of its own, so that what the script started ends with it.
    detached: true,
    env: {
      ...job.jobEnv,
      PATH: [...job.paths, process.env['PATH'] ?? ''].join(':'),
      GITHUB_OUTPUT: output,
      GITHUB_ENV: environment,
      GITHUB_PATH: added,
      GITHUB_STEP_SUMMARY: job.summaryFile,
      GITHUB_WORKSPACE: job.workspace,
      RUNNER_TEMP: job.temp,
      ...(actionPath === undefined ? {} : { GITHUB_ACTION_PATH: actionPath }),
      ...env,
    },
  });
  const end = () => {
    if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
  };
  job.signal.addEventListener('abort', end);
  const { exitCode, all } = await running;
  job.signal.removeEventListener('abort', end);
  job.log += `${all}\n`;
  Object.assign(outputs, readPairs(output));
  Object.assign(job.jobEnv, readPairs(environment));
  job.paths.unshift(...readFileSync(added, 'utf8').split('\n').filter(Boolean));
  return exitCode === 0;
}

/** `name=value`, or `name<<END`, lines, `END`. */
function readPairs(path: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', mark, value = ''] = /^([^=<]+)(<<|=)(.*)$/.exec(line) ?? [];
    if (mark === '=') pairs[name] = value;
    if (mark !== '<<') continue;
    const end = lines.indexOf(value);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${value}'`);
    pairs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return pairs;
}
