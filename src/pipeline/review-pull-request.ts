/** The first story of the App: from a push to a posted review, or to a probe that runs. `conclude-probe.ts` is the second. */
import type { Config } from '../config/schema.ts';
import { TooManyFiles } from '../github/errors.ts';
import type { Host, PullRequestState, RemoteComparison } from '../github/ports.ts';
import { planProbe } from '../probe/plan.ts';
import type { JobRun, ReviewJob } from '../queue/queue.ts';
import type { AppPorts, Push } from './app-ports.ts';
import { dispatchProbes } from './dispatch-probes.ts';
import { wantedChanges, withLevels } from './configured.ts';
import { examine } from './examine.ts';
import { lanePlans } from './lanes.ts';
import { withoutProbe } from './probe-fresh.ts';
import { post } from './post.ts';
import type { Posting } from './post.ts';
import { blobsToRead, changesOf, remoteTrees } from './remote-trees.ts';
import { concludeInTrouble, plainConclusion } from './trouble.ts';
import type { Reached } from './trouble.ts';
import { readConfig } from './read-config.ts';

const FORK = 'the change comes from a fork, whose code is not run until a maintainer starts the probe';

const DRAFT =
  'This is a draft, and the configuration says `drafts: skip`. The review comes when it is ready.';

export async function reviewPullRequest(
  ports: AppPorts,
  job: ReviewJob,
  { isLast }: Pick<JobRun, 'isLast'>,
): Promise<void> {
  const host = await ports.host(job.installation);
  const reached: Reached = { push: undefined, check: undefined, onError: 'neutral' };
  try {
    await review(ports, host, job, reached);
  } catch (error) {
    await concludeInTrouble(ports, host, reached, error, isLast);
  }
}

async function review(ports: AppPorts, host: Host, job: ReviewJob, reached: Reached): Promise<void> {
  const repository = { owner: job.owner, name: job.name };
  const commits = job.commits ?? (await host.pullRequests.read(repository, job.number, []));
  const { head, base } = commits;
  const { installation, owner, name, number } = job;
  const push: Push = { installation, owner, name, number, head };
  reached.push = push;
  reached.key = checkKey(job, head);

  // 1. What changed between the merge base and head.
  const comparison = await compare(host, push, base);
  const allChanges = comparison instanceof TooManyFiles ? [] : changesOf(comparison, head);

  // 2. The present state of the pull request, the config, our comments, and both versions of every Python file.
  const asked = blobsToRead(allChanges);
  const state = await host.pullRequests.read(repository, number, asked);
  const left = whyLeft(state, head);
  if (left !== null) {
    ports.log.info({ ...push, why: left }, 'review dropped');
    return;
  }
  if (await isUnderWay(ports, push)) return;
  const reading = readConfig(state.config);
  if ('config' in reading) reached.onError = reading.config['on-error'];

  const isSkippedDraft = state.isDraft && 'config' in reading && reading.config.drafts === 'skip';
  // A draft that becomes ready keeps its head, and needs a check that is not concluded.
  if (isSkippedDraft) reached.key += '/draft';

  // 3. The check is in progress, unless this push was reported before.
  const check = await host.reports.startCheck(repository, {
    head,
    key: reached.key,
    title: 'Looking at the changed Python files',
    summary: 'The findings follow here. Flagged code is run under a probe, which takes a few minutes.',
  });
  if (check.isConcluded) return;
  reached.check = check;
  const say = (conclusion: 'success' | 'neutral', title: string, lines: readonly string[]) =>
    host.reports.publish(repository, plainConclusion(check, conclusion, title, lines));
  if (!('config' in reading)) return say('neutral', 'The configuration cannot be used', reading.problems);
  if (isSkippedDraft) return say('success', 'Nothing to do for a draft', [DRAFT]);
  if (comparison instanceof TooManyFiles) {
    return say('neutral', 'Too large to be reviewed', [comparison.message]);
  }
  const { config } = reading;

  // 4. Scan both sides; new, known and fixed.
  const changes = wantedChanges(allChanges, config);
  const trees = remoteTrees({ base, head, comparison, changes, asked, blobs: state.blobs });
  const { examined, sources } = await examine(trees, withLevels(ports.scanner, config), () => undefined);
  const posting: Posting = { host, push, check, state, config, examined, sources };

  // 5. What is new is probed, where the probe may run.
  const planned = planProbe(examined.compared.fresh);
  const off = whyNoProbe(state, config);
  const lanes = off === null ? lanePlans(planned, sources, config) : [];
  if (lanes.length > 0) {
    // 6. The probe runs elsewhere; the second story goes on when it is done or its time is over.
    return dispatchProbes(ports, posting, planned, lanes);
  }

  // 6. Nothing to wait for: the one review of the push, and the conclusion.
  const probed =
    off === null || planned.plan === null
      ? withoutProbe('nothing-to-probe', 'there is nothing to probe')
      : withoutProbe('off', off);
  await post(ports, posting, planned, probed, []);
}

/** The same push has the same check; who asks again gets a new one. */
function checkKey({ number, comment }: ReviewJob, head: string): string {
  return `${number}@${head}${comment === undefined ? '' : `/comment-${comment}`}`;
}

async function compare(host: Host, push: Push, base: string): Promise<RemoteComparison | TooManyFiles> {
  try {
    return await host.pullRequests.compare(push, base, push.head);
  } catch (error) {
    if (error instanceof TooManyFiles) return error;
    throw error;
  }
}

function whyLeft(state: PullRequestState, head: string): string | null {
  if (!state.isOpen) return 'closed';
  return state.head === head ? null : 'superseded';
}

/** Every probe of this push was started, and its conclusion is still to come. */
async function isUnderWay(ports: AppPorts, push: Push): Promise<boolean> {
  if ((await ports.reviews.pending(push)) === undefined) return false;
  const runs = await ports.reviews.runs(push);
  return runs.length > 0 && runs.every(({ state }) => state !== 'planned');
}

function whyNoProbe({ isFork }: PullRequestState, config: Config): string | null {
  if (!config.probe.enabled) return 'the probe is switched off in the configuration';
  return isFork ? FORK : null;
}
