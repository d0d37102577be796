/** One request to the twin: who asks, whether they may, what it costs, and whether GitHub's description is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Json, answer, answerProblems, requestProblems } from '../support/github-schemas.ts';
import { answerGraphql } from './graphql.ts';
import { Denied, type Fault, type Limits, Meter, requirePermission, takeFault } from './limits.ts';
import { actionRoutes } from './routes/actions.ts';
import { appRoutes } from './routes/app.ts';
import { checkRoutes } from './routes/checks.ts';
import { pullRequestRoutes } from './routes/pull-requests.ts';
import { type Asked, type Route, type Served, objectOf } from './routes/route.ts';
import { findRepository } from './world.ts';
import type { Installation, Repository } from './world.ts';

const ROUTES: readonly Route[] = [...appRoutes, ...pullRequestRoutes, ...checkRoutes, ...actionRoutes];

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | Buffer;
}

/** What the server needs beside the world; tests look at it and change it. */
export interface Desk {
  readonly requests: string[];
  readonly problems: string[];
  readonly faults: Fault[];
  readonly limits: Limits;
}

/** `cut`: the connection ends without an answer. */
export type Serve = (request: IncomingMessage) => Promise<Reply | 'cut'>;

/** @param about what routes may use, but for tokens and storage, which are the server's own */
export function createServe(desk: Desk, about: Omit<Served, 'newToken' | 'store'>): Serve {
  const { requests, problems, faults, limits } = desk;
  const { world } = about;
  const tokens = new Map<string, { readonly installation: Installation; readonly expires: number }>();
  const meters = new Map<Installation, Meter>();
  const storage = new Map<string, Buffer>();
  const served: Served = {
    ...about,
    newToken(installation) {
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      const expires = Date.now() + limits.tokenMilliseconds;
      tokens.set(token, { installation, expires });
      return { token, expires: new Date(expires).toISOString() };
    },
    store(archive) {
      const path = `/storage/${randomBytes(12).toString('hex')}`;
      storage.set(path, archive);
      return `${about.url}${path}`;
    },
  };

  async function serve(request: IncomingMessage): Promise<Reply | 'cut'> {
    const asked = new URL(request.url ?? '', about.url);
    const text = await readText(request);
    const { authorization } = request.headers;
    const archive = storage.get(asked.pathname);
    if (archive !== undefined) {
      if (authorization !== undefined) problems.push('the token was sent to the storage');
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: archive };
    }
    const { operation, route, parts } = find(request.method ?? '', asked.pathname);
    const isForApp = route?.needs === 'app';
    if (isForApp) requireAppKey(authorization);
    const installation = isForApp ? undefined : installationOf(authorization);
    const fault = takeFault(faults, operation);
    if (fault?.kind === 'slow') await new Promise((done) => setTimeout(done, fault.milliseconds ?? 1000));
    if (fault?.kind === 'before') throw new Denied(502, 'Server Error');
    // Tokens are made anew every hour, whatever is done with them.
    if (!operation.endsWith('/access_tokens')) requests.push(`${request.method ?? ''} ${asked.pathname}`);
    const body = text === '' ? null : (JSON.parse(text) as Json);
    const meter = installation === undefined ? undefined : meterOf(installation);
    meter?.take(route?.makesContent === true || isMutation(operation, body));
    const reply =
      route === undefined
        ? await graphql(installation, body)
        : await rest(route, { parts, query: asked.searchParams, body }, installation);
    if (fault?.kind === 'after') return 'cut';
    const tagged = request.method === 'GET' ? withTag(reply, request.headers['if-none-match']) : reply;
    if (tagged.status === 304) meter?.refund();
    return { ...tagged, headers: { ...meter?.headers(), ...tagged.headers } };
  }

  function find(method: string, path: string) {
    if (`${method} ${path}` === GRAPHQL) return { operation: GRAPHQL, route: undefined, parts: {} };
    for (const route of ROUTES) {
      const parts = partsOf(route, method, path);
      if (parts !== undefined) return { operation: route.operation, route, parts };
    }
    problems.push(`${method} ${path} is no known route`);
    throw new Denied(404, 'Not Found');
  }

  async function graphql(installation: Installation | undefined, body: Json): Promise<Reply> {
    if (installation === undefined) throw new Denied(401, 'Requires authentication');
    const asked = body as unknown as Parameters<typeof answerGraphql>[2];
    return { status: 200, headers: {}, body: await answerGraphql(world, installation, asked, problems) };
  }

  async function rest(
    route: Route,
    asked: Pick<Asked, 'parts' | 'query' | 'body'>,
    installation: Installation | undefined,
  ): Promise<Reply> {
    const [verb = '', template = ''] = route.operation.split(' ');
    const method = verb.toLowerCase();
    const wrong = requestProblems(method, template, [...asked.query.keys()], asked.body);
    problems.push(...wrong.map((text) => `${route.operation}: ${text}`));
    const { status, wanted = {}, headers = {} } = await answerOf(route, asked, installation);
    const full = answer(method, template, status, wanted);
    const off = answerProblems(method, template, status, full);
    problems.push(...off.map((text) => `answer of ${route.operation}: ${text}`));
    return { status, headers, body: full };
  }

  function answerOf(
    route: Route,
    asked: Pick<Asked, 'parts' | 'query' | 'body'>,
    installation: Installation | undefined,
  ) {
    if (route.needs === 'app') return route.answer({ ...asked, twin: served });
    if (installation === undefined) throw new Denied(401, 'Requires authentication');
    const repository = repositoryOf(asked.parts, installation);
    requirePermission(installation, ...route.needs);
    return route.answer({ ...asked, twin: served, installation, repository });
  }

  /** What an installation may not see does not exist for it. */
  function repositoryOf(parts: Asked['parts'], installation: Installation): Repository {
    const { owner = '', repo = '' } = parts;
    const found = findRepository(world, owner, repo);
    if (found === undefined || !installation.repositories.includes(`${owner}/${repo}`))
      throw new Denied(404, 'Not Found');
    return found;
  }

  function installationOf(header: string | undefined): Installation {
    const value = /^(?:token|bearer) (.+)$/i.exec(header ?? '')?.[1];
    if (value === undefined) throw new Denied(401, 'Requires authentication');
    const token = tokens.get(value);
    if (token === undefined || token.expires < Date.now()) throw new Denied(401, 'Bad credentials');
    if (token.installation.suspended) throw new Denied(403, 'This installation has been suspended');
    return token.installation;
  }

  function meterOf(installation: Installation): Meter {
    const meter = meters.get(installation) ?? new Meter(limits);
    meters.set(installation, meter);
    return meter;
  }

  return (request) =>
    serve(request).catch((error: unknown) => {
      if (error instanceof Denied) return refusal(error);
      problems.push(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
      return refusal(new Denied(500, 'Server Error'));
    });
}

const GRAPHQL = 'POST /graphql';

function isMutation(operation: string, body: Json): boolean {
  if (operation !== GRAPHQL) return false;
  const { query } = objectOf(body);
  return typeof query === 'string' && /^\s*mutation/.test(query);
}

function partsOf(route: Route, method: string, path: string): Readonly<Record<string, string>> | undefined {
  const [verb, template = ''] = route.operation.split(' ');
  if (verb !== method) return undefined;
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const values = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path)?.slice(1);
  if (values === undefined) return undefined;
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]));
}

/** What did not change since costs nothing. */
function withTag(reply: Reply, known: string | undefined): Reply {
  if (reply.status !== 200) return reply;
  const etag = `"${createHash('sha256').update(JSON.stringify(reply.body)).digest('hex')}"`;
  if (known === etag) return { status: 304, headers: { etag }, body: null };
  return { ...reply, headers: { ...reply.headers, etag } };
}

function refusal({ status, message, headers }: Denied): Reply {
  return { status, headers, body: { message, status: String(status) } };
}

function requireAppKey(header: string | undefined): void {
  if (!/^bearer [^.\s]+\.[^.\s]+\.[^.\s]+$/i.test(header ?? ''))
    throw new Denied(401, 'A JSON web token could not be decoded');
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
