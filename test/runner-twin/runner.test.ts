/** What the runner twin shares with GitHub Actions. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_PERMISSIONS, PROBE_BRANCH, installLeakcheck } from '../twin/installed.ts';
import { type Twin, startTwin } from '../twin/twin.ts';
import type { Installation, Repository } from '../twin/world.ts';
import { type FinishedRun, type Runner, createRunner } from './runner.ts';

const UPLOAD = 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f';

let twin: Twin;
let runner: Runner;

beforeEach(async () => {
  twin = await startTwin({ secret: 'a secret for the tests' });
  // A minute takes a second.
  runner = createRunner(twin, { minute: 1000 });
});

afterEach(async () => {
  await runner.close();
  await twin.close();
});

async function withWorkflow(
  workflow: string,
): Promise<{ repository: Repository; installation: Installation }> {
  const repository = await twin.people.createRepository({
    owner: 'ada',
    name: 'parcels',
    files: { '.github/workflows/w.yml': workflow, 'a.txt': 'hello\n' },
  });
  return { repository, installation: twin.people.install([repository], { ...ALL_PERMISSIONS }) };
}

async function dispatch(
  installation: Installation,
  workflow: string,
  ref: string,
  inputs: Readonly<Record<string, string>> = {},
): Promise<number> {
  const post = (path: string, authorization: string, body: object) =>
    fetch(`${twin.url}${path}`, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });
  const path = `/app/installations/${installation.id}/access_tokens`;
  const { token } = (await (await post(path, 'bearer a.b.c', {})).json()) as { token: string };
  const [repository = ''] = installation.repositories;
  const answer = await post(
    `/repos/${repository}/actions/workflows/${workflow}/dispatches`,
    `token ${token}`,
    { ref, inputs, return_run_details: true },
  );
  return ((await answer.json()) as { workflow_run_id: number }).workflow_run_id;
}

async function run(workflow: string, inputs: Readonly<Record<string, string>> = {}): Promise<FinishedRun> {
  const { installation } = await withWorkflow(workflow);
  return runner.finished(await dispatch(installation, 'w.yml', 'main', inputs));
}

const steps = (text: string, head = '') => `
name: w
on: {workflow_dispatch: {inputs: {word: {type: string, default: none}}}}
${head}
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
${text.replace(/^/gm, '      ')}
`;

function logOf({ jobs }: FinishedRun, name = 'one'): string {
  const job = jobs[name];
  return job === undefined || job === 'skipped' ? '' : job.log;
}

describe('steps', () => {
  it('hand values on by files, and see inputs by the environment only', async () => {
    const finished = await run(
      steps(`
- id: first
  env: {WORD: '\${{ inputs.word }}'}
  run: |
    echo "word=$WORD" >> "$GITHUB_OUTPUT"
    printf 'text<<END\\ntwo\\nlines\\nEND\\n' >> "$GITHUB_OUTPUT"
    echo "FROM_ENV=$WORD too" >> "$GITHUB_ENV"
    echo "# $WORD" >> "$GITHUB_STEP_SUMMARY"
- env: {TEXT: '\${{ steps.first.outputs.text }}', WORD: "\${{ steps.first.outputs.word == 'x' && 'yes' || 'no' }}"}
  run: echo "$TEXT / $WORD / $FROM_ENV / \${TOKEN:-nothing of the machine}"`),
      { word: 'x' },
    );
    expect(logOf(finished)).toContain('two\nlines / yes / x too / nothing of the machine');
    expect(finished.jobs['one']).toMatchObject({ conclusion: 'success', summary: '# x\n' });
  });

  it('stop at a failure, but for those that ask for it', async () => {
    const finished = await run(
      steps(`
- {name: breaks, run: exit 3}
- run: echo never
- {if: always(), run: echo always}
- {if: failure(), run: echo failed}`),
    );
    expect(finished.jobs['one']).toMatchObject({
      conclusion: 'failure',
      failed: 'breaks',
      log: '\nalways\nfailed\n',
    });
    expect(finished.run.conclusion).toBe('failure');
  });

  it('end when the time of the job is up', async () => {
    const slow = steps('- run: sleep 60').replace('timeout-minutes: 5', 'timeout-minutes: 1');
    const finished = await run(slow);
    expect(finished.run.conclusion).not.toBe('success');
  });

  it.each([
    ['actions that are not pinned', '- uses: actions/checkout@v4', 'is not pinned to a commit'],
    [
      'two artifacts of one name',
      `- run: echo x > a
- {uses: '${UPLOAD}', with: {name: n, path: a}}
- {uses: '${UPLOAD}', with: {name: n, path: a}}`,
      '(409) Conflict',
    ],
  ])('refuse %s', async (_, text, reason) => {
    expect(logOf(await run(steps(text)))).toContain(reason);
  });
});

describe('runs', () => {
  it('of one group: the newer ends the older', async () => {
    const group = 'concurrency: {group: one, cancel-in-progress: true}';
    const { installation } = await withWorkflow(steps('- run: sleep "0.$((RANDOM % 9))"; sleep 4', group));
    const first = await dispatch(installation, 'w.yml', 'main');
    const second = await dispatch(installation, 'w.yml', 'main');
    const [older, newer] = await Promise.all([runner.finished(first), runner.finished(second)]);
    expect([older.run.conclusion, newer.run.conclusion]).toEqual(['cancelled', 'success']);
  });

  it('end with a webhook', async () => {
    const { run: ended } = await run(steps('- run: "true"'));
    expect(twin.deliveries.log.at(-1)).toMatchObject({
      event: 'workflow_run',
      payload: { action: 'completed', workflow_run: { id: ended.id, conclusion: 'success' } },
    });
    expect(twin.problems).toEqual([]);
  });

  it('have only keys that are known', async () => {
    await expect(run(steps('- {run: "true", colour: red}'))).rejects.toThrow('colour');
  });
});

it(
  'runs our workflow for a private repository: the source comes from a job of its own',
  { timeout: 120_000 },
  async () => {
    await runner.close();
    runner = createRunner(twin);
    const { repository, installation } = await installLeakcheck(twin, {
      owner: 'ada',
      name: 'parcels',
      isPrivate: true,
      files: { 'app.py': 'kept = []\n\ndef add(key: int) -> None:\n    kept.append([key])\n' },
    });
    const sha = (await repository.git.resolve('refs/heads/main')) ?? '';
    const plan = {
      schema: 'leakcheck/plan@1',
      limits: { seconds: 60, secondsPerTarget: 30, megabytes: 1024 },
      targets: [
        {
          id: 'a',
          target: 'app.py::add',
          lines: null,
          recipe: 'growth',
          vary: [],
          hold: null,
          driver: null,
          fix: null,
        },
      ],
    };
    const request = 'a'.repeat(32);
    const finished = await runner.finished(
      await dispatch(installation, 'leakcheck-probe.yml', PROBE_BRANCH, {
        request_id: request,
        head_sha: sha,
        base_sha: sha,
        pr: '1',
        lane: 'cpu',
        plan: gzipSync(JSON.stringify(plan)).toString('base64'),
        runner: '"ubuntu-latest"',
        python: 'system',
      }),
    );

    expect(finished.jobs, logOf(finished, 'probe')).toMatchObject({
      source: { conclusion: 'success' },
      probe: { conclusion: 'success' },
    });
    expect(finished.run.artifacts.map(({ name }) => name)).toEqual([
      `source-${request}`,
      `leakcheck-${request}`,
    ]);
    expect(finished.jobs['probe']).toMatchObject({ summary: expect.stringContaining('`leak`') as string });
  },
);
