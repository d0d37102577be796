/** Puts the App together: server, queue, store, scan threads, and the stories between them. */
import { createHmac, randomBytes } from 'node:crypto';
import { openDatabase } from '../database/open-database.ts';
import { createOctokitHost } from '../github/octokit-host.ts';
import { answerComment } from '../pipeline/answer-comment.ts';
import type { AppPorts } from '../pipeline/app-ports.ts';
import { concludeLate, concludeProbe } from '../pipeline/conclude-probe.ts';
import { reviewPullRequest } from '../pipeline/review-pull-request.ts';
import { startQueue } from '../queue/boss-queue.ts';
import type { Handlers, QueueProblem } from '../queue/queue.ts';
import { createScanPool } from '../scan-pool/scan-pool.ts';
import { forgetOld } from '../store/forget.ts';
import { createReviewRecords } from '../store/review-records.ts';
import { createReceiver } from '../webhooks/receive.ts';
import { createServer } from '../webhooks/server.ts';
import type { Settings } from './environment.ts';

export interface RunningApp {
  readonly port: number;
  /** Takes no more webhooks, lets running jobs end, and closes the database. */
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** @throws UserError, MachineError when the database or the port cannot be used */
export async function startApp(settings: Settings): Promise<RunningApp> {
  const { databaseUrl: url, dataDirectory: directory } = settings;
  const opened: (() => Promise<unknown>)[] = [];
  // The last that was opened is closed first.
  const close = async () => {
    for (let next = opened.pop(); next !== undefined; next = opened.pop()) await next();
  };
  try {
    const database = await openDatabase({ url, directory });
    opened.push(() => database.close());
    const scanner = createScanPool();
    opened.push(() => scanner.close());
    const problems: { report: (problem: QueueProblem) => void } = { report: () => undefined };
    const queue = await startQueue(database, {
      report: (problem) => {
        problems.report(problem);
      },
    });
    opened.push(() => queue.stop());
    const reviews = createReviewRecords(database);
    const server = await createServer({
      ...settings,
      receive: createReceiver(database, queue, reviews),
      health: async () => {
        await database.query('SELECT 1');
      },
    });
    const { log } = server;
    problems.report = (problem) => {
      const { event, error, ...fields } = problem;
      log.error({ ...fields, err: error }, event);
    };
    const ports: AppPorts = {
      host: async (installation) => createOctokitHost(await server.octokit(installation)),
      reviews,
      send: queue.send,
      scanner,
      now: Date.now,
      newRequestId: () => randomBytes(16).toString('hex'),
      markerKey: createHmac('sha256', settings.webhookSecret).update('leakcheck comments').digest('hex'),
      log,
    };
    await queue.work(handlers(ports));
    const cleaning = setInterval(() => {
      forgetOld(database).catch((error: unknown) => {
        log.error({ err: error }, 'old entries could not be removed');
      });
    }, HOUR);
    opened.push(() => {
      clearInterval(cleaning);
      return Promise.resolve();
    });
    const port = await server.listen();
    opened.push(() => server.close());
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function handlers(ports: AppPorts): Handlers {
  return {
    'review-pull-request': (job, run) => reviewPullRequest(ports, job, run),
    'conclude-probe': (job, run) => concludeProbe(ports, job, run),
    'probe-deadline': (job, run) => concludeLate(ports, job, run),
    react: (job) => answerComment(ports, job),
  };
}
