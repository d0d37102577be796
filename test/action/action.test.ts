/** The steps of the Action, run for real: a plan as the App sends it, real Python, a real report. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { applyEdits } from '../../src/changes/edits.ts';
import type { ProbePlan } from '../../src/contract/plan.ts';
import { ProbeReport } from '../../src/contract/report.ts';
import { parseReport } from '../../src/probe/report-file.ts';
import { planProbe } from '../../src/probe/plan.ts';
import { rules } from '../../src/rules/index.ts';
import { createScanner } from '../../src/scan/create-scanner.ts';
import { runAction } from './run-action.ts';
import type { ActionRun } from './run-action.ts';

const ID = '0123456789abcdef0123456789abcdef';
const scanner = await createScanner();
// An environment with pip takes many seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let workspace: string;

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
  mkdirSync(join(workspace, 'source/head'), { recursive: true });
  mkdirSync(join(workspace, 'source/base'));
});

afterEach(() => {
  rmSync(workspace, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), text);
}

const encode = (plan: unknown) => gzipSync(JSON.stringify(plan)).toString('base64');

/** A plan for the findings in a file of head. */
function planFor(path: string, text: string): ProbePlan {
  write(`source/head/${path}`, text);
  const { plan } = planProbe(scanner.scan(path, Buffer.from(text)).findings);
  if (plan === null) throw new Error('nothing was found');
  return plan;
}

const act = (inputs: Record<string, string>, env: Record<string, string> = {}): Promise<ActionRun> =>
  runAction(
    workspace,
    { 'request-id': ID, head: 'source/head', base: 'source/base', python: 'system', ...inputs },
    env,
  );

function reportOf({ artifact, log }: ActionRun, plan: ProbePlan): ProbeReport {
  if (artifact === null) throw new Error(log);
  const { report, reason } = parseReport(readFileSync(artifact.path, 'utf8'), plan);
  if (report === null) throw new Error(reason);
  return report;
}

/** What a runner would take as commands: lines outside of the pauses. */
function obeyed(log: string): string[] {
  const commands: string[] = [];
  let pause: string | null = null;
  for (const line of log.split('\n')) {
    if (pause !== null) {
      if (line === `::${pause}::`) pause = null;
    } else if (line.startsWith('::stop-commands::')) pause = line.slice('::stop-commands::'.length);
    else if (line.includes('::')) commands.push(line);
  }
  return commands;
}

describe('the action', () => {
  it("measures a rule's example in both trees and uploads one report", async () => {
    const rule = rules.find(({ id }) => id === 'module-container-grows');
    const bad = rule?.examples[0]?.bad ?? '';
    const plan = planFor('app/example.py', bad);
    const edits = plan.targets[0]?.fix?.edits ?? [];
    write('source/base/app/example.py', edits.length === 0 ? '' : applyEdits(bad, edits));

    const run = await act({ plan: encode(plan), install: 'python -c "print(1 + 1)"' });

    expect(run.failed).toBeNull();
    expect(run.artifact?.name).toBe(`leakcheck-${ID}`);
    expect(readdirSync(dirname(run.artifact?.path ?? ''))).toEqual(['report.json']);
    expect(reportOf(run, plan).results[0]).toMatchObject({ outcome: rule?.predicts, confirmed: true });
    expect(run.summary).toContain(`| \`${plan.targets[0]?.target ?? ''}\` | \`${rule?.predicts ?? ''}\` |`);
    expect(obeyed(run.log)).toEqual([]);
  });

  it('keeps the variables of the runner from the code, and the code from giving orders', async () => {
    const plan = planFor(
      'app.py',
      `import os, sys

for stream in (sys.stdout, sys.stderr):
    print('::error::an order', file=stream, flush=True)
try:
    with open('/proc/%d/fd/1' % os.getppid(), 'w') as above:
        above.write('::error::another order\\n')
except OSError:
    pass  # walls are in the way, where the machine allows some

_seen = {}


def remember(key: str) -> str:
    _seen[key] = dict(os.environ)
    assert not [name for name in os.environ if name.startswith(('GITHUB', 'ACTIONS', 'RUNNER', 'SECRET'))]
    return key
`,
    );

    const run = await act(
      { plan: encode(plan), install: "env; echo '::error::a third order'; echo '::stop-commands::x'; echo '::x::'" },
      { SECRET_OF_OTHERS: 'visible' },
    );

    expect(run.failed).toBeNull();
    expect(reportOf(run, plan).results[0]).toMatchObject({ outcome: 'leak' });
    expect(run.log).toContain('::error::a third order');
    expect(run.log).not.toMatch(/a token of the runner|GITHUB_OUTPUT|visible/);
    expect(obeyed(run.log)).toEqual([]);
  }); // prettier-ignore

  it('uses what the install command installed', async () => {
    const plan = planFor(
      'app.py',
      'import made_by_install\n\n_seen = []\n\n\ndef keep(text: str) -> None:\n    _seen.append(text * 3)\n',
    );
    const install =
      "python -c \"import sysconfig, pathlib; pathlib.Path(sysconfig.get_path('purelib'), 'made_by_install.py').touch()\"";

    expect(reportOf(await act({ plan: encode(plan), install }), plan).results[0]?.outcome).toBe('leak');
  });

  it('says that the install command failed', async () => {
    const run = await act({ plan: encode(planFor('a.py', 'x = []\ndef f(a):\n    x.append(a)\n')), install: 'exit 7' });

    expect(run).toMatchObject({ failed: 'Install the code', artifact: null });
    expect(obeyed(run.log)).toEqual([
      '::error title=Leakcheck::The install command failed with exit status 7: mend probe.install in .github/leakcheck.yml.',
    ]);
  }); // prettier-ignore

  it('says that the plan is none, in the words of the probe', async () => {
    const run = await act({ plan: encode({ schema: 'leakcheck/plan@9' }) });

    expect(run).toMatchObject({ failed: 'Probe', artifact: null });
    expect(run.log).toMatch(/leakcheck-probe: .*plan/);
  });

  it('never uploads a link that the code left in place of the report', async () => {
    const plan = planFor('a.py', 'x = []\ndef f(a):\n    x.append(a)\n');
    const written = join(workspace, '.runner/temp', `leakcheck-${ID}`, 'written.json');
    // The supervisor writes through the link, and the file behind it is not taken.
    const run = await act({ plan: encode(plan), install: `ln -s "$HOME/.profile-that-is-not-there" ${written}` }, { HOME: workspace }); // prettier-ignore

    expect(run).toMatchObject({ failed: 'Probe', artifact: null });
    expect(obeyed(run.log)).toEqual(['::error title=Leakcheck::The probe left no report.']);
  });
});

const plan = encode({ schema: 'leakcheck/plan@1' });

test.each([
  [{ 'request-id': 'x' }, 'request-id must be 32 hexadecimal digits.'],
  [{ 'request-id': `${ID}\nx` }, 'request-id must be 32 hexadecimal digits.'],
  [{ 'request-id': '../../../etc' }, 'request-id must be 32 hexadecimal digits.'],
  [{ python: '2.7' }, 'python must be 3.9 to 3.14, or system.'],
  [{ python: '3.12; id' }, 'python must be 3.9 to 3.14, or system.'],
  [{ plan: '' }, 'plan must be base64 of at most 40,000 characters.'],
  [{ plan: '$(id)' }, 'plan must be base64 of at most 40,000 characters.'],
  [{ plan: 'A'.repeat(40_001) }, 'plan must be base64 of at most 40,000 characters.'],
  [{ plan: 'AAAA' }, 'plan must be base64 of gzipped JSON.'],
  [{ plan: gzipSync(Buffer.alloc(9_000_000)).toString('base64') }, 'plan must have at most 4 MiB when it is unpacked.'],
  [{ install: 'x'.repeat(1_001) }, 'install must have at most 1,000 characters.'],
  [{ head: '../elsewhere' }, 'head must be a folder in the workspace.'],
  [{ head: '/etc' }, 'head must be a folder in the workspace.'],
  [{ base: 'source/none' }, 'base must be a folder in the workspace.'],
  [{ base: '--help' }, 'base must be a folder in the workspace.'],
] as [Record<string, string>, string][])('refuses %j', async (inputs, sentence) => {
  const run = await act({ plan, ...inputs });

  expect(run).toMatchObject({ failed: 'Check the inputs', artifact: null });
  expect(run.log.trim()).toBe(`::error title=Leakcheck::${sentence}`);
}); // prettier-ignore

it('refuses to run the same request twice on one machine', async () => {
  await act({ plan });
  const run = await act({ plan });

  expect(run.log).toContain('this request was run here before.');
  expect(existsSync(join(workspace, '.runner/temp', `leakcheck-${ID}`, 'plan.json'))).toBe(true);
});
