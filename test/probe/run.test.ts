/** The probe as a stand-in that misbehaves: real processes, so that nothing about ending them is assumed. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProbePlan } from '../../src/contract/plan.ts';
import type { ProbeEvent } from '../../src/pipeline/ports.ts';
import { runProbe } from '../../src/probe/run.ts';
import { result } from '../verdict/sample-result.ts';

const PLAN: ProbePlan = {
  schema: 'leakcheck/plan@1',
  limits: { seconds: 1, secondsPerTarget: 1, megabytes: 100 },
  targets: ['one', 'two'].map((id) => ({
    id,
    target: 'a.py::f',
    lines: null,
    recipe: 'growth',
    vary: [],
    hold: null,
    driver: null,
    fix: null,
  })),
};

const REPORT = {
  schema: 'leakcheck/report@1',
  environment: {
    probe: '0.1',
    python: '3.11.7',
    implementation: 'cpython',
    platform: 'linux',
    libc: 'glibc',
    counter: 'mallinfo2',
    isolation: 'process',
    packages: {},
  },
  results: [result({ id: 'one' })],
};

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** @param body Python of the stand-in; `out` is the path of the report, `report` the text of a good one */
async function run(body: string, graceSeconds = 10) {
  const runner = join(folder, 'runner');
  const scratch = join(folder, 'scratch');
  mkdirSync(join(runner, 'leakcheck_probe'), { recursive: true });
  mkdirSync(scratch);
  writeFileSync(join(runner, 'leakcheck_probe/__init__.py'), '');
  writeFileSync(join(runner, 'report.json'), JSON.stringify(REPORT));
  writeFileSync(
    join(runner, 'leakcheck_probe/__main__.py'),
    `import json, os, signal, subprocess, sys, time\nout = sys.argv[sys.argv.index('--report') + 1]\nreport = open(${JSON.stringify(join(runner, 'report.json'))}).read()\n${body}\n`,
  );
  const events: ProbeEvent[] = [];
  const answer = await runProbe({
    python: 'python3',
    plan: PLAN,
    head: folder,
    base: null,
    scratch,
    onProgress: (event) => events.push(event),
    runner,
    graceSeconds,
  });
  return { ...answer, events };
}

describe('a probe that works', () => {
  it('is given plan, trees and report, and its report comes back', async () => {
    const { report, reason } = await run(
      "assert sys.argv[1:3] == ['--plan', os.path.join(os.getcwd(), 'plan.json')], sys.argv\nassert json.load(open(sys.argv[2]))['targets'][1]['id'] == 'two'\nopen(out, 'w').write(report)",
    );

    expect(reason).toBe('');
    // What an older probe does not say has its default.
    expect(report).toEqual({ ...REPORT, environment: { ...REPORT.environment, walls: [], weaker: [] } });
  });

  it('tells its progress as it goes; anything else on standard error does no harm', async () => {
    const { events, report } = await run(
      `for line in ['{"event": "started", "id": "one", "target": "a.py::f"}', 'noise', '{"event": "odd"}', '{broken', '{"event": "measured", "id": "one", "run": "head", "outcome": "leak"}', 'x' * 100000]: print(line, file=sys.stderr)\nopen(out, 'w').write(report)`,
    );

    expect(report).not.toBeNull();
    expect(events).toEqual([
      { event: 'started', id: 'one', target: 'a.py::f' },
      { event: 'measured', id: 'one', run: 'head', outcome: 'leak' },
    ]);
  });

  it('may print a lot', async () => {
    const { report } = await run(
      "for _ in range(2000): print('x' * 10000); print('y' * 10000, file=sys.stderr)\nopen(out, 'w').write(report)",
    );

    expect(report).not.toBeNull();
  });
});

describe('a probe that does not', () => {
  it.each([
    ['no report', 'pass', /^the probe wrote no report$/],
    ['no JSON', "open(out, 'w').write('{')", /^the probe report is not JSON$/],
    [
      'another document',
      "open(out, 'w').write('{}')",
      /^the probe report does not follow its schema at schema$/,
    ],
    [
      'a report above the limit',
      "open(out, 'w').write(' ' * (1024 * 1024 + 1))",
      /^the probe report has 1048577 bytes/,
    ],
    ['a folder for a report', 'os.mkdir(out)', /^the probe report is not a file$/],
    [
      'one sentence and exit status 2',
      "print('plan.json: no targets.', file=sys.stderr); sys.exit(2)",
      /^the probe failed: plan\.json: no targets$/,
    ],
    ['an exception', "raise ValueError('broken')", /^the probe failed: ValueError: broken$/],
    ['exit status 7 without a word', 'os._exit(7)', /^the probe failed: exit status 7$/],
    ['killed', 'os.kill(os.getpid(), signal.SIGKILL)', /^the probe was ended by SIGKILL$/],
  ])('%s', async (_, body, reason) => {
    // prettier-ignore
    const answer = await run(body);

    expect(answer.report).toBeNull();
    expect(answer.reason).toMatch(reason);
  });

  it('drops results that nobody asked for, that come twice or are too large', async () => {
    const large =
      "big = json.loads(json.dumps(r['results'][0])); big['id'] = 'two'; big['notes'] = ['\\u00e9' * 500] * 20; big['paths'] = [dict(path='\\u4e00' * 500, count=1, perCall=1, bounded=False, maximum=None, touchesRepository=True)] * 20; big['driver']['stubs'] = ['\\u4e00' * 100] * 32; big['driver']['varied'] = ['\\u4e00' * 100] * 32";
    const { report, reason } = await run(
      `r = json.loads(report)\n${large}\nother = dict(r['results'][0], id='three')\nr['results'] += [dict(r['results'][0]), other, big]\nopen(out, 'w').write(json.dumps(r))`,
    );

    expect(reason).toMatch(/^3 results were dropped/);
    expect(report?.results.map(({ id }) => id)).toEqual(['one']);
  });

  it('hangs, and leaves a child: both are ended at the time limit', async () => {
    const pid = join(folder, 'pid');
    const { report, reason } = await run(
      `signal.signal(signal.SIGTERM, signal.SIG_IGN)\nchild = subprocess.Popen(['sleep', '600'])\nopen(${JSON.stringify(pid)}, 'w').write(str(child.pid))\ntime.sleep(600)`,
      0,
    );

    expect(report).toBeNull();
    expect(reason).toBe('the probe did not end within 1 seconds');
    expect(await isGone(Number(readFileSync(pid, 'utf8')))).toBe(true);
  });

  it('ends and leaves a child that holds its output: nobody waits for it', async () => {
    const pid = join(folder, 'pid');
    const started = performance.now();
    const { report } = await run(
      `child = subprocess.Popen(['sleep', '600'])\nopen(${JSON.stringify(pid)}, 'w').write(str(child.pid))\nopen(out, 'w').write(report)`,
      300,
    );

    expect(report).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(await isGone(Number(readFileSync(pid, 'utf8')))).toBe(true);
  });
});

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (!existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
      return true;
    await sleep(20);
  }
  return false;
}
