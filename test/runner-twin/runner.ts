/**
 * The runner twin: runs the workflow file at the dispatched ref as GitHub Actions does, on this machine. Jobs in order,
 * conditions, concurrency, time limits, artifacts; then GitHub tells the App that the run has ended.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Twin } from '../twin/twin.ts';
import type { Repository, WorkflowRun } from '../twin/world.ts';
import { type Contexts, asText, fill, fillAll, isWanted } from './expressions.ts';
import { type JobResult, runJob } from './job.ts';
import type { StandIn } from './stand-ins.ts';
import { type Job, type Workflow, dispatchInputs, readWorkflow } from './workflow.ts';

export interface FinishedRun {
  readonly run: WorkflowRun;
  readonly jobs: Readonly<Record<string, JobResult | 'skipped'>>;
}

export interface Runner {
  /** Resolves once a run that was dispatched is over and the App was told. */
  finished(runId: number): Promise<FinishedRun>;
  /** Runs stay queued from now on, as when no runner is free. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

export interface RunnerOptions {
  /** Repository variables, such as `LEAKCHECK_APP`. */
  readonly vars?: Readonly<Record<string, string>>;
  /** A minute of `timeout-minutes` in milliseconds. */
  readonly minute?: number;
}

interface Active {
  readonly repository: Repository;
  readonly run: WorkflowRun;
  readonly abort: AbortController;
  readonly done: Promise<FinishedRun>;
  /** Of all jobs of the run: artifacts go from one to the next. */
  readonly services: StandIn;
  group: string | undefined;
}

export function createRunner(twin: Twin, { vars = {}, minute = 60_000 }: RunnerOptions = {}): Runner {
  const folder = mkdtempSync(join(tmpdir(), 'leakcheck-runner-'));
  const active = new Map<number, Active>();
  let gate = Promise.withResolvers<undefined>();
  gate.resolve(undefined);

  const stopListening = twin.onRun((repository, runId, what) => {
    if (what === 'cancelled') {
      active.get(runId)?.abort.abort();
      return;
    }
    const run = repository.runs.find(({ id }) => id === runId);
    if (run === undefined) return;
    const abort = new AbortController();
    const started = Promise.withResolvers<FinishedRun>();
    const services = servicesOf(twin, run);
    const one: Active = { repository, run, abort, services, done: started.promise, group: undefined };
    active.set(runId, one);
    // A rejection belongs to whoever waits for the run.
    started.promise.catch(() => undefined);
    perform(one).then(started.resolve, started.reject);
  });

  async function perform(one: Active): Promise<FinishedRun> {
    const { repository, run, abort } = one;
    const text = await repository.git.blob(run.head, `.github/workflows/${run.workflow}`);
    const workflow = readWorkflow(text?.toString('utf8') ?? '');
    const contexts = runContexts(repository, run, workflow, vars);
    one.group = groupOf(workflow, contexts);
    await makeWay(one, workflow);
    await Promise.race([gate.promise, aborted(abort.signal)]);
    run.status = 'in_progress';
    const jobs: Record<string, JobResult | 'skipped'> = {};
    for (const [name, job] of Object.entries(workflow.jobs))
      jobs[name] = await performJob(one, workflow, { name, job }, contexts, jobs);
    const results = Object.values(jobs).filter((result) => result !== 'skipped');
    run.conclusion = abort.signal.aborted
      ? 'cancelled'
      : results.some(({ conclusion }) => conclusion !== 'success')
        ? 'failure'
        : 'success';
    run.status = 'completed';
    await twin.people.endRun(repository, run);
    return { run, jobs };
  }

  /** Whoever is in the same group ends first, or is ended. */
  async function makeWay(one: Active, { concurrency }: Workflow): Promise<void> {
    const before = [...active.values()].filter(
      (other) => other !== one && other.group === one.group && other.run.status !== 'completed',
    );
    if (concurrency === undefined) return;
    if (concurrency['cancel-in-progress']) for (const other of before) other.abort.abort();
    await Promise.all(before.map(({ done }) => done.catch(() => undefined)));
  }

  async function performJob(
    { repository, run, abort, services }: Active,
    workflow: Workflow,
    { name, job }: { readonly name: string; readonly job: Job },
    runContexts: Contexts,
    earlier: Readonly<Record<string, JobResult | 'skipped'>>,
  ): Promise<JobResult | 'skipped'> {
    const needed = [job.needs ?? []].flat();
    const needs = Object.fromEntries(
      needed.map((other) => [other, { result: resultOf(earlier[other]), outputs: {} }]),
    );
    const contexts: Contexts = { ...runContexts, needs };
    const failed = needed.some((other) => resultOf(earlier[other]) !== 'success');
    // A job that is needed and was skipped makes `success()` false as well.
    if (!isWanted(job.if, contexts, { failed, cancelled: abort.signal.aborted })) return 'skipped';
    const container = typeof job.container === 'string' ? fill(job.container, contexts) : job.container;
    if (container !== undefined && asText(container) !== '')
      throw new Error('the runner twin has no containers');
    const limit = AbortSignal.timeout((job['timeout-minutes'] ?? 360) * minute);
    const github = contexts['github'] as Record<string, string>;
    const environment = fillAll(workflow.env, contexts);
    return runJob({
      folder: join(folder, `${run.id}-${name}`),
      contexts: { ...contexts, env: environment },
      env: {
        ...environment,
        ...fillAll(job.env, { ...contexts, env: environment }),
        HOME: join(folder, `${run.id}-${name}`),
        LANG: 'C.UTF-8',
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_REPOSITORY: github['repository'] ?? '',
        GITHUB_SHA: run.head,
        GITHUB_RUN_ID: String(run.id),
        GITHUB_SERVER_URL: dirname(dirname(repository.git.path)),
        // The one thing that differs from a runner: commits are fetched from a folder.
        GIT_ALLOW_PROTOCOL: 'file',
      },
      steps: job.steps,
      standIns: services,
      signal: AbortSignal.any([abort.signal, limit]),
    });
  }

  return {
    finished(runId) {
      const found = active.get(runId);
      if (found === undefined) throw new Error(`no run ${runId} was dispatched`);
      return found.done;
    },
    hold() {
      gate = Promise.withResolvers();
    },
    release() {
      gate.resolve(undefined);
    },
    async close() {
      stopListening();
      gate.resolve(undefined);
      for (const { abort } of active.values()) abort.abort();
      await Promise.allSettled([...active.values()].map(({ done }) => done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runContexts(
  repository: Repository,
  run: WorkflowRun,
  workflow: Workflow,
  vars: Readonly<Record<string, string>>,
): Contexts {
  const github = {
    repository: `${repository.owner}/${repository.name}`,
    sha: run.head,
    ref_name: run.ref,
    run_id: String(run.id),
    event_name: 'workflow_dispatch',
    actor: run.actor,
    token: 'ghs_of_the_job',
    event: {
      sender: { login: run.actor },
      repository: { private: repository.isPrivate },
      inputs: run.inputs,
    },
  };
  const base = {
    github,
    inputs: dispatchInputs(workflow, run.inputs),
    vars,
    secrets: {},
    runner: { os: 'Linux' },
  };
  return { ...base, env: fillAll(workflow.env, base) };
}

function groupOf({ concurrency }: Workflow, contexts: Contexts): string | undefined {
  return concurrency === undefined ? undefined : asText(fill(concurrency.group, contexts));
}

function resultOf(result: JobResult | 'skipped' | undefined): string {
  return result === undefined || result === 'skipped' ? 'skipped' : result.conclusion;
}

function servicesOf({ world }: Twin, run: WorkflowRun): StandIn {
  const contents = new Map<string, readonly { readonly name: string; readonly content: Buffer }[]>();
  return {
    clonable(name) {
      const found = world.repositories.find((one) => `${one.owner}/${one.name}` === name);
      if (found === undefined) throw new Error(`repository '${name}' not found`);
      return found.git.path;
    },
    upload(name, files, archive) {
      contents.set(name, files);
      run.artifacts.push({ id: world.nextId(), name, archive, expired: false });
    },
    uploaded: (name) => contents.get(name),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
