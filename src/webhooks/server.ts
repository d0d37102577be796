/** The HTTP server: verifies webhooks and hands them on. The only file that knows Probot. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Probot, ProbotOctokit, Server } from 'probot';
import type { Logger } from 'probot';
import type { Octokit } from '../github/octokit.ts';
import type { Delivery } from './handle-event.ts';

/** GitHub's own limit for a payload. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

export interface ServerOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly logLevel: LogLevel;
  /** Must have stored what matters once it resolves; when it rejects, GitHub is told that the delivery failed. */
  readonly receive: (delivery: Delivery) => Promise<void>;
  /** For `/healthz`: rejects when the server could not do its work. */
  readonly health: () => Promise<void>;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface WebhookServer {
  readonly log: Logger;
  /** Acts for one installation. */
  octokit(installation: number): Promise<Octokit>;
  /** @returns the port */
  listen(): Promise<number>;
  /** Takes no more requests and waits for those that run. */
  close(): Promise<void>;
}

/** Waiting is the queue's business, where it outlives a crash and holds nobody else up. */
const PatientOctokit = ProbotOctokit.defaults((options: { throttle?: object }) => ({
  ...options,
  throttle: { ...options.throttle, onRateLimit: () => false, onSecondaryRateLimit: () => false },
}));

export async function createServer(options: ServerOptions): Promise<WebhookServer> {
  const { appId, privateKey, webhookSecret: secret, apiUrl: baseUrl, logLevel } = options;
  const settings = { appId, privateKey, secret, baseUrl, logLevel, Octokit: PatientOctokit };

  class CappedProbot extends Probot {
    constructor(own?: ConstructorParameters<typeof Probot>[0]) {
      super({ ...settings, ...own });
    }

    override async getNodeMiddleware(...given: Parameters<Probot['getNodeMiddleware']>) {
      const middleware = await super.getNodeMiddleware(...given);
      const capped = async (request: IncomingMessage, response: ServerResponse) => {
        if (refuseLarge(request, response)) return true;
        const isHandled: unknown = await middleware(request, response);
        return isHandled === true;
      };
      return capped;
    }
  }

  const { log } = await new CappedProbot().ready();
  const { host, port } = options;
  const server = new Server({
    host,
    port,
    log,
    enablePing: false,
    enableStaticFiles: false,
    Probot: CappedProbot,
  });
  const started = Promise.withResolvers<Probot>();
  await server.load((probot) => {
    probot.onAny(({ id, name, payload }) => options.receive({ id, event: name, payload }));
    started.resolve(probot);
  });
  server.addHandler((request, response) => answerHealth(options.health, request, response));
  const probot = await started.promise;
  return {
    log,
    octokit: (installation) => probot.auth(installation),
    async listen() {
      await server.start();
      return server.port;
    },
    close: () => server.stop(),
  };
}

/** Before a byte of the body is read. Without a length there is no telling, and GitHub always says it. */
function refuseLarge(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'POST') return false;
  const length = request.headers['content-length'];
  const status = length === undefined ? 411 : Number(length) > MAX_BODY_BYTES ? 413 : null;
  if (status === null) return false;
  const text = status === 411 ? 'say the Content-Length\n' : `the body may have ${MAX_BODY_BYTES} bytes\n`;
  // The rest of the body is not waited for.
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(text);
  return true;
}

async function answerHealth(
  health: ServerOptions['health'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.method !== 'GET' || request.url !== '/healthz') return false;
  const status = await health().then(
    () => 200,
    () => 503,
  );
  response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok\n' : 'not ready\n');
  return true;
}
