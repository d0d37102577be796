/**
 * The whole App, from what people do on GitHub to what they read there: real server, queue, database, scan threads, and
 * the real workflow with the real probe. GitHub and its runners are the twins.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startApp } from '../../src/app/app.ts';
import type { RunningApp } from '../../src/app/app.ts';
import { readSettings } from '../../src/app/environment.ts';
import { type Runner, createRunner } from '../runner-twin/runner.ts';
import { filesIn, installLeakcheck } from '../twin/installed.ts';
import { type Twin, startTwin } from '../twin/twin.ts';
import type { PullRequest, Repository } from '../twin/world.ts';
import { SECRET, freePort } from '../webhooks/signed.ts';

const SAMPLE = join(import.meta.dirname, '../../src/demo/sample');
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const CONCLUDE = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';

let folder: string;
let twin: Twin;
let runner: Runner;
let app: RunningApp | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
  twin = await startTwin({ secret: SECRET });
  runner = createRunner(twin);
});

afterEach(async () => {
  await stop();
  await runner.close();
  await twin.close();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<void> {
  const port = await freePort();
  app = await startApp(
    readSettings({
      APP_ID: '1',
      PRIVATE_KEY: KEY,
      WEBHOOK_SECRET: SECRET,
      PORT: String(port),
      DATA_DIRECTORY: join(folder, 'data'),
      GITHUB_API_URL: twin.url,
      LOG_LEVEL: 'fatal',
    }),
  );
  twin.sendHooksTo(`http://localhost:${port}/api/github/webhooks`);
}

async function stop(): Promise<void> {
  twin.sendHooksTo(undefined);
  await app?.close();
  app = undefined;
}

/** A pull request of the sample, with the App installed where it goes. */
async function opened({
  config,
  without,
}: { readonly config?: string; readonly without?: string } = {}): Promise<PullRequest> {
  const { repository, installation } = await installLeakcheck(twin, {
    owner: 'ada',
    name: 'parcels',
    // The step that sets up another Python is GitHub's own.
    files: {
      ...filesIn(join(SAMPLE, 'base')),
      '.github/leakcheck.yml': config ?? 'probe: {python: system}\n',
    },
    roles: { grace: 'write', mallory: 'read' },
  });
  if (without !== undefined) Reflect.deleteProperty(installation.permissions, without);
  await start();
  return twin.people.openPullRequest({
    repository,
    author: 'grace',
    branch: 'faster-labels',
    files: filesIn(join(SAMPLE, 'head')),
  });
}

const until = (test: () => void) => vi.waitFor(test, { timeout: 60_000, interval: 50 });

const concluded = ({ checks }: Repository, count = 1) =>
  until(() => {
    expect(checks.filter(({ status }) => status === 'completed')).toHaveLength(count);
  });

it('reviews a pull request, measured on a runner, across a restart', { timeout: 300_000 }, async () => {
  runner.hold();
  const pullRequest = await opened();
  const { repository } = pullRequest;
  await until(() => {
    expect(repository.runs).toMatchObject([{ status: 'queued' }]);
  });
  expect(repository.checks).toMatchObject([{ status: 'in_progress' }]);
  await stop();

  await start();
  runner.release();
  const { run, jobs } = await runner.finished(repository.runs[0]?.id ?? 0);
  expect({ conclusion: run.conclusion, jobs }).toMatchObject({
    conclusion: 'success',
    jobs: { source: 'skipped', probe: { conclusion: 'success' } },
  });
  await concluded(repository);

  expect(twin.problems).toEqual([]);
  expect(twin.requests).toHaveLength(8);
  const [check] = repository.checks;
  expect(check?.conclusion).toBe('failure');
  expect(check?.title).toMatch(/^\d+ confirmed/);
  expect(check?.summary).toContain('actions/runs/');
  // The check goes first, in the same request.
  await until(() => {
    expect(pullRequest.reviews).toHaveLength(1);
  });
  const bodies = pullRequest.reviews[0]?.threads.map(({ comments }) => comments[0]?.body ?? '') ?? [];
  expect(bodies.filter((body) => body.includes('Measured: ')).length).toBeGreaterThanOrEqual(4);
  expect(bodies.some((body) => body.includes('```suggestion'))).toBe(true);
});

it('answers a comment by who may, and not by who may not', { timeout: 120_000 }, async () => {
  const pullRequest = await opened({ config: 'probe: {enabled: false}\n' });
  const { repository } = pullRequest;
  await concluded(repository);

  await twin.people.comment(pullRequest, 'mallory', 'Again, please\n\n/leakcheck');
  await twin.people.comment(pullRequest, 'grace', 'Again, please\n\n/leakcheck');
  await concluded(repository, 2);
  await until(() => {
    expect(repository.comments.map(({ reactions }) => reactions)).toMatchObject([[], [{ content: 'eyes' }]]);
  });

  expect(twin.problems).toEqual([]);
});

it('says in the check what the installation lacks', { timeout: 120_000 }, async () => {
  const { repository } = await opened({ without: 'actions' });
  await concluded(repository);

  expect(repository.checks[0]).toMatchObject({ conclusion: 'neutral' });
  expect(repository.checks[0]?.summary.replaceAll('\\', '')).toContain('actions: write');
});

it('writes nothing twice when GitHub loses its answers', { timeout: 180_000 }, async () => {
  for (const operation of ['POST /repos/{owner}/{repo}/check-runs', CONCLUDE])
    twin.faults.push({ operation, kind: 'after', times: 1 });
  const { repository } = await opened({ config: 'probe: {enabled: false}\n' });
  await concluded(repository);
  // Each lost answer is one more attempt of the job.
  await until(() => {
    expect(twin.faults.map(({ times }) => times)).toEqual([0, 0]);
  });

  expect(repository.checks).toHaveLength(1);
  expect(twin.problems).toEqual([]);
});
