/** The real server with the real queue and store, and the webhooks that GitHub publishes as examples. */
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { startQueue } from '../../src/queue/boss-queue.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { createReviewRecords } from '../../src/store/review-records.ts';
import { createReceiver } from '../../src/webhooks/receive.ts';
import { MAX_BODY_BYTES, createServer } from '../../src/webhooks/server.ts';
import type { WebhookServer } from '../../src/webhooks/server.ts';
import { freePort, SECRET, sendWebhook } from './signed.ts';

// Its types describe another module than the one that is there.
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string;
  readonly examples: readonly unknown[];
}[];

let database: Database;
let queue: Queue;
let server: WebhookServer;
let port: number;
let isHealthy = true;
const sent: unknown[] = [];

beforeAll(async () => {
  database = await openDatabase({ url: undefined, directory: null });
  queue = await startQueue(database, { report: (problem) => expect.fail(JSON.stringify(problem)) });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const counted: Pick<Queue, 'together'> = {
    together: (write) =>
      queue.together((sql, send) =>
        write(sql, (job, options) => {
          sent.push(job);
          return send(job, options);
        }),
      ),
  };
  server = await createServer({
    appId: 1,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    webhookSecret: SECRET,
    host: 'localhost',
    port: await freePort(),
    // Nothing listens there: no webhook may lead to a request before it is acknowledged.
    apiUrl: 'http://localhost:9',
    logLevel: 'fatal',
    receive: createReceiver(database, counted, createReviewRecords(database)),
    health: () => (isHealthy ? Promise.resolve() : Promise.reject(new Error('no database'))),
  });
  port = await server.listen();
});

afterAll(async () => {
  await server.close();
  await queue.stop();
  await database.close();
});

const opened = {
  action: 'opened',
  installation: { id: 3 },
  repository: { name: 'parcels', owner: { login: 'ada' } },
  pull_request: { number: 7, head: { sha: 'b'.repeat(40) }, base: { sha: 'a'.repeat(40) } },
};

it('takes every example that GitHub publishes', { timeout: 120_000 }, async () => {
  const answers = new Map<number, number>();
  for (const { name, examples: payloads } of examples) {
    for (const [index, payload] of payloads.entries()) {
      const answer = await sendWebhook(port, { event: name, payload, id: `${name}-${index}` });
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      await answer.text();
    }
  }

  const total = examples.reduce((sum, { examples: payloads }) => sum + payloads.length, 0);
  expect(total).toBeGreaterThan(300);
  expect([...answers]).toEqual([[200, total]]);
});

describe('a delivery', () => {
  it('gives its work once, however often it comes', async () => {
    const before = sent.length;

    const first = await sendWebhook(port, { event: 'pull_request', payload: opened, id: 'again' });
    const second = await sendWebhook(port, { event: 'pull_request', payload: opened, id: 'again' });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(sent.slice(before)).toMatchObject([{ kind: 'review-pull-request', number: 7, installation: 3 }]);
    const rows = await database.query("SELECT * FROM leakcheck.deliveries WHERE id = 'again'");
    expect(rows).toMatchObject([{ event: 'pull_request', action: 'opened', repository: 'ada/parcels' }]);
  });

  it('with a wrong signature is refused and leaves nothing', async () => {
    const before = sent.length;
    const wrong = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };

    const answer = await sendWebhook(port, { event: 'pull_request', payload: opened, id: 'forged' }, wrong);

    expect(answer.status).toBe(400);
    expect(sent).toHaveLength(before);
  });

  it('of an unknown event is ignored', async () => {
    const answer = await sendWebhook(port, { event: 'moon_phase', payload: { action: 'full' }, id: 'moon' });

    expect(answer.status).toBe(200);
  });

  it('of another content type is refused', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };

    expect((await sendWebhook(port, { event: 'ping', payload: {}, id: 'form' }, type)).status).toBe(415);
  });

  it.each([
    ['that says it is too large', { 'content-length': String(MAX_BODY_BYTES + 1) }, 413],
    ['that does not say how large it is', { 'transfer-encoding': 'chunked' }, 411],
  ])('%s is refused before it is read', async (_, headers, status) => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request({
        port,
        host: 'localhost',
        path: '/api/github/webhooks',
        method: 'POST',
        headers,
      });
      sending.on('error', reject).on('response', (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.flushHeaders();
    });

    expect(answer).toBe(status);
  });

  it('that cannot be stored is told to GitHub as failed', async () => {
    const payload = { ...opened, pull_request: { ...opened.pull_request, number: 2 ** 40 } };

    const answer = await sendWebhook(port, { event: 'pull_request', payload, id: 'lost' });

    expect(answer.status).toBe(500);
  });
});

it('forgets an installation that was removed', async () => {
  await sendWebhook(port, { event: 'pull_request', payload: opened, id: 'before' });

  const payload = { action: 'deleted', installation: { id: 3 } };
  expect((await sendWebhook(port, { event: 'installation', payload, id: 'gone' })).status).toBe(200);

  expect(await database.query('SELECT * FROM leakcheck.deliveries WHERE installation = 3')).toEqual([]);
});

it('says how it is, and nothing else', async () => {
  const get = async (path: string) => (await fetch(`http://localhost:${port}${path}`)).status;

  expect(await get('/healthz')).toBe(200);
  isHealthy = false;
  expect(await get('/healthz')).toBe(503);
  isHealthy = true;
  expect(await get('/')).toBe(404);
  expect(await get('/probot/setup')).toBe(404);
  expect(await get('/api/github/webhooks')).toBe(404);
});
