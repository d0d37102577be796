/** The whole story on real git repositories, with a scanner and a probe that say what a test wants to hear. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProbePlan } from '../../src/contract/plan.ts';
import type { ProbeResult } from '../../src/contract/report.ts';
import { ReviewDocument } from '../../src/contract/review.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Prober, ProgressEvent } from '../../src/pipeline/ports.ts';
import { review } from '../../src/pipeline/review.ts';
import type { ReviewOptions } from '../../src/pipeline/review.ts';
import { temporaryRepository } from '../git/temporary-repository.ts';
import type { TemporaryRepository } from '../git/temporary-repository.ts';
import { path, result } from '../verdict/sample-result.ts';
import { textScanner } from './text-scanner.ts';

let repository: TemporaryRepository;

beforeEach(() => {
  repository = temporaryRepository();
});

afterEach(() => {
  repository.remove();
});

type Outcomes = Readonly<Record<string, Partial<ProbeResult>>>;

/** @param outcomes name of the target → what the probe says; targets without a name here have no result */
function prober(outcomes: Outcomes, seen: ProbePlan[] = []): Prober {
  return {
    probe(plan, _, onProgress) {
      seen.push(plan);
      const results = plan.targets.flatMap(({ id, target }) => {
        const given = outcomes[target.split('::')[1] ?? ''];
        onProgress({ event: 'started', id, target });
        return given === undefined ? [] : [result({ ...given, id, target })];
      });
      const environment = {
        probe: '0.1',
        python: '3.12.1',
        implementation: 'cpython',
        platform: 'linux',
        libc: 'glibc',
        counter: 'mallinfo2',
        isolation: 'process' as const,
        walls: [],
        weaker: [],
        packages: {},
      };
      return Promise.resolve({ report: { schema: 'leakcheck/report@1', environment, results }, reason: '' });
    },
  };
}

async function run(probe: Prober | null, options: Partial<ReviewOptions> = {}, events: ProgressEvent[] = []) {
  const ports = {
    repository: await openRepository(repository.path),
    scanner: textScanner,
    prober: probe,
    progress: (event: ProgressEvent) => events.push(event),
  };
  const done = await review(ports, {
    base: 'main',
    head: undefined,
    useConfig: true,
    ...options,
  });
  ReviewDocument.parse(done.document);
  return done;
}

const brief = ({ findings }: ReviewDocument) =>
  findings.map(({ finding, state, verdict, placement }) =>
    [state, finding.path, finding.holder, verdict?.verdict ?? '-', placement.kind].join(' '),
  );

function branch(base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>): void {
  repository.write(base);
  repository.commit();
  repository.git('switch', '--quiet', '--create', 'feature');
  repository.write(head);
}

const leak = (holder: string) => ({ paths: [path(`app.${holder}[*] -> bytes`)] });
const padding = Array.from({ length: 20 }, (_, index) => `x${index} = ${index}\n`).join('');

describe('a review', () => {
  it('tells new, known and fixed findings apart, with verdict and placement', async () => {
    branch(
      { 'a.py': `a = 1 # LEAK old high\n${padding}b = 1 # LEAK gone high\n` },
      {
        'a.py': `a = 1 # LEAK old high\n${padding}c = 1 # LEAK sure medium\nd = 1 # LEAK innocent high\ne = 1 # LEAK unclear medium\nf = 1 # LEAK faint low\n`,
      },
    );

    const { document } = await run(
      prober({
        sure: leak('sure'),
        innocent: { outcome: 'clean' },
        unclear: { outcome: 'inconclusive' },
        faint: { outcome: 'inconclusive' },
      }),
    );

    expect(brief(document)).toEqual([
      'new a.py sure confirmed inline',
      'new a.py unclear suspected summary',
      'new a.py innocent cleared summary',
      'new a.py faint suspected hidden',
      'known a.py old - summary',
      'fixed a.py gone - summary',
    ]);
    expect(document.conclusion).toEqual({
      conclusion: 'failure',
      blocks: true,
      reason: "1 confirmed new leak; block-on is 'confirmed'",
    });
  });

  it('probes what is new only', async () => {
    const plans: ProbePlan[] = [];
    branch({ 'a.py': 'a # LEAK old high\n' }, { 'a.py': 'a # LEAK old high\nb # LEAK fresh high\n' });

    await run(prober({}, plans));

    expect(plans.flatMap(({ targets }) => targets.map(({ target }) => target))).toEqual(['a.py::fresh']);
  });

  it('catches a leak that a change far from its line lets loose', async () => {
    branch(
      { 'a.py': `a # LEAK far high\n${padding}# CLEAR far\n` },
      { 'a.py': `a # LEAK far high\n${padding}` },
    );

    const { document } = await run(prober({ far: leak('far') }));

    expect(brief(document)).toEqual(['new a.py far confirmed annotation']);
  });

  it('knows the findings of a renamed file, and of code that moved to another one', async () => {
    const text = `a # LEAK old high\n${padding}`;
    branch({ 'a.py': text, 'c.py': `${padding}c # LEAK moved high\n` }, {});
    repository.git('mv', 'a.py', 'b.py');
    repository.write({ 'c.py': padding, 'd.py': 'c # LEAK moved high\n' });

    const { document } = await run(prober({}));

    expect(brief(document).sort()).toEqual(['known b.py old - summary', 'known d.py moved - summary']);
  });

  it('says so when no Python changed', async () => {
    branch({ 'README.md': 'a\n' }, { 'README.md': 'b\n' });

    const { document } = await run(prober({}));

    expect(document.conclusion).toEqual({
      conclusion: 'success',
      blocks: false,
      reason: 'no Python file to review was changed',
    });
    expect(document.probe.status).toBe('nothing-to-probe');
  });

  it('treats the leak of a deleted file as fixed', async () => {
    branch({ 'a.py': 'a # LEAK old high\n', 'b.py': 'b\n' }, {});
    rmSync(join(repository.path, 'a.py'));

    const { document, sources } = await run(prober({}));

    expect(brief(document)).toEqual(['fixed a.py old - summary']);
    expect(sources.get('a.py')).toBe('a # LEAK old high\n');
  });
});

describe('what cannot be had', () => {
  it('without a probe everything stays suspected', async () => {
    branch({ 'a.py': '\n' }, { 'a.py': 'a # LEAK one high\nb # LEAK two medium\n' });

    const { document } = await run(null);

    expect(brief(document)).toEqual(['new a.py one suspected inline', 'new a.py two suspected summary']);
    expect(document.conclusion.conclusion).toBe('neutral');
    expect(document.probe).toMatchObject({ status: 'off', environment: null });
  });

  it('a probe that fails leaves what the scan says, with the reason', async () => {
    branch({ 'a.py': '\n' }, { 'a.py': 'a # LEAK one high\n' });
    const failing: Prober = {
      probe: () => Promise.resolve({ report: null, reason: 'no Python to run the code with' }),
    };

    const { document } = await run(failing);

    expect(document.findings[0]?.verdict).toMatchObject({
      verdict: 'suspected',
      reason: 'not probed: no Python to run the code with',
    });
    expect(document.probe).toMatchObject({ status: 'failed', reason: 'no Python to run the code with' });
    expect(document.conclusion.conclusion).toBe('neutral');
  });

  it('a target without a result is suspected', async () => {
    branch({ 'a.py': '\n' }, { 'a.py': 'a # LEAK one high\nb # LEAK two high\n' });

    const { document } = await run(prober({ one: leak('one') }));

    expect(document.findings[1]?.verdict?.reason).toBe('not probed: the probe report has no result for it');
  });

  it('a file that the scan breaks on is named, and the review is no plain success', async () => {
    branch(
      { 'a.py': 'CRASH in base\n', 'b.py': 'b\n' },
      { 'a.py': 'fine\n', 'b.py': 'CRASH\n', 'c.py': 'ODD\n' },
    );

    const { document } = await run(prober({}));

    expect(document.notices).toEqual([
      { path: 'b.py', message: 'the scan failed: the scanner broke' },
      { path: 'c.py', message: 'is odd' },
    ]);
    expect(document.conclusion.conclusion).toBe('neutral');
    expect(document.conclusion.reason).toContain('b.py: the scan failed');
  });

  it('a rule that breaks leaves no plain success either', async () => {
    branch({ 'a.py': 'a\n' }, { 'a.py': 'BROKEN RULE\n' });

    const { document } = await run(prober({}));

    expect(document.conclusion.conclusion).toBe('neutral');
    expect(document.conclusion.reason).toContain('a.py: the rule some-rule failed');
  });

  it('files that are not scanned are named', async () => {
    branch(
      { 'a.py': 'a\n' },
      { 'vendor/x.py': 'x # LEAK one high\n', 'bin.py': 'a\0b', 'gen_pb2.py': 'g\n' },
    );

    const { document } = await run(prober({}));

    expect(document.notices.map((notice) => notice.path)).toEqual(['gen_pb2.py', 'vendor/x.py', 'bin.py']);
    expect(document.findings).toEqual([]);
  });
});

describe('the edges of the process', () => {
  it('tells its progress in order', async () => {
    const events: ProgressEvent[] = [];
    branch({ 'a.py': '\n' }, { 'a.py': 'a # LEAK one high\n' });

    await run(prober({}), {}, events);

    expect(events.map(({ step }) => step)).toEqual(['comparing', 'scanning', 'probing', 'probe', 'done']);
  });

  it('lets the probe write both trees, and leaves nothing behind', async () => {
    branch({ 'a.py': 'old\n' }, { 'a.py': 'a # LEAK one high\n' });
    const folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
    const temporary = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
    vi.stubEnv('TMPDIR', temporary);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const looking: Prober = {
      async probe(_, trees) {
        await trees.writeTree('base', folder);
        expect(read('a.py')).toBe('old\n');
        await trees.writeTree('head', folder);
        expect(read('a.py')).toBe('a # LEAK one high\n');
        throw new Error('and then it breaks');
      },
    };

    await expect(run(looking)).rejects.toThrow('and then it breaks');

    expect(readdirSync(temporary)).toEqual([]);
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
    rmSync(folder, { recursive: true });
  });
});

describe('the configuration', () => {
  const CONFIG = '.github/leakcheck.yml';
  const given = (base: string, head = base) => {
    branch(
      { [CONFIG]: base, 'a.py': '', 'tests/t.py': '' },
      { [CONFIG]: head, 'a.py': 'a # LEAK one high\n', 'tests/t.py': 'b # LEAK two high\n' },
    );
  };
  const shown = async (probe: Prober | null = null, options: Partial<ReviewOptions> = {}) =>
    (await run(probe, options)).document;

  it('is that of the merge base, whatever the change makes of it', async () => {
    given("paths: {exclude: ['tests/**']}\n", "paths: {exclude: ['**']}\n");

    expect(brief(await shown())).toEqual(['new a.py one suspected inline']);
  });

  it('may be left aside', async () => {
    given("paths: {exclude: ['**']}\n");

    expect(brief(await shown(null, { useConfig: false }))).toHaveLength(2);
  });

  it('says that there was nothing to review when everything is excluded', async () => {
    given("paths: {exclude: ['**/*.py']}\n");

    expect((await shown()).conclusion).toMatchObject({
      conclusion: 'success',
      reason: 'no Python file to review was changed',
    });
  });

  it('sets the levels of rules and what blocks, and an option wins over it', async () => {
    given('block-on: any\nrules: {module-container-grows: medium}\n');

    const document = await shown();
    expect(document.findings.map(({ finding }) => finding.confidence)).toEqual(['medium', 'medium']);
    expect(document.conclusion.conclusion).toBe('failure');
    expect((await shown(null, { blockOn: 'never' })).conclusion.conclusion).toBe('success');
  });

  it('names the driver of a target, which goes into the plan', async () => {
    given('probe: {targets: [{match: a.py::one, driver: tests/drivers.py::probe_one}]}\n');
    const plans: ProbePlan[] = [];
    await run(prober({}, plans));

    expect(plans[0]?.targets.map(({ target, driver }) => [target, driver])).toEqual([
      ['a.py::one', 'tests/drivers.py::probe_one'],
      ['tests/t.py::two', null],
    ]);
  });

  it('can switch the probe off, or require it', async () => {
    given('probe: {enabled: false, required: true}\n');
    const document = await shown(prober({ one: leak('one') }));

    expect(document.probe.status).toBe('off');
    expect(document.conclusion.conclusion).toBe('action_required');
  });

  it('stops the review with one sentence when it is wrong', async () => {
    given('paths:\n  exclde: []\ndrafts: no\n');

    await expect(shown()).rejects.toThrow(
      /^\.github\/leakcheck\.yml at the merge base [0-9a-f]{7}, line 2: 'paths\.exclde' is no known key; did you mean 'exclude'\? \(and 1 more\); --no-config reviews without it$/,
    );
  });

  it('is not read through a link', async () => {
    repository.write({ 'other.yml': "paths: {exclude: ['**']}\n", 'a.py': '' });
    mkdirSync(join(repository.path, '.github'));
    symlinkSync('../other.yml', join(repository.path, CONFIG));
    repository.commit();
    repository.git('switch', '--quiet', '--create', 'feature');
    repository.write({ 'a.py': 'a # LEAK one high\n' });

    expect(brief(await shown())).toHaveLength(1);
  });
});
