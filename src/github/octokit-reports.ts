import { z } from 'zod';
import { CHECK_NAME, PUBLISH_DOCUMENT, REVIEW_DOCUMENT } from './documents.ts';
import { type GithubError, Refused } from './errors.ts';
import { requireReport } from './limits.ts';
import { ONCE, type Octokit, graphql, parse, request } from './octokit.ts';
import { type Call, type GraphqlProblem, mapProblem } from './octokit-errors.ts';
import type { Known } from './octokit-read.ts';
import type {
  CheckStart,
  PublishedReport,
  PublishedReview,
  Reports,
  RepositoryRef,
  StartedCheck,
} from './ports.ts';
import { wasPosted, withoutThreads } from './review-forms.ts';
import { checkInput, checkParameters, reviewInput } from './write-input.ts';

/** What `read` learnt; asked again where nothing was read before, as after a restart. */
export interface Memory {
  readonly last: () => Known | undefined;
  readonly of: (repository: RepositoryRef, number: number) => Promise<Known>;
  /** After a write it is no longer true. */
  readonly forget: () => void;
}

const CheckRun = z.object({ id: z.int(), node_id: z.string() });

export function octokitReports(octokit: Octokit, memory: Memory): Reports {
  return {
    startCheck: (repository, check) => startCheck(octokit, memory, repository, check),
    publish: (repository, report) => publish(octokit, memory, repository, report),
    async react(repository, comment, content) {
      const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      const { owner, name: repo } = repository;
      const call = { repository, task: `react to comment ${comment}`, permission: 'issues: write' };
      // The same reaction twice is one, so this may be tried again.
      await request(octokit, route, { owner, repo, comment_id: comment, content }, call);
    },
  };
}

async function startCheck(
  octokit: Octokit,
  memory: Memory,
  repository: RepositoryRef,
  { head, key, title, summary }: CheckStart,
): Promise<StartedCheck> {
  const known = memory.last();
  const checks = isSame(known?.repository, repository) ? (known?.checks ?? []) : [];
  const earlier = checks.find((check) => check.head === head && check.key === key);
  if (earlier !== undefined)
    return { id: earlier.id, nodeId: earlier.nodeId, isConcluded: earlier.isConcluded };
  const { owner, name: repo } = repository;
  const call: Call = { repository, task: `start the check of ${head}`, permission: 'checks: write' };
  const fields = { name: CHECK_NAME, head_sha: head, external_id: key, status: 'in_progress' };
  const { data } = await request(
    octokit,
    'POST /repos/{owner}/{repo}/check-runs',
    { owner, repo, ...fields, output: { title, summary }, ...ONCE },
    call,
  );
  const { id, node_id: nodeId } = parse(CheckRun, data, call);
  return { id, nodeId, isConcluded: false };
}

async function publish(
  octokit: Octokit,
  memory: Memory,
  repository: RepositoryRef,
  report: PublishedReport,
): Promise<void> {
  requireReport(report);
  const { check, review } = report;
  const isDone = (known: Known | undefined) =>
    known?.checks.some(({ id, isConcluded }) => id === check.id && isConcluded) === true;
  if (review === null) {
    if (isDone(memory.last())) return;
    memory.forget();
    await conclude(octokit, repository, report);
    return;
  }
  const known = await memory.of(repository, review.pullRequest);
  memory.forget();
  if (wasPosted(known.reviews, review)) {
    if (!isDone(known)) await conclude(octokit, repository, report);
  } else if (isDone(known)) {
    await post(octokit, repository, known, review);
  } else {
    await both(octokit, repository, known, report, review);
  }
}

async function both(
  octokit: Octokit,
  repository: RepositoryRef,
  known: Known,
  report: PublishedReport,
  review: PublishedReview,
): Promise<void> {
  const variables = { check: checkInput(known, report), review: reviewInput(known, review), ...ONCE };
  const call = reviewCall(repository, review);
  const { problems } = await graphql(octokit, PUBLISH_DOCUMENT, variables, call);
  const of = (field: string) => problems.find(({ path }) => path[0] === field);
  // The check tells whether the pull request may be merged, so it goes first.
  if (of('check') !== undefined) await conclude(octokit, repository, report);
  const refused = of('review') ?? problems.find(({ path }) => path.length === 0);
  if (refused !== undefined) await postPlainly(octokit, repository, known, review, refused);
}

async function post(
  octokit: Octokit,
  repository: RepositoryRef,
  known: Known,
  review: PublishedReview,
): Promise<void> {
  const call = reviewCall(repository, review);
  const variables = { review: reviewInput(known, review), ...ONCE };
  const { problems } = await graphql(octokit, REVIEW_DOCUMENT, variables, call);
  const [problem] = problems;
  if (problem !== undefined) await postPlainly(octokit, repository, known, review, problem);
}

/** Refused for its lines, the review is posted without threads; for anything else, it is an error. */
async function postPlainly(
  octokit: Octokit,
  repository: RepositoryRef,
  known: Known,
  review: PublishedReview,
  problem: GraphqlProblem,
): Promise<void> {
  const error: GithubError = mapProblem(problem, reviewCall(repository, review));
  if (!(error instanceof Refused) || review.comments.length === 0) throw error;
  await post(octokit, repository, known, withoutThreads(review));
}

async function conclude(octokit: Octokit, repository: RepositoryRef, report: PublishedReport): Promise<void> {
  const { owner, name: repo } = repository;
  const call: Call = { repository, task: `conclude check ${report.check.id}`, permission: 'checks: write' };
  // A second time would add the annotations again.
  const parameters = { owner, repo, ...checkParameters(report), ...ONCE };
  await request(octokit, 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', parameters, call);
}

function isSame(one: RepositoryRef | undefined, other: RepositoryRef): boolean {
  return one?.owner === other.owner && one.name === other.name;
}

function reviewCall(repository: RepositoryRef, { pullRequest }: PublishedReview): Call {
  return { repository, task: `post the review of #${pullRequest}`, permission: 'pull_requests: write' };
}
