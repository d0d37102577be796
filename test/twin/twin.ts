/**
 * The twin: a strict local GitHub. HTTP over real git repositories; every request, answer and webhook is held against
 * GitHub's own descriptions, and an unknown route is a problem. What it knows lies open in `world`.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deliveries, createDeliveries } from './deliveries.ts';
import { type Fault, type Limits, USUAL_LIMITS } from './limits.ts';
import { type People, createPeople } from './people.ts';
import { type Serve, createServe } from './server.ts';
import type { Repository, World } from './world.ts';

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
  /** Told of every run that is started or asked to end: where the runner twin listens. @returns what ends that */
  onRun(listener: RunListener): () => void;
  /** Where webhooks go; undefined while the App is away. */
  sendHooksTo(url: string | undefined): void;
  close(): Promise<void>;
}

export type RunListener = (repository: Repository, runId: number, what: 'dispatched' | 'cancelled') => void;

export interface TwinOptions {
  /** Signs the webhooks. */
  readonly secret: string;
  readonly appId?: number;
  readonly slug?: string;
}

export async function startTwin({ secret, appId = 1, slug = 'leakcheck' }: TwinOptions): Promise<Twin> {
  const folder = mkdtempSync(join(tmpdir(), 'leakcheck-twin-'));
  let lastId = 100;
  const world: World = {
    app: { id: appId, slug },
    installations: [],
    repositories: [],
    nextId: () => (lastId += 1),
  };
  const desk = {
    requests: [] as string[],
    problems: [] as string[],
    faults: [] as Fault[],
    limits: { ...USUAL_LIMITS },
  };
  const listeners = new Set<RunListener>();
  let hooks: string | undefined;
  const deliveries = createDeliveries({ secret, url: () => hooks }, desk.problems, () => world.nextId());

  const server = await listen((own) =>
    createServe(desk, {
      url: own,
      world,
      deliveries,
      onRun(repository, runId, what) {
        for (const listener of listeners) listener(repository, runId, what);
      },
    }),
  );
  return {
    ...desk,
    url: server.url,
    world,
    deliveries,
    people: createPeople(world, deliveries, folder),
    onRun(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sendHooksTo(target) {
      hooks = target;
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listen(
  serveAt: (url: string) => Serve,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const reply = await serve(request);
      if (reply === 'cut') {
        request.socket.destroy();
        return;
      }
      const { status, headers, body } = reply;
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(Buffer.isBuffer(body) ? body : body === null ? '' : JSON.stringify(body));
    })();
  });
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const serve = serveAt(url);
  return {
    url,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
