/**
 * GitHub's API over HTTP, for one repository: the routes that the App uses, in front of the GitHub in memory. Every request
 * and every answer is held against GitHub's own descriptions.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, parse, validate } from 'graphql';
import { GithubError, MissingPermission, NotFound } from '../../src/github/errors.ts';
import type { PublishedReport, PublishedReview } from '../../src/github/ports.ts';
import { answer, answerProblems, graphqlSchemaOfGithub, requestProblems } from '../support/github-schemas.ts';
import type { Json } from '../support/github-schemas.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { zip } from '../support/zip.ts';

export interface StandIn {
  readonly url: string;
  /** What was asked, without the tokens of installations. */
  readonly requests: readonly string[];
  /** What broke GitHub's descriptions; empty when all is well. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

interface Asked {
  /** What stands for the braces of the template. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json;
}

interface Answered {
  readonly status: number;
  /** Merged over the smallest answer that the description allows. */
  readonly wanted?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

type Route = readonly [operation: string, answer: (asked: Asked) => Promise<Answered>];

export async function startStandIn(host: MemoryHost): Promise<StandIn> {
  const requests: string[] = [];
  const problems: string[] = [];
  const { repository } = host.world;
  const archives = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      const reply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(body === null ? '' : JSON.stringify(body));
      };
      const archive = archives.get(url.pathname);
      if (archive !== undefined) {
        if (request.headers.authorization !== undefined) problems.push('the token was sent to the storage');
        response.writeHead(200).end(archive);
        return;
      }
      if (!/^(token|bearer) /i.test(request.headers.authorization ?? '')) problems.push('no token');
      // Octokit leaves an empty body out, where GitHub takes one and needs none.
      const nothing = request.method === 'POST' ? {} : null;
      const body = text === '' ? nothing : (JSON.parse(text) as Json);
      const what = `${request.method ?? ''} ${url.pathname}`;
      if (!url.pathname.endsWith('/access_tokens')) requests.push(what);
      if (url.pathname === '/graphql') {
        reply(200, await graphql(host, body as { query: string; variables: Record<string, Json> }, problems));
        return;
      }
      try {
        await route(routes, request.method ?? '', url, body, problems, reply);
      } catch (error) {
        if (!(error instanceof GithubError)) problems.push(`${what}: ${String(error)}`);
        reply(statusOf(error), { message: error instanceof Error ? error.message : 'failed' });
      }
    })();
  });
  const listening = server.listen(0, 'localhost');
  await once(listening, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  const routes: readonly Route[] = [
    [
      'POST /app/installations/{installation_id}/access_tokens',
      () =>
        Promise.resolve({
          status: 201,
          wanted: { token: `ghs_${randomBytes(8).toString('hex')}`, expires_at: '2099-01-01T00:00:00Z' },
        }),
    ],
    [
      'GET /repos/{owner}/{repo}/compare/{basehead}',
      async ({ parts }) => {
        const [base = '', head = ''] = (parts[2] ?? '').split('...');
        const { mergeBase, files } = await host.pullRequests.compare(repository, base, head);
        const listed = files.map(({ path, previousPath, status, patch }) => ({
          filename: path,
          status,
          ...(patch === undefined ? {} : { patch }),
          ...(previousPath === undefined ? {} : { previous_filename: previousPath }),
        }));
        return { status: 200, wanted: { merge_base_commit: { sha: mergeBase }, files: listed } };
      },
    ],
    [
      'POST /repos/{owner}/{repo}/check-runs',
      async ({ body }) => {
        const {
          head_sha: head,
          external_id: key,
          output,
        } = body as Record<string, string> & { output: never };
        const { title, summary } = output as { title: string; summary: string };
        const check = await host.reports.startCheck(repository, {
          head: head ?? '',
          key: key ?? '',
          title,
          summary,
        });
        return { status: 201, wanted: { id: check.id, node_id: check.nodeId } };
      },
    ],
    [
      'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
      async ({ parts, body }) => {
        await conclude(host, Number(parts[2]), restReport(body), null);
        return { status: 200 };
      },
    ],
    [
      'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
      async ({ parts, body }) => {
        const { ref, inputs } = body as { ref: string; inputs: Record<string, string> };
        const { runId, url: page } = await host.probes.dispatch(repository, {
          workflow: parts[2] ?? '',
          ref,
          inputs,
        });
        return { status: 200, wanted: { workflow_run_id: runId, html_url: page } };
      },
    ],
    [
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
      ({ parts, query }) => {
        const found = (host.world.artifacts[Number(parts[2])] ?? []).filter(
          ({ name }) => name === query.get('name'),
        );
        const artifacts = found.map(({ name, file }, index) => {
          const bytes = zip([{ name: 'report.json', content: file }]);
          const id = Number(parts[2]) * 10 + index;
          archives.set(`/storage/${id}`, bytes);
          const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
          return { id, name, size_in_bytes: bytes.length, expired: false, digest };
        });
        return Promise.resolve({ status: 200, wanted: { total_count: artifacts.length, artifacts } });
      },
    ],
    [
      'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
      ({ parts }) =>
        Promise.resolve({ status: 302, headers: { location: `${url}/storage/${parts[2] ?? ''}` } }),
    ],
    [
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      async ({ parts }) => {
        const permission = await host.pullRequests.permission(repository, parts[2] ?? '');
        return { status: 200, wanted: { permission, role_name: permission } };
      },
    ],
    [
      'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
      async ({ parts, body }) => {
        const { content } = body as { content: 'eyes' };
        await host.reports.react(repository, Number(parts[2]), content);
        return { status: 201, wanted: { content } };
      },
    ],
  ];

  return {
    url,
    requests,
    problems,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Reply = (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;

async function route(
  routes: readonly Route[],
  method: string,
  url: URL,
  body: Json,
  problems: string[],
  reply: Reply,
): Promise<void> {
  for (const [operation, run] of routes) {
    const [verb = '', template = ''] = operation.split(' ');
    const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`);
    const parts = pattern.exec(url.pathname)?.slice(1).map(decodeURIComponent);
    if (verb !== method || parts === undefined) continue;
    const name = verb.toLowerCase();
    const asked = requestProblems(name, template, [...url.searchParams.keys()], body);
    problems.push(...asked.map((text) => `${operation}: ${text}`));
    const { status, wanted = {}, headers } = await run({ parts, query: url.searchParams, body });
    const full = answer(name, template, status, wanted);
    const wrong = answerProblems(name, template, status, full);
    problems.push(...wrong.map((text) => `answer of ${operation}: ${text}`));
    reply(status, full, headers);
    return;
  }
  problems.push(`${method} ${url.pathname} is no known route`);
  reply(404, { message: 'Not Found' });
}

function statusOf(error: unknown): number {
  if (error instanceof MissingPermission) return 403;
  return error instanceof NotFound ? 404 : 500;
}

async function graphql(
  host: MemoryHost,
  { query, variables }: { readonly query: string; readonly variables: Record<string, Json> },
  problems: string[],
): Promise<unknown> {
  const schema = graphqlSchemaOfGithub();
  const document = parse(query);
  problems.push(...validate(schema, document).map(({ message }) => `GraphQL: ${message}`));
  const rootValue = /^\s*mutation/.test(query) ? mutations(host, variables) : await queries(host);
  const result = await execute({ schema, document, rootValue, variableValues: variables });
  problems.push(...(result.errors ?? []).map(({ message }) => `GraphQL: ${message}`));
  return result;
}

async function queries(host: MemoryHost): Promise<Record<string, unknown>> {
  const { world } = host;
  const { number, head } = world.pullRequest;
  const state = await host.pullRequests.read(world.repository, number, []);
  const blob = (text: string) => ({ __typename: 'Blob', text, isBinary: false, isTruncated: false });
  const thread = ({ id, body, commentId, isResolved, isOutdated }: (typeof state.threads)[number]) => ({
    id,
    isResolved,
    isOutdated,
    comments: { totalCount: 1, nodes: [{ id: commentId, body, viewerDidAuthor: true }] },
  });
  const checkRuns = host.checks
    .filter((check) => check.head === head)
    .map(({ id, nodeId, key, report }) => ({
      id: nodeId,
      permalink: `https://github.com/ada/parcels/runs/${id}`,
      externalId: key,
      status: report === null ? 'IN_PROGRESS' : 'COMPLETED',
    }));
  const pullRequest = {
    id: 'PR_1',
    state: state.isOpen ? 'OPEN' : 'CLOSED',
    isDraft: state.isDraft,
    isCrossRepository: state.isFork,
    headRefOid: state.head,
    baseRefOid: state.base,
    author: { __typename: 'User', login: state.author },
    commits: {
      nodes: [
        {
          commit: {
            oid: head,
            checkSuites: { nodes: [{ app: { slug: 'leakcheck' }, checkRuns: { nodes: checkRuns } }] },
          },
        },
      ],
    },
    reviews: {
      nodes: host.reviews.map(({ body, head: oid }) => ({ viewerDidAuthor: true, body, commit: { oid } })),
    },
    reviewThreads: {
      pageInfo: { hasNextPage: false, endCursor: null },
      nodes: state.threads.map(thread),
    },
  };
  return {
    viewer: { login: 'leakcheck[bot]' },
    repository: ({ name }: { name: string }) =>
      name !== world.repository.name
        ? null
        : {
            id: 'R_1',
            pullRequest: ({ number: asked }: { number: number }) => (asked === number ? pullRequest : null),
            object({ expression }: { expression: string }) {
              const [commit = '', path = ''] = expression.split(/:(.*)/s);
              if (commit === 'HEAD') return world.config === null ? null : blob(world.config.text);
              const content = world.trees[commit]?.[path];
              return content === undefined ? null : blob(Buffer.from(content).toString('utf8'));
            },
          },
  };
}

/** Both fields of one document become the one call that they are. */
function mutations(host: MemoryHost, variables: Record<string, Json>): Record<string, unknown> {
  const check = variables['check'] as unknown as GraphqlCheck | undefined;
  const review = variables['review'] as unknown as GraphqlReview;
  const found = host.checks.find(({ nodeId }) => nodeId === check?.checkRunId);
  return {
    async updateCheckRun() {
      if (check === undefined || found === undefined) throw new Error('no such check');
      await conclude(host, found.id, graphqlReport(check), null);
      return { checkRun: { id: found.nodeId } };
    },
    async addPullRequestReview() {
      const posted: PublishedReview = {
        pullRequest: host.world.pullRequest.number,
        head: review.commitOID,
        body: review.body,
        comments: review.threads.map(({ path, line, startLine, body }) => ({ path, line, startLine, body })),
      };
      const last = host.checks.at(-1);
      if (last === undefined) throw new Error('no check');
      await conclude(host, found?.id ?? last.id, last.report ?? graphqlReport(check), posted);
      return { pullRequestReview: { id: 'PRR_1' } };
    },
  };
}

type Texts = Pick<PublishedReport, 'conclusion' | 'title' | 'summary' | 'annotations'>;

interface GraphqlCheck {
  readonly checkRunId: string;
  readonly conclusion: string;
  readonly output: { readonly title: string; readonly summary: string };
}

interface GraphqlReview {
  readonly commitOID: string;
  readonly body: string;
  readonly threads: readonly { path: string; line: number; startLine?: number; body: string }[];
}

function graphqlReport(check: GraphqlCheck | undefined): Texts {
  if (check === undefined) throw new Error('no check');
  const conclusion = check.conclusion.toLowerCase() as Texts['conclusion'];
  return { conclusion, ...check.output, annotations: [] };
}

function restReport(body: Json): Texts {
  const { conclusion, output } = body as unknown as Pick<Texts, 'conclusion'> & { readonly output: Texts };
  return { conclusion, title: output.title, summary: output.summary, annotations: [] };
}

async function conclude(
  host: MemoryHost,
  id: number,
  texts: Texts,
  review: PublishedReview | null,
): Promise<void> {
  const check = host.checks.find((one) => one.id === id);
  if (check === undefined) throw new NotFound(`Check run ${id} is not here`);
  await host.reports.publish(host.world.repository, { ...texts, check, review });
}
