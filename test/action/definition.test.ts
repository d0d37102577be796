/** What action.yml and the workflows may not do, checked on their text. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { PROBE_WORKFLOW } from '../../src/pipeline/dispatch-probes.ts';
import { readAction } from './run-action.ts';
import type { Step } from './run-action.ts';

interface Workflow {
  readonly on: Readonly<
    Record<string, { readonly inputs?: Readonly<Record<string, { readonly required: boolean }>> } | null>
  >;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly if: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const text = (name: string) => readFileSync(`${folder}${name}`, 'utf8');
const names = readdirSync(folder);
const action = readAction();
const probe = parse(text(PROBE_WORKFLOW)) as Workflow;
const actionText = readFileSync(new URL('../../action/action.yml', import.meta.url), 'utf8');

const all: [string, readonly Step[]][] = [
  ['action.yml', action.runs.steps],
  ...names.map((name): [string, Step[]] => [
    name,
    Object.values((parse(text(name)) as Workflow).jobs).flatMap(({ steps }) => steps),
  ]),
];

describe.each(all)('%s', (_, steps) => {
  it('puts no expression into a command', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  });

  it('pins every foreign action to a commit', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^(\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40}$)/);
  }); // prettier-ignore

  it('leaves no token in a checkout', () => {
    for (const step of steps)
      if (step.uses?.startsWith('actions/checkout@') === true)
        expect(step.with).toMatchObject({ 'persist-credentials': false });
  });
});

test.each(names)('%s has no permission but to read, no secret, and a time limit', (name) => {
  const { permissions, jobs, on } = parse(text(name)) as Workflow;

  expect(permissions).toEqual({});
  expect(Object.keys(on)).not.toContain('pull_request_target');
  expect(text(name)).not.toMatch(/secrets\b/);
  for (const job of Object.values(jobs)) {
    expect(job['timeout-minutes']).toBeLessThanOrEqual(45);
    expect([{}, { contents: 'read' }]).toContainEqual(job.permissions ?? {});
  }
});

const inputNames = Object.keys(probe.on['workflow_dispatch']?.inputs ?? {});

describe('the probe workflow', () => {
  it('is started by a dispatch alone, with the inputs that the App sends', () => {
    expect(Object.keys(probe.on)).toEqual(['workflow_dispatch']);
    expect(inputNames.toSorted()).toEqual(
      ['base_sha', 'container', 'head_sha', 'install', 'lane', 'plan', 'pr', 'python', 'request_id', 'runner'],
    );
  }); // prettier-ignore

  it('uses every input that it declares, and declares every input that it uses', () => {
    const used = new Set([...text(PROBE_WORKFLOW).matchAll(/\binputs\.(\w+)/g)].map(([, name]) => name));

    expect([...used].sort()).toEqual(inputNames.toSorted());
  });

  it('gives the job that runs foreign code no permission, no token, and no cache', () => {
    const { permissions, steps } = probe.jobs['probe'] ?? { steps: [] };

    expect(permissions).toEqual({});
    expect(JSON.stringify(steps)).not.toMatch(/token|cache/i);
  });

  it('asks in every job who started it', () => {
    for (const job of Object.values(probe.jobs)) {
      expect(job.if).toContain("github.event_name == 'workflow_dispatch'");
      expect(job.if).toContain('github.event.sender.login == ');
    }
  });

  it('lets a new push end the run of the last one, lane by lane', () => {
    expect(probe.concurrency.group).toMatch(/inputs\.pr .*inputs\.lane/);
  });

  it('runs where the App says', () => {
    expect(probe.jobs['probe']?.['runs-on']).toBe('${{ fromJSON(inputs.runner) }}');
  });

  it('gives the action its inputs', () => {
    const step = probe.jobs['probe']?.steps.find(({ uses }) => uses === './.leakcheck/action');

    expect(Object.keys(step?.with ?? {}).sort()).toEqual(Object.keys(action.inputs).sort());
  });
});

it('the action uses every input that it declares, and declares every input that it uses', () => {
  const used = new Set([...actionText.matchAll(/(?<![.-])\binputs\.([\w-]+)/g)].map(([, name]) => name));

  expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
});
