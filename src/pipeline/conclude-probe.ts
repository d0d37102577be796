/** The second story of the App: from probe runs that ended, or whose time is over, to the one review of the push. */
import { BadArtifact, MissingPermission, NotFound } from '../github/errors.ts';
import type { Host } from '../github/ports.ts';
import type { ConcludeJob, DeadlineJob, JobRun } from '../queue/queue.ts';
import { planProbe } from '../probe/plan.ts';
import type { Planned } from '../probe/plan.ts';
import { parseReport } from '../probe/report-file.ts';
import { link } from '../report/markdown.ts';
import type { AppPorts, ProbeRunRecord, Push } from './app-ports.ts';
import { gather } from './gather-reports.ts';
import type { LaneReport } from './gather-reports.ts';
import { post } from './post.ts';
import { StoredReview, fromStored } from './stored-review.ts';
import { concludeInTrouble, plainConclusion } from './trouble.ts';
import type { Reached } from './trouble.ts';
import { readConfig } from './read-config.ts';

type Attempt = Pick<JobRun, 'isLast'>;

/** A workflow run ended. */
export async function concludeProbe(ports: AppPorts, job: ConcludeJob, attempt: Attempt): Promise<void> {
  // 1. Is it ours, and the last one that the review waits for?
  const run = await ports.reviews.runById(job.owner, job.name, job.runId);
  if (run === undefined) return;
  await ports.reviews.completed(run.requestId);
  const runs = await ports.reviews.runs(run.push);
  if (runs.every(({ state }) => state === 'completed')) await concludePush(ports, run.push, attempt);
}

/** The time of a review is over: what has ended by now counts. */
export async function concludeLate(ports: AppPorts, job: DeadlineJob, attempt: Attempt): Promise<void> {
  const run = await ports.reviews.runByRequest(job.requestId);
  if (run !== undefined) await concludePush(ports, run.push, attempt);
}

async function concludePush(ports: AppPorts, push: Push, { isLast }: Attempt): Promise<void> {
  const state = await ports.reviews.pending(push);
  // Concluded before: by the deadline, or by an attempt that got this far.
  if (state === undefined) return;
  const parsed = StoredReview.safeParse(state);
  if (!parsed.success) {
    const { installation, owner, name, number } = push;
    await ports.reviews.close(push);
    // Kept by another version of Leakcheck: begin anew.
    await ports.send({ kind: 'review-pull-request', installation, owner, name, number, again: false });
    return;
  }
  const host = await ports.host(push.installation);
  const reached: Reached = { push, check: parsed.data.check, onError: 'neutral' };
  try {
    await conclude(ports, host, push, parsed.data, reached);
  } catch (error) {
    await concludeInTrouble(ports, host, reached, error, isLast);
  }
}

async function conclude(
  ports: AppPorts,
  host: Host,
  push: Push,
  stored: StoredReview,
  reached: Reached,
): Promise<void> {
  const { check } = stored;
  const end = async (title: string, conclusion: 'neutral' | 'failure', lines: readonly string[]) => {
    await host.reports.publish(push, plainConclusion(check, conclusion, title, lines));
    await ports.reviews.close(push);
  };

  // 2. The present state, and the files that the comments quote.
  const paths = [...new Set(stored.fresh.map(({ path }) => path))];
  const blobs = paths.map((path) => ({ commit: push.head, path }));
  const state = await host.pullRequests.read(push, push.number, blobs);
  if (!state.isOpen) {
    return end('The pull request was closed', 'neutral', ['It was closed before the probe had ended.']);
  }
  if (state.head !== push.head) {
    return end('Superseded', 'neutral', [
      'A newer push came before the probe had ended; it has its own check.',
    ]);
  }
  const reading = readConfig(state.config);
  if (!('config' in reading)) {
    return end('The configuration cannot be used', 'neutral', reading.problems);
  }
  reached.onError = reading.config['on-error'];

  // 3. What the probe runs left.
  const planned = planProbe(stored.fresh);
  const runs = await ports.reviews.runs(push);
  const troubles: string[] = [];
  const reports: LaneReport[] = [];
  for (const run of runs) reports.push(await laneReport(host, run, planned, stored, troubles));
  const probed = gather(planned, reports, ports.now() - stored.startedAt);

  // 4. Verdicts, the conclusion, and the one review of the push.
  const examined = fromStored(stored);
  const sources = paths.flatMap((path, index): [string, string][] => {
    const blob = state.blobs[index];
    return blob !== undefined && 'text' in blob ? [[path, blob.text]] : [];
  });
  await post(
    ports,
    {
      host,
      push,
      check,
      state,
      config: reading.config,
      examined: { ...examined, troubles: [...examined.troubles, ...troubles] },
      sources: new Map(sources),
    },
    probed.planned,
    probed.probed,
    provenance(runs),
  );
  await ports.reviews.close(push);
}

async function laneReport(
  host: Host,
  { requestId, lane, runId, state, push }: ProbeRunRecord,
  { plan }: Planned,
  stored: StoredReview,
  troubles: string[],
): Promise<LaneReport> {
  const targets = stored.targets[requestId] ?? [];
  const without = (reason: string): LaneReport => ({ lane, targets, report: null, reason });
  const failure = stored.failures[requestId];
  if (failure !== undefined) return without(failure);
  if (runId === null) return without('the probe run was not started');
  if (state !== 'completed') return without('the probe run did not end in time');
  try {
    const bytes = await host.probes.artifact(push, runId, `leakcheck-${requestId}`);
    const own = new Set(targets);
    const asked = (plan?.targets ?? []).filter(({ id }) => own.has(id));
    const parsed = parseReport(new TextDecoder().decode(bytes), { targets: asked });
    return { lane, targets, ...parsed };
  } catch (error) {
    if (error instanceof MissingPermission) troubles.push(error.message);
    else if (!(error instanceof BadArtifact || error instanceof NotFound)) throw error;
    return without(error.message);
  }
}

function provenance(runs: readonly ProbeRunRecord[]): string[] {
  const links = runs.flatMap(({ lane, url }) => (url === null ? [] : [link(`${lane} lane`, url)]));
  return links.length === 0 ? [] : [`Probe runs: ${links.join(', ')}`];
}
