/**
 * The twin: a strict local GitHub. HTTP over real git repositories; every request, answer and webhook is held against
 * GitHub's own descriptions, and an unknown route is a problem. What it knows lies open in `world`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Json, answer, answerProblems, requestProblems } from '../support/github-schemas.ts';
import { type Deliveries, createDeliveries } from './deliveries.ts';
import { answerGraphql } from './graphql.ts';
import { Denied, type Fault, type Limits, Meter, type Token, USUAL_LIMITS, requirePermission, takeFault } from './limits.ts';
import { type People, createPeople } from './people.ts';
import { actionRoutes } from './routes/actions.ts';
import { appRoutes } from './routes/app.ts';
import { checkRoutes } from './routes/checks.ts';
import { pullRequestRoutes } from './routes/pull-requests.ts';
import type { Route, Served } from './routes/route.ts';
import { findRepository } from './world.ts';
import type { Installation, Repository, World } from './world.ts';

export interface Twin {
  readonly url: string;
  readonly world: World;
  readonly people: People;
  readonly deliveries: Deliveries;
  /** What was asked and counted, without tokens and storage. */
  readonly requests: readonly string[];
  /** What broke GitHub's descriptions; empty when all is well. */
  readonly problems: readonly string[];
  readonly faults: Fault[];
  readonly limits: Limits;
  /** Told of every run that is started or asked to end: where the runner twin listens. */
  onRun(listener: RunListener): void;
  /** Where webhooks go; undefined while the App is away. */
  hookUrl: string | undefined;
  close(): Promise<void>;
}

export type RunListener = (repository: Repository, runId: number, what: 'dispatched' | 'cancelled') => void;

export interface TwinOptions {
  readonly secret: string;
  readonly appId?: number;
  readonly slug?: string;
}

const routes: readonly Route[] = [...appRoutes, ...pullRequestRoutes, ...checkRoutes, ...actionRoutes];

export async function startTwin({ secret, appId = 1, slug = 'leakcheck' }: TwinOptions): Promise<Twin> {
  const folder = mkdtempSync(join(tmpdir(), 'leakcheck-twin-'));
  let last = 100;
  const world: World = {
    app: { id: appId, slug },
    installations: [],
    repositories: [],
    nextId: () => (last += 1),
  };
  const requests: string[] = [];
  const problems: string[] = [];
  const faults: Fault[] = [];
  const limits: Limits = { ...USUAL_LIMITS };
  const tokens = new Map<string, Token>();
  const meters = new Map<Installation, Meter>();
  const storage = new Map<string, Buffer>();
  const listeners: RunListener[] = [];

  const server = createServer((request, response) => {
    void (async () => {
      const answered = await serve(request).catch((error: unknown): Served_ => {
        if (error instanceof Denied)
          return { status: error.status, headers: error.headers, body: { message: error.message, status: String(error.status) } };
        problems.push(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
        return { status: 500, headers: {}, body: { message: 'Server Error' } };
      });
      if (answered === 'cut') {
        request.socket.destroy();
        return;
      }
      const { status, headers, body } = answered;
      const text = Buffer.isBuffer(body) ? body : body === null ? '' : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(text);
    })();
  });
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  const twin: Twin = {
    url,
    world,
    people: undefined as never,
    deliveries: undefined as never,
    requests,
    problems,
    faults,
    limits,
    hookUrl: undefined,
    onRun: (listener) => listeners.push(listener),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const deliveries = createDeliveries({ secret, url: () => twin.hookUrl }, problems, world.nextId);
  Object.assign(twin, { deliveries, people: createPeople(world, deliveries, folder) });

  const served: Served = {
    url,
    world,
    deliveries,
    newToken(installation) {
      const value = `ghs_${randomBytes(18).toString('hex')}`;
      const expires = Date.now() + limits.tokenMilliseconds;
      tokens.set(value, { value, installation, expires });
      return { token: value, expires: new Date(expires).toISOString() };
    },
    store(archive) {
      const path = `/storage/${randomBytes(12).toString('hex')}`;
      storage.set(path, archive);
      return `${url}${path}`;
    },
    onRun(repository, runId, what) {
      for (const listener of listeners) listener(repository, runId, what);
    },
  };

  /** `cut`: the connection ends without an answer. */
  type Served_ = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Json | Buffer } | 'cut';

  async function serve(request: IncomingMessage): Promise<Served_> {
    const asked = new URL(request.url ?? '', url);
    const method = request.method ?? '';
    const text = await readText(request);
    const archive = storage.get(asked.pathname);
    if (archive !== undefined) {
      if (request.headers.authorization !== undefined) problems.push('the token was sent to the storage');
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: archive };
    }
    const isGraphql = method === 'POST' && asked.pathname === '/graphql';
    const found = isGraphql ? undefined : findRoute(method, asked.pathname);
    if (!isGraphql && found === undefined) {
      problems.push(`${method} ${asked.pathname} is no known route`);
      throw new Denied(404, 'Not Found');
    }
    const operation = found?.route.operation ?? 'POST /graphql';
    const isForApp = found?.route.needs === 'app';
    const installation = isForApp ? undefined : authenticate(request.headers.authorization);
    if (isForApp) requireAppKey(request.headers.authorization);
    const fault = takeFault(faults, operation);
    if (fault?.kind === 'slow') await new Promise((done) => setTimeout(done, fault.milliseconds ?? 1000));
    if (fault?.kind === 'before') throw new Denied(502, 'Server Error');
    if (!operation.endsWith('/access_tokens')) requests.push(`${method} ${asked.pathname}`);
    const meter = installation === undefined ? undefined : meterOf(installation);
    const body = text === '' ? (method === 'POST' ? {} : null) : (JSON.parse(text) as Json);
    const isMutation = isGraphql && /^\s*mutation/.test(textField(body, 'query'));
    meter?.take(found?.route.makesContent === true || isMutation);
    let answered: Served_;
    if (found === undefined) {
      if (installation === undefined) throw new Denied(401, 'Requires authentication');
      const document = body as unknown as Parameters<typeof answerGraphql>[2];
      answered = { status: 200, headers: {}, body: await answerGraphql(world, installation, document, problems) };
    } else {
      answered = await answerRoute(found.route, found.parts, asked.searchParams, body, installation);
      const tag = `"${createHash('sha256').update(JSON.stringify(answered.body)).digest('hex')}"`;
      if (method === 'GET' && answered.status === 200) {
        if (request.headers['if-none-match'] === tag) {
          meter?.refund();
          answered = { status: 304, headers: { etag: tag }, body: null };
        } else answered = { ...answered, headers: { ...answered.headers, etag: tag } };
      }
    }
    if (fault?.kind === 'after') return 'cut';
    return { ...answered, headers: { ...meter?.headers(), ...answered.headers } };
  }

  async function answerRoute(
    route: Route,
    parts: Readonly<Record<string, string>>,
    query: URLSearchParams,
    body: Json,
    installation: Installation | undefined,
  ): Promise<Exclude<Served_, 'cut'>> {
    const [verb = '', template = ''] = route.operation.split(' ');
    const name = verb.toLowerCase();
    problems.push(
      ...requestProblems(name, template, [...query.keys()], body).map((text) => `${route.operation}: ${text}`),
    );
    const repository = repositoryOf(parts, installation);
    if (route.needs !== 'app' && installation !== undefined) requirePermission(installation, ...route.needs);
    const context = { twin: served, parts, query, body } as Parameters<Route['answer']>[0];
    const { status, wanted = {}, headers = {} } = await route.answer({
      ...context,
      ...(installation === undefined ? {} : { installation }),
      ...(repository === undefined ? {} : { repository }),
    });
    const full = answer(name, template, status, wanted);
    problems.push(
      ...answerProblems(name, template, status, full).map((text) => `answer of ${route.operation}: ${text}`),
    );
    return { status, headers, body: full };
  }

  function repositoryOf(
    { owner, repo }: Readonly<Record<string, string>>,
    installation: Installation | undefined,
  ): Repository | undefined {
    if (owner === undefined || repo === undefined) return undefined;
    const found = findRepository(world, owner, repo);
    // What an installation may not see does not exist for it.
    if (found === undefined || installation?.repositories.includes(`${owner}/${repo}`) !== true)
      throw new Denied(404, 'Not Found');
    return found;
  }

  function authenticate(header: string | undefined): Installation {
    const value = /^(?:token|bearer) (.+)$/i.exec(header ?? '')?.[1];
    const token = tokens.get(value ?? '');
    if (value === undefined) throw new Denied(401, 'Requires authentication');
    if (token === undefined || token.expires < Date.now()) throw new Denied(401, 'Bad credentials');
    if (token.installation.suspended) throw new Denied(403, 'This installation has been suspended');
    return token.installation;
  }

  function meterOf(installation: Installation): Meter {
    const meter = meters.get(installation) ?? new Meter(limits);
    meters.set(installation, meter);
    return meter;
  }

  return twin;
}

function requireAppKey(header: string | undefined): void {
  const payload = /^bearer [^.]+\.([^.]+)\.[^.]+$/i.exec(header ?? '')?.[1];
  if (payload === undefined) throw new Denied(401, 'A JSON web token could not be decoded');
}

function findRoute(method: string, path: string) {
  for (const route of routes) {
    const [verb = '', template = ''] = route.operation.split(' ');
    if (verb !== method) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const values = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path)?.slice(1);
    if (values === undefined) continue;
    const parts = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]));
    return { route, parts };
  }
  return undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function textField(body: Json, name: string): string {
  const value = typeof body === 'object' && body !== null && !Array.isArray(body) ? body[name] : null;
  return typeof value === 'string' ? value : '';
}
