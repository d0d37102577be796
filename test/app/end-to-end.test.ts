/**
 * The whole App, from a signed webhook to what a person reads: real server, queue, database, scan threads and probe. Only
 * GitHub stands in, and the runner: it runs the steps of our action. The App is restarted in between.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { startApp } from '../../src/app/app.ts';
import type { RunningApp } from '../../src/app/app.ts';
import { readSettings } from '../../src/app/environment.ts';
import { runAction } from '../action/run-action.ts';
import { createMemoryHost } from '../support/memory-host.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { webhook } from '../support/github-schemas.ts';
import { freePort, SECRET, sendWebhook } from '../webhooks/signed.ts';
import { startStandIn } from './github-stand-in.ts';
import type { StandIn } from './github-stand-in.ts';

const BASE = 'a'.repeat(40);
const HEAD = 'b'.repeat(40);
const SAMPLE = join(import.meta.dirname, '../../src/demo/sample');
const WORKFLOW = join(import.meta.dirname, '../../.github/workflows/leakcheck-probe.yml');
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

let folder: string;
let host: MemoryHost;
let github: StandIn;
let app: RunningApp | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
  host = createMemoryHost({
    repository: { owner: 'ada', name: 'parcels' },
    pullRequest: {
      number: 7,
      isOpen: true,
      isDraft: false,
      head: HEAD,
      base: BASE,
      isFork: false,
      author: 'grace',
    },
    config: null,
    trees: { [BASE]: filesOf('base'), [HEAD]: filesOf('head') },
    users: { grace: 'write', mallory: 'read' },
    withheld: [],
    workflows: { 'leakcheck-probe.yml': ['leakcheck/probe'] },
    artifacts: {},
  });
  github = await startStandIn(host);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await github.close();
  rmSync(folder, { recursive: true });
});

function filesOf(side: 'base' | 'head'): Record<string, string> {
  const root = join(SAMPLE, side);
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), readFileSync(path, 'utf8')]),
  );
}

async function start(): Promise<void> {
  const port = await freePort();
  app = await startApp(
    readSettings({
      APP_ID: '1',
      PRIVATE_KEY: KEY,
      WEBHOOK_SECRET: SECRET,
      PORT: String(port),
      DATA_DIRECTORY: join(folder, 'data'),
      GITHUB_API_URL: github.url,
      LOG_LEVEL: 'fatal',
    }),
  );
}

async function stop(): Promise<void> {
  await app?.close();
  app = undefined;
}

const common = { installation: { id: 3 }, repository: { name: 'parcels', owner: { login: 'ada' } } };

async function deliver(name: string, event: string, wanted: Parameters<typeof webhook>[1]): Promise<void> {
  const payload = webhook(name, { ...common, ...(wanted as object) });
  const id = `${name}-${Math.random()}`;
  expect((await sendWebhook(app?.port ?? 0, { event, payload, id })).status).toBe(200);
}

const opened = () =>
  deliver('pull-request-opened', 'pull_request', {
    action: 'opened',
    number: 7,
    pull_request: { number: 7, head: { sha: HEAD }, base: { sha: BASE } },
  });

const ended = (runId: number) =>
  deliver('workflow-run-completed', 'workflow_run', {
    action: 'completed',
    workflow_run: { id: runId, event: 'workflow_dispatch' },
  });

const until = (test: () => void) => vi.waitFor(test, { timeout: 60_000, interval: 50 });

/** Runs the steps of `action/` with the inputs of the dispatch, as the workflow hands them on. */
async function runProbe(index: number): Promise<number> {
  const dispatch = host.dispatches[index];
  if (dispatch === undefined) throw new Error('nothing was dispatched');
  const workflow = parse(readFileSync(WORKFLOW, 'utf8')) as {
    on: { workflow_dispatch: { inputs: Record<string, unknown> } };
  };
  expect(Object.keys(dispatch.inputs).sort()).toEqual(
    Object.keys(workflow.on.workflow_dispatch.inputs).sort(),
  );
  const { plan = '', request_id: request = '', install = '' } = dispatch.inputs;
  const workspace = join(folder, request);
  for (const [side, commit = ''] of [
    ['head', dispatch.inputs['head_sha']],
    ['base', dispatch.inputs['base_sha']],
  ] as const) {
    for (const [path, content] of Object.entries(host.world.trees[commit] ?? {})) {
      mkdirSync(dirname(join(workspace, 'source', side, path)), { recursive: true });
      writeFileSync(join(workspace, 'source', side, path), content);
    }
  }
  const run = await runAction(workspace, {
    'request-id': request,
    head: 'source/head',
    base: 'source/base',
    // The step that sets up another Python is GitHub's own, and does not run here.
    python: 'system',
    install,
    plan,
  });
  if (run.artifact === null) throw new Error(run.log);
  const { name, path } = run.artifact;
  host.world.artifacts[dispatch.runId] = [{ name, file: readFileSync(path) }];
  return dispatch.runId;
}

it('reviews a pull request, measured on a runner, across a restart', { timeout: 300_000 }, async () => {
  await start();
  await opened();
  await until(() => {
    expect(host.dispatches).toHaveLength(1);
  });
  expect(host.checks).toMatchObject([{ head: HEAD, report: null }]);
  await stop();

  const runId = await runProbe(0);
  await start();
  await ended(runId);
  await until(() => {
    expect(host.checks[0]?.report?.conclusion).toBeDefined();
  });

  expect(github.problems).toEqual([]);
  expect(github.requests).toHaveLength(8);
  const [check] = host.checks;
  expect(check?.report?.conclusion).toBe('failure');
  expect(check?.report?.title).toMatch(/^\d+ confirmed/);
  expect(check?.report?.summary).toContain('actions/runs/');
  expect(host.reviews).toHaveLength(1);
  const bodies = host.reviews[0]?.comments.map(({ body }) => body) ?? [];
  expect(bodies.length).toBeGreaterThanOrEqual(4);
  expect(bodies.filter((body) => body.includes('Measured: ')).length).toBeGreaterThanOrEqual(4);
  expect(bodies.some((body) => body.includes('```suggestion'))).toBe(true);
});

it('answers a comment by who may, and not by who may not', { timeout: 120_000 }, async () => {
  host.world.config = { text: 'probe: {enabled: false}\n', source: '.github/leakcheck.yml' };
  const asks = (id: number, login: string) =>
    deliver('issue-comment-created', 'issue_comment', {
      action: 'created',
      issue: { number: 7, state: 'open', pull_request: {} },
      comment: { id, body: 'Again, please\n\n/leakcheck', user: { login, type: 'User' } },
    });
  await start();

  await asks(1, 'mallory');
  await asks(2, 'grace');
  await until(() => {
    expect(host.checks[0]?.report).toMatchObject({ conclusion: 'neutral' });
  });
  await until(() => {
    expect(host.reactions).toHaveLength(1);
  });

  expect(host.reactions).toEqual([{ comment: 2, content: 'eyes' }]);
  expect(host.checks).toHaveLength(1);
  expect(github.problems).toEqual([]);
});

it('says in the check what the installation lacks', { timeout: 120_000 }, async () => {
  host.world.withheld.push('actions: write');
  await start();

  await opened();
  await until(() => {
    expect(host.checks[0]?.report?.conclusion).toBe('neutral');
  });

  expect(host.checks[0]?.report?.summary.replaceAll('\\', '')).toContain('actions: write');
});
