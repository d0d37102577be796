/** GitHub's schema over the twin's world, as far as our documents ask. */
import { GraphQLError, execute, parse, validate } from 'graphql';
import { diffLines } from '../../src/changes/diff-lines.ts';
import { type Json, graphqlSchemaOfGithub } from '../support/github-schemas.ts';
import { Denied, requirePermission } from './limits.ts';
import { change } from './routes/checks.ts';
import type { JsonObject } from './routes/route.ts';
import { baseOf, botOf, findRepository, headOf } from './world.ts';
import type {
  Access,
  CheckRun,
  Installation,
  PullRequest,
  Repository,
  Review,
  Thread,
  World,
} from './world.ts';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, Json>>;
}

/** @returns the answer as GitHub sends it: data and typed errors side by side */
export async function answerGraphql(
  world: World,
  installation: Installation,
  { query, variables }: Asked,
  problems: string[],
): Promise<Json> {
  const schema = graphqlSchemaOfGithub();
  const document = parse(query);
  const invalid = validate(schema, document).map(({ message }) => `GraphQL: ${message}`);
  if (invalid.length > 0) problems.push(...invalid);
  const rootValue = { ...queries(world, installation), ...mutations(world, installation) };
  const { data, errors } = await execute({ schema, document, rootValue, variableValues: variables });
  const told = errors?.map(({ message, path, extensions }) => {
    const type = extensions['type'];
    // GitHub gives every error that we may meet a type; one without is a mistake of the twin or of the document.
    if (typeof type !== 'string') problems.push(`GraphQL: ${message}`);
    return { type, path, message };
  });
  return JSON.parse(JSON.stringify(told === undefined ? { data } : { data, errors: told })) as Json;
}

function refuse(type: string, message: string): never {
  throw new GraphQLError(message, { extensions: { type } });
}

function need(installation: Installation, name: string, access: Access): void {
  try {
    requirePermission(installation, name, access);
  } catch {
    refuse('FORBIDDEN', 'Resource not accessible by integration');
  }
}

function visible(world: World, installation: Installation, owner: string, name: string): Repository {
  const found = findRepository(world, owner, name);
  if (found === undefined || !installation.repositories.includes(`${owner}/${name}`))
    refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  return found;
}

function queries(world: World, installation: Installation): Record<string, unknown> {
  const bot = botOf(world);
  return {
    viewer: { login: bot },
    repository({ owner, name }: { owner: string; name: string }) {
      const repository = visible(world, installation, owner, name);
      return {
        id: `R_${repository.id}`,
        object: ({ expression }: { expression: string }) => blobAt(repository, installation, expression),
        pullRequest({ number }: { number: number }) {
          const found = repository.pullRequests.find((one) => one.number === number);
          if (found === undefined)
            refuse('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
          return pullRequestOf(found, installation, bot);
        },
      };
    },
  };
}

/** GitHub cuts the text of larger blobs here. */
const MAX_BLOB_TEXT = 512_000;

async function blobAt({ git, defaultBranch }: Repository, installation: Installation, expression: string) {
  need(installation, 'contents', 'read');
  const [revision = '', path = ''] = expression.split(/:(.*)/s);
  const content = await git.blob(revision === 'HEAD' ? `refs/heads/${defaultBranch}` : revision, path);
  if (content === undefined) return null;
  const isBinary = content.subarray(0, 8000).includes(0);
  const text = isBinary ? null : content.toString('utf8').slice(0, MAX_BLOB_TEXT);
  return { __typename: 'Blob', text, isBinary, isTruncated: content.length > MAX_BLOB_TEXT };
}

async function pullRequestOf(pullRequest: PullRequest, installation: Installation, bot: string) {
  const { repository, from, reviews, state, isDraft, author } = pullRequest;
  const head = await headOf(pullRequest);
  const threads = reviews.flatMap((review) => review.threads);
  return {
    id: `PR_${repository.id}_${pullRequest.number}`,
    state,
    isDraft,
    isCrossRepository: from !== repository,
    headRefOid: head,
    baseRefOid: await baseOf(pullRequest),
    author: { __typename: 'User', login: author },
    commits: {
      nodes: [{ commit: { oid: head, checkSuites: () => suitesOf(repository, installation, head) } }],
    },
    reviews: {
      nodes: reviews.map((review) => ({
        viewerDidAuthor: review.author === bot,
        body: review.body,
        commit: { oid: review.head },
      })),
    },
    reviewThreads: ({ first = 100, after = '0' }: { first?: number; after?: string }) => {
      const start = Number(after);
      const page = threads.slice(start, start + first);
      const end = start + page.length;
      return {
        pageInfo: { hasNextPage: end < threads.length, endCursor: page.length === 0 ? null : String(end) },
        nodes: page.map((thread) => threadOf(thread, bot)),
      };
    },
  };
}

function threadOf({ id, isResolved, isOutdated, comments }: Thread, bot: string) {
  return {
    id: `PRRT_${id}`,
    isResolved,
    isOutdated,
    comments: {
      totalCount: comments.length,
      nodes: comments
        .slice(0, 1)
        .map((one) => ({ id: `PRRC_${one.id}`, body: one.body, viewerDidAuthor: one.author === bot })),
    },
  };
}

function suitesOf(repository: Repository, installation: Installation, head: string) {
  need(installation, 'checks', 'read');
  const slugs = [...new Set(repository.checks.filter((one) => one.head === head).map(({ app }) => app))];
  return {
    nodes: slugs.map((slug) => ({
      app: { slug },
      checkRuns: ({ filterBy }: { filterBy?: { checkName?: string } }) => ({
        nodes: repository.checks
          .filter((one) => one.head === head && one.app === slug)
          .filter(({ name }) => [undefined, name].includes(filterBy?.checkName))
          .map(({ id, key, status }) => ({
            id: `CR_${id}`,
            permalink: `https://github.com/${repository.owner}/${repository.name}/runs/${id}`,
            externalId: key,
            status: status.toUpperCase(),
          })),
      }),
    })),
  };
}

interface CheckInput {
  readonly checkRunId: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly output?: {
    readonly title: string;
    readonly summary: string;
    readonly annotations?: readonly {
      readonly path: string;
      readonly location: { readonly startLine: number; readonly endLine: number };
      readonly annotationLevel: string;
      readonly title?: string;
      readonly message: string;
    }[];
  };
}

interface ReviewInput {
  readonly pullRequestId: string;
  readonly commitOID: string;
  readonly body: string;
  readonly event: string;
  readonly threads?: readonly ThreadInput[];
}

interface ThreadInput {
  readonly path: string;
  readonly line: number;
  readonly startLine?: number;
  readonly body: string;
}

function mutations(world: World, installation: Installation): Record<string, unknown> {
  return {
    updateCheckRun({ input }: { input: CheckInput }) {
      need(installation, 'checks', 'write');
      const check = ownCheck(world, installation, input.checkRunId);
      try {
        change(check, restFields(input));
      } catch (error) {
        if (error instanceof Denied) refuse('UNPROCESSABLE', error.message);
        throw error;
      }
      return { checkRun: { id: input.checkRunId } };
    },
    async addPullRequestReview({ input }: { input: ReviewInput }) {
      need(installation, 'pull_requests', 'write');
      const review = await reviewOf(world, installation, input);
      return { pullRequestReview: { id: `PRR_${review.id}` } };
    },
  };
}

function ownCheck({ repositories, app }: World, installation: Installation, nodeId: string): CheckRun {
  const check = repositories
    .filter(({ owner, name }) => installation.repositories.includes(`${owner}/${name}`))
    .flatMap(({ checks }) => checks)
    .find(({ id }) => `CR_${id}` === nodeId);
  if (check === undefined)
    refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${nodeId}'`);
  if (check.app !== app.slug) refuse('FORBIDDEN', 'Resource not accessible by integration');
  return check;
}

function restFields({ status, conclusion, output }: CheckInput): JsonObject {
  return {
    ...(status === undefined ? {} : { status: status.toLowerCase() }),
    ...(conclusion === undefined ? {} : { conclusion: conclusion.toLowerCase() }),
    ...(output === undefined
      ? {}
      : {
          output: {
            title: output.title,
            summary: output.summary,
            annotations: (output.annotations ?? []).map((one) => ({
              path: one.path,
              start_line: one.location.startLine,
              end_line: one.location.endLine,
              annotation_level: one.annotationLevel.toLowerCase(),
              title: one.title ?? '',
              message: one.message,
            })),
          },
        }),
  };
}

const MAX_BODY = 65_536;

async function reviewOf(world: World, installation: Installation, input: ReviewInput): Promise<Review> {
  const found = world.repositories
    .filter(({ owner, name }) => installation.repositories.includes(`${owner}/${name}`))
    .flatMap(({ pullRequests }) => pullRequests)
    .find(({ repository, number }) => `PR_${repository.id}_${number}` === input.pullRequestId);
  if (found === undefined) refuse('NOT_FOUND', 'Could not resolve to a PullRequest');
  const threads = input.threads ?? [];
  for (const { length } of [input.body, ...threads.map(({ body }) => body)])
    if (length > MAX_BODY) refuse('UNPROCESSABLE', 'Body is too long (maximum is 65536 characters)');
  if (input.body === '' && threads.length === 0) refuse('UNPROCESSABLE', "Body can't be blank");
  await requireInDiff(found, threads);
  const author = botOf(world);
  const review: Review = {
    id: world.nextId(),
    author,
    head: input.commitOID,
    body: input.body,
    threads: threads.map(({ path, line, startLine, body }) => ({
      id: world.nextId(),
      path,
      line,
      startLine,
      isResolved: false,
      isOutdated: false,
      comments: [{ id: world.nextId(), author, body }],
    })),
  };
  found.reviews.push(review);
  return review;
}

/** One line outside the diff, and GitHub takes nothing of the review. */
async function requireInDiff(pullRequest: PullRequest, threads: readonly ThreadInput[]): Promise<void> {
  const { git } = pullRequest.repository;
  const head = await headOf(pullRequest);
  const files = await git.compare(await git.mergeBase(await baseOf(pullRequest), head), head);
  const shown = new Map(files.map(({ path, patch }) => [path, diffLines(patch ?? '').shown]));
  for (const { path, line, startLine = line } of threads) {
    const lines = shown.get(path);
    if (lines === undefined) refuse('UNPROCESSABLE', 'Pull request review thread path could not be resolved');
    const span = Array.from({ length: line - startLine + 1 }, (_, index) => startLine + index);
    if (span.length === 0 || !span.every((one) => lines.has(one)))
      refuse('UNPROCESSABLE', 'Pull request review thread line must be part of the diff');
  }
}
