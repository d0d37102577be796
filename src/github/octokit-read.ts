/** One read of a pull request: what the port tells of it, and what the writes need later. */
import { Refused } from './errors.ts';
import {
  CHECK_NAME,
  CONFIG_PATH,
  MAX_BLOBS,
  THREADS_DOCUMENT,
  blobsDocument,
  readDocument,
} from './documents.ts';
import { type Octokit, graphql, parse } from './octokit.ts';
import { type Call, type GraphqlProblem, mapProblem } from './octokit-errors.ts';
import type { BlobRef, OwnThread, PullRequestState, RemoteBlob, RepositoryRef } from './ports.ts';
import { BlobsAnswer, Content, ReadAnswer, type ThreadPage, ThreadsAnswer, present } from './read-answer.ts';

/** What GitHub's mutations ask for, and what we wrote before. */
export interface Known {
  readonly repository: RepositoryRef;
  readonly number: number;
  readonly repositoryId: string;
  readonly pullRequestId: string;
  readonly checks: readonly KnownCheck[];
  readonly reviews: readonly { readonly head: string; readonly body: string }[];
}

export interface KnownCheck {
  readonly id: number;
  readonly nodeId: string;
  readonly head: string;
  readonly key: string | null;
  readonly isConcluded: boolean;
}

export async function readPullRequest(
  octokit: Octokit,
  repository: RepositoryRef,
  number: number,
  blobs: readonly BlobRef[],
): Promise<{ readonly state: PullRequestState; readonly known: Known }> {
  const { owner, name } = repository;
  const call: Call = { repository, task: `read pull request #${number}`, permission: 'pull_requests: write' };
  const first = blobs.slice(0, MAX_BLOBS);
  const names = { owner, name, number, config: `HEAD:${CONFIG_PATH}`, check: CHECK_NAME };
  const { data, problems } = await graphql(
    octokit,
    readDocument(first.length),
    { ...names, ...asked(first) },
    call,
  );
  throwFirst(problems.filter(isFatal), call);
  const answer = parse(ReadAnswer, data, call);
  const pull = answer.repository.pullRequest;
  const contents = contentsOf(answer.repository, first.length, call);
  for (let start = MAX_BLOBS; start < blobs.length; start += MAX_BLOBS) {
    contents.push(...(await readBlobs(octokit, repository, blobs.slice(start, start + MAX_BLOBS), call)));
  }
  const state = {
    isOpen: pull.state === 'OPEN',
    isDraft: pull.isDraft,
    head: pull.headRefOid,
    base: pull.baseRefOid,
    isFork: pull.isCrossRepository,
    author: pull.author?.login ?? '',
    config: configOf(answer, repository),
    blobs: contents,
    threads: await allThreads(octokit, pull.reviewThreads, { owner, name, number }, call),
  };
  return { state, known: knownOf(answer, repository, number) };
}

/** Without these the review goes on: many owners have no `.github` repository, some installations no checks. */
function isFatal({ path }: GraphqlProblem): boolean {
  return path[0] !== 'organisation' && !path.includes('checkSuites');
}

function throwFirst(problems: readonly GraphqlProblem[], call: Call): void {
  const [problem] = problems;
  if (problem !== undefined) throw mapProblem(problem, call);
}

function asked(blobs: readonly BlobRef[]): Record<string, string> {
  return Object.fromEntries(blobs.map(({ commit, path }, index) => [`blob${index}`, `${commit}:${path}`]));
}

async function readBlobs(
  octokit: Octokit,
  { owner, name }: RepositoryRef,
  blobs: readonly BlobRef[],
  call: Call,
): Promise<RemoteBlob[]> {
  const document = blobsDocument(blobs.length);
  const { data, problems } = await graphql(octokit, document, { owner, name, ...asked(blobs) }, call);
  throwFirst(problems, call);
  return contentsOf(parse(BlobsAnswer, data, call).repository, blobs.length, call);
}

function contentsOf(fields: Readonly<Record<string, unknown>>, count: number, call: Call): RemoteBlob[] {
  return Array.from({ length: count }, (_, index) => blob(parse(Content, fields[`blob${index}`], call)));
}

function blob(content: Content): RemoteBlob {
  // A submodule is a commit, a folder is a tree.
  if (content?.__typename !== 'Blob') return { missing: 'absent' };
  if (content.isBinary === true || content.text == null) return { missing: 'binary' };
  return content.isTruncated === true ? { missing: 'truncated' } : { text: content.text };
}

function configOf(answer: ReadAnswer, { owner, name }: RepositoryRef): PullRequestState['config'] {
  const own = { content: answer.repository.config, source: `${owner}/${name}/${CONFIG_PATH}` };
  const shared = { content: answer.organisation?.config, source: `${owner}/.github/${CONFIG_PATH}` };
  const { content, source } = own.content == null ? shared : own;
  if (content == null) return null;
  const file = blob(content);
  // Going on with the defaults would be a surprise.
  if ('missing' in file) throw new Refused(`${source} is not a text file of a usual size; write it again`);
  return { text: file.text, source };
}

async function allThreads(
  octokit: Octokit,
  first: ThreadPage,
  names: { readonly owner: string; readonly name: string; readonly number: number },
  call: Call,
): Promise<OwnThread[]> {
  const threads = ownThreads(first);
  let { pageInfo } = first;
  while (pageInfo.hasNextPage && pageInfo.endCursor !== null) {
    const variables = { ...names, after: pageInfo.endCursor };
    const { data, problems } = await graphql(octokit, THREADS_DOCUMENT, variables, call);
    throwFirst(problems, call);
    const page = parse(ThreadsAnswer, data, call).repository.pullRequest.reviewThreads;
    threads.push(...ownThreads(page));
    ({ pageInfo } = page);
  }
  return threads;
}

function ownThreads(page: ThreadPage): OwnThread[] {
  return present(page).flatMap(({ id, isResolved, isOutdated, comments }) => {
    const [comment] = present(comments);
    if (comment?.viewerDidAuthor !== true) return [];
    const { id: commentId, body } = comment;
    return [{ id, commentId, body, isResolved, isOutdated, hasReplies: comments.totalCount > 1 }];
  });
}

function knownOf(
  { viewer, repository: found }: ReadAnswer,
  repository: RepositoryRef,
  number: number,
): Known {
  const pull = found.pullRequest;
  const suites = present(pull.commits).flatMap(({ commit }) =>
    present(commit.checkSuites).map((suite) => ({ ...suite, head: commit.oid })),
  );
  return {
    repository,
    number,
    repositoryId: found.id,
    pullRequestId: pull.id,
    // Anybody with a token may name a check as we do; only ours can be written by us.
    checks: suites
      .filter(({ app }) => app !== null && [app.slug, `${app.slug}[bot]`].includes(viewer.login))
      .flatMap(({ head, checkRuns }) =>
        present(checkRuns).map((run) => ({
          // The number itself does not fit GraphQL's 32 bits.
          id: Number(/\d+$/.exec(run.permalink)?.[0]),
          nodeId: run.id,
          head,
          key: run.externalId,
          isConcluded: run.status === 'COMPLETED',
        })),
      ),
    reviews: present(pull.reviews)
      .filter(({ viewerDidAuthor }) => viewerDidAuthor)
      .map(({ commit, body }) => ({ head: commit?.oid ?? '', body })),
  };
}
