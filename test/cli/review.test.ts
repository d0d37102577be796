/** `review` and `probe` with everything real: git, the scanner, and the probe in Python processes. */
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbeReport } from '../../src/contract/report.ts';
import { ReviewDocument } from '../../src/contract/review.ts';
import { temporaryRepository } from '../git/temporary-repository.ts';
import type { TemporaryRepository } from '../git/temporary-repository.ts';
import { MAIN, leakcheck } from './leakcheck.ts';

const BASE = `"""Prices."""

_history = []


def note(text: str) -> None:
    _history.append(text * 10)


def total(prices: list[int]) -> int:
    return sum(prices)
`;

const HEAD = `"""Prices."""

_history = []
_seen = {}


def note(text: str) -> None:
    _history.append(text * 10)


def total(prices: list[int]) -> int:
    return sum(prices)


def remember(key: str) -> str:
    _seen[key] = key * 100
    return key
`;

const SLOW = `import time

_kept = []


def slow(key: str) -> None:
    _kept.append(key)
    time.sleep(0.2)
`;

let repository: TemporaryRepository;
let temporary: string;

beforeAll(() => {
  repository = temporaryRepository();
  repository.write({ 'shop/prices.py': BASE });
  repository.commit();
  repository.git('switch', '--quiet', '--create', 'feature');
  repository.write({ 'shop/prices.py': HEAD });
  repository.commit();
  repository.git('switch', '--quiet', '--create', 'slow');
  repository.write({ 'shop/slow.py': SLOW });
  repository.commit();
  repository.git('switch', '--quiet', 'feature');
  temporary = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
});

afterAll(() => {
  repository.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const run = (...args: string[]) => leakcheck(args, { cwd: repository.path, env: { TMPDIR: temporary } });

describe('review', () => {
  it('measures the new leak, and blocks', async () => {
    const { status, stdout, stderr } = await run(
      'review',
      '--base',
      'main',
      '--head',
      'feature',
      '--format',
      'json',
    );

    const document = ReviewDocument.parse(JSON.parse(stdout));
    const [fresh, known] = document.findings;
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(fresh).toMatchObject({
      state: 'new',
      finding: { rule: 'module-container-grows', symbol: 'remember' },
      verdict: { verdict: 'confirmed', origin: 'introduced' },
      placement: { kind: 'inline' },
      result: { outcome: 'leak', confirmed: true, base: { status: 'absent' } },
    });
    expect(fresh?.result?.paths[0]?.path).toMatch(/^shop\.prices\._seen\[\*\] -> /);
    expect(fresh?.result?.head?.perCall.bytes).toBeGreaterThan(100);
    expect(known).toMatchObject({ state: 'known', finding: { symbol: 'note' } });
    expect(document.conclusion).toMatchObject({ conclusion: 'failure', blocks: true });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('reads well, with its progress on standard error', async () => {
    const { status, stdout, stderr } = await run('review', '--base', 'main', '--progress');

    expect(status).toBe(1);
    expect(stdout).toMatch(/^✖ confirmed {2}module-container-grows +shop\/prices\.py:16$/m);
    expect(stdout).toMatch(/^ {2}measured {2}.* per call, over [\d,]+ calls ▁.*█$/m);
    expect(stdout).toMatch(
      /^ {2}kept by {3}shop\.prices\._seen\[\*\] -> str, 1 of 1\.25 KiB for each call$/m,
    );
    expect(stdout).toMatch(
      /The check would block \(failure\): 1 confirmed new leak; block-on is 'confirmed'\.$/,
    );
    expect(stderr).toMatch(/scanning 1 changed Python file$/m);
    expect(stderr).toMatch(/shop\/prices\.py::remember$/m);
    expect(stderr).toMatch(/head: leak$/m);
  });

  it('as Markdown has the comment and the summary', async () => {
    const { stdout } = await run('review', '--base', 'main', '--format', 'markdown', '--no-probe');

    expect(stdout).toMatch(/^# ⚪ Leakcheck: 1 suspected new leak/);
    expect(stdout).toContain('#### Known from the merge base (1)');
  });

  it.each([
    ['nothing was run', ['--no-probe'], 0, 'neutral'],
    ['nothing was run, and a proof is required', ['--no-probe', '--probe-required'], 1, 'action_required'],
    ['any suspicion blocks', ['--no-probe', '--block-on', 'any'], 1, 'failure'],
    ['nothing blocks', ['--block-on', 'never'], 0, 'neutral'],
  ])('%s', async (_, args, expected, conclusion) => {
    const { status, stdout } = await run('review', '--base', 'main', '--format', 'json', ...args);

    expect(status).toBe(expected);
    expect(ReviewDocument.parse(JSON.parse(stdout)).conclusion.conclusion).toBe(conclusion);
  });

  it('goes on without a Python, and says why nothing was measured', async () => {
    const bin = join(temporary, 'bin');
    execaSync('mkdir', [bin]);
    execaSync('ln', ['-s', execaSync('which', ['git']).stdout, join(bin, 'git')]);

    const { status, stdout } = await leakcheck(['review', '--base', 'main'], {
      cwd: repository.path,
      env: { TMPDIR: temporary, PATH: bin },
    });
    rmSync(bin, { recursive: true });

    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'not probed: no Python to run the code with (python3 was not found',
    );
  });

  it.each([
    [['--base', 'nowhere'], /^leakcheck: --base: 'nowhere' is not a commit/],
    [['--base', 'main', '--head', 'nowhere'], /^leakcheck: --head: 'nowhere' is not a commit/],
    [['--base', 'main', '--python', '/nonexistent'], /^leakcheck: --python: \/nonexistent was not found$/],
    [['--base', 'main', '--repository', '/nonexistent'], /^leakcheck: .*\/nonexistent/],
  ])('%j: one sentence', async (args, message) => {
    const { status, stdout, stderr } = await run('review', ...args);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves neither files nor processes behind on %s',
    async (signal) => {
      const subprocess = execa(
        process.execPath,
        [MAIN, 'review', '--base', 'main', '--head', 'slow', '--progress'],
        {
          cwd: repository.path,
          env: { TMPDIR: temporary },
          reject: false,
        },
      );
      let seen = '';
      subprocess.stderr.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      await expect.poll(() => seen, { timeout: 30_000 }).toContain('shop/slow.py::slow');
      await sleep(700);
      expect(probesIn(temporary)).not.toEqual([]);
      subprocess.kill(signal);

      const { exitCode } = await subprocess;

      expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
      await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
      await expect.poll(() => probesIn(temporary), { timeout: 10_000 }).toEqual([]);
    },
  );
});

describe('probe', () => {
  it('measures one function', async () => {
    const { status, stdout } = await run(
      'probe',
      'shop/prices.py::remember',
      '--vary',
      'key',
      '--line',
      '16',
      '--format',
      'json',
    );

    const [result] = ProbeReport.parse(JSON.parse(stdout)).results;
    expect(status).toBe(1);
    expect(result).toMatchObject({ outcome: 'leak', driver: { varied: ['key'], reached: true } });
  });

  it('reads well', async () => {
    const { status, stdout } = await run('probe', 'shop/prices.py::total');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^clean {2}shop\/prices\.py::total$/m);
  });

  it('of what is not there says what is', async () => {
    const { status, stdout } = await run('probe', 'shop/prices.py::totals');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^inconclusive {2}shop\/prices\.py::totals$/m);
    expect(stdout).toContain('total');
  });
});

/** Command lines of processes that work in our temporary folder. */
function probesIn(directory: string): string[] {
  const { stdout } = execaSync('ps', ['-eo', 'args'], { stdin: 'ignore' });
  return stdout.split('\n').filter((line) => line.includes(`${directory}/`) && !line.includes('vitest'));
}
