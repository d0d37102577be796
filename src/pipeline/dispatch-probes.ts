/** Starts one probe run for each lane, and keeps what the second story needs. */
import { runnerInputs } from '../config/runner-inputs.ts';
import { GithubError, MissingPermission } from '../github/errors.ts';
import type { Planned } from '../probe/plan.ts';
import type { AppPorts, ProbeRunRecord } from './app-ports.ts';
import type { Lane, LanePlan } from './lanes.ts';
import { post } from './post.ts';
import type { Posting } from './post.ts';
import { withoutProbe } from './probe-fresh.ts';
import { toStored } from './stored-review.ts';

export const PROBE_WORKFLOW = 'leakcheck-probe.yml';
/** Only administrators may push there, and it shares no cache with the default branch. */
export const PROBE_REF = 'leakcheck/probe';

interface PlannedRun extends LanePlan {
  readonly requestId: string;
  readonly isStarted: boolean;
}

export async function dispatchProbes(
  ports: AppPorts,
  posting: Posting,
  planned: Planned,
  lanes: readonly LanePlan[],
): Promise<void> {
  const { push, check, config, examined } = posting;
  // 1. Keep it first: an attempt that ends half way is taken up under the same request ids.
  const earlier = await ports.reviews.runs(push);
  const runs = lanes.map((plan) => toRun(plan, earlier, ports.newRequestId));
  const waitSeconds = config.probe['wait-minutes'] * 60;
  const stored = toStored(examined, {
    check: { id: check.id, nodeId: check.nodeId },
    targets: Object.fromEntries(runs.map(({ requestId, targets }) => [requestId, [...targets]])),
    failures: {},
    startedAt: ports.now(),
  });
  await ports.reviews.open(push, {
    checkRun: check.id,
    state: stored,
    runs: runs.map(({ requestId, lane }) => ({ requestId, lane })),
    deadline: ports.now() + waitSeconds * 1000,
  });

  // 2. After this time the check concludes without the probe.
  const { installation, owner, name, number } = push;
  const [first] = runs;
  if (first !== undefined) {
    const job = { installation, owner, name, number, requestId: first.requestId };
    await ports.send({ kind: 'probe-deadline', ...job }, { afterSeconds: waitSeconds });
  }

  // 3. One dispatch for each lane.
  const failures: Record<string, string> = {};
  const troubles: string[] = [];
  for (const run of runs.filter(({ isStarted }) => !isStarted)) {
    const failure = await dispatch(ports, posting, run);
    if (failure === null) continue;
    failures[run.requestId] = failure.message;
    if (failure instanceof MissingPermission) troubles.push(failure.message);
    await ports.reviews.completed(run.requestId);
  }
  const reasons = Object.values(failures);
  if (reasons.length === 0) return;

  // 4. What could not be started is said: at once when there is nothing left to wait for, else with the rest.
  const told = { ...examined, troubles: [...examined.troubles, ...troubles] };
  if (reasons.length < runs.length) {
    await ports.reviews.update(push, { ...stored, troubles: told.troubles, failures });
    return;
  }
  await post(ports, { ...posting, examined: told }, planned, withoutProbe('failed', reasons[0] ?? ''), []);
  await ports.reviews.close(push);
}

function toRun(plan: LanePlan, earlier: readonly ProbeRunRecord[], newRequestId: () => string): PlannedRun {
  const before = earlier.find(({ lane, state }) => lane === plan.lane && state !== 'completed');
  return {
    ...plan,
    requestId: before?.requestId ?? newRequestId(),
    isStarted: before !== undefined && before.state === 'started',
  };
}

/** @returns why it cannot be started, now or later; what may pass is thrown */
async function dispatch(
  ports: AppPorts,
  { host, push, config, examined }: Posting,
  { lane, encoded, requestId }: PlannedRun,
): Promise<GithubError | null> {
  try {
    const { runId, url } = await host.probes.dispatch(push, {
      workflow: PROBE_WORKFLOW,
      ref: PROBE_REF,
      inputs: {
        request_id: requestId,
        head_sha: push.head,
        base_sha: examined.mergeBase,
        pr: String(push.number),
        lane,
        plan: encoded,
        python: config.probe.python,
        install: config.probe.install,
        ...runner(config, lane),
      },
    });
    await ports.reviews.started(requestId, runId, url);
    ports.log.info({ ...push, lane, runId }, 'probe started');
    return null;
  } catch (error) {
    if (!(error instanceof GithubError) || error.temporary) throw error;
    ports.log.warn({ ...push, lane, error: error.message }, 'probe not started');
    return error;
  }
}

function runner(config: Posting['config'], lane: Lane): Record<string, string> {
  const inputs = runnerInputs(config, lane);
  return inputs === null ? {} : { ...inputs };
}
