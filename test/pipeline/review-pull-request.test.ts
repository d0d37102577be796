import { describe, expect, it, vi } from 'vitest';
import { RateLimited, Unavailable } from '../../src/github/errors.ts';
import { app, BASE, HEAD, planIn } from './app-world.ts';
import type { App } from './app-world.ts';

const noProbe = { config: { text: 'probe: {enabled: false}\n', source: '.github/leakcheck.yml' } };
const yaml = (text: string) => ({ config: { text, source: '.github/leakcheck.yml' } });
const leaky = { 'a.py': 'a # LEAK one high\n' };

const check = ({ host }: App) => host.checks.map(({ report }) => [report?.conclusion, report?.title]);
const said = ({ host }: App) => host.checks[0]?.report?.summary ?? '';

describe('a push without anything to probe', () => {
  it('takes 4 requests and gets one review and a conclusion', async () => {
    const it = app({ 'a.py': '\n' }, leaky, noProbe);

    await it.review();

    expect(it.host.requests).toBe(4);
    expect(check(it)).toEqual([['neutral', "1 suspected new leak; block-on is 'confirmed'"]]);
    expect(it.host.reviews).toHaveLength(1);
    expect(it.host.reviews[0]?.comments).toMatchObject([{ path: 'a.py', line: 1 }]);
    expect(it.host.reviews[0]?.comments[0]?.body).toContain('one keeps it');
    expect(said(it)).toContain('the probe is switched off in the configuration');
  });

  it('is a success that says so when no Python changed', async () => {
    const it = app({ 'a.md': '1' }, { 'a.md': '2' });

    await it.review();

    expect(check(it)).toEqual([['success', expect.stringMatching(/^No Python file/)]]);
    expect(it.host.reviews).toEqual([]);
    expect(it.host.requests).toBe(4);
  });

  it('says what it fixed, and posts no review for it', async () => {
    const it = app(leaky, { 'a.py': '\n' });

    await it.review();

    expect(check(it)).toEqual([['success', 'No new leak']]);
    expect(said(it)).toContain('Fixed by this change');
    expect(it.host.reviews).toEqual([]);
  });

  it('is not reported twice, however often the job runs', async () => {
    const it = app({ 'a.py': '\n' }, leaky, noProbe);

    await it.review();
    await it.review();

    expect(it.host.checks).toHaveLength(1);
    expect(it.host.reviews).toHaveLength(1);
  });

  it('says a thing once: the next push with the same leak brings no second comment', async () => {
    const it = app({ 'a.py': '\n' }, leaky, noProbe);
    await it.review();
    const next = 'c'.repeat(40);
    it.world.trees[next] = { 'a.py': 'a # LEAK one high\n', 'b.py': 'x\n' };
    it.world.pullRequest = { ...it.world.pullRequest, head: next };

    await it.review({ commits: { base: BASE, head: next } });

    expect(it.host.checks).toHaveLength(2);
    expect(it.host.reviews).toHaveLength(1);
  });

  it('says of one family in one comment, and of a later member in one of its own', async () => {
    const it = app({ 'a.py': '\n' }, { 'a.py': 'a # LEAK one high\nb # LEAK two high\n' }, noProbe);
    await it.review();
    const next = 'c'.repeat(40);
    it.world.trees[next] = { 'a.py': 'a # LEAK one high\nb # LEAK two high\nc # LEAK three high\n' };
    it.world.pullRequest = { ...it.world.pullRequest, head: next };

    await it.review({ commits: { base: BASE, head: next } });

    const bodies = it.host.reviews.map(({ comments }) => comments.map(({ line, body }) => [line, body]));
    expect(bodies).toEqual([
      [[1, expect.stringMatching(/one keeps it[^]*The same here:\n\n- line 2[^]*two keeps it/)]],
      [[3, expect.not.stringContaining('The same here')]],
    ]);
  });

  it('believes no mark that it did not make', async () => {
    const it = app({ 'a.py': '\n' }, leaky, noProbe);
    await it.review();
    const [thread] = it.host.threads;
    if (thread === undefined) throw new Error('no thread');
    it.host.threads[0] = { ...thread, body: thread.body.replace(/:[0-9a-f]{32} /, `:${'0'.repeat(32)} `) };
    const next = 'c'.repeat(40);
    it.world.trees[next] = leaky;
    it.world.pullRequest = { ...it.world.pullRequest, head: next };

    await it.review({ commits: { base: BASE, head: next } });

    expect(it.host.reviews).toHaveLength(2);
  });

  it('is done again for a person who asks, with a check of its own', async () => {
    const it = app({ 'a.py': '\n' }, leaky, noProbe);
    await it.review();

    const { installation, owner, name, number } = it.job;
    await it.ports.send({
      kind: 'review-pull-request',
      installation,
      owner,
      name,
      number,
      again: true,
      comment: 5,
    });
    await it.run('review-pull-request');

    expect(it.host.checks.map(({ head, report }) => [head, report?.conclusion])).toEqual([
      [HEAD, 'neutral'],
      [HEAD, 'neutral'],
    ]);
    expect(it.host.reviews).toHaveLength(1);
  });
});

describe('a push with something to probe', () => {
  it('takes 4 requests before the probe, and keeps the check open', async () => {
    const it = app({ 'a.py': '\n' }, leaky);

    await it.review();

    expect(it.host.requests).toBe(4);
    expect(check(it)).toEqual([[undefined, undefined]]);
    expect(it.host.reviews).toEqual([]);
    const [dispatch] = it.host.dispatches;
    expect(dispatch).toMatchObject({ workflow: 'leakcheck-probe.yml', ref: 'leakcheck/probe' });
    expect(dispatch?.inputs).toMatchObject({
      head_sha: HEAD,
      base_sha: BASE,
      pr: '7',
      lane: 'cpu',
      runner: '"ubuntu-latest"',
      python: '3.12',
    });
    expect(dispatch?.inputs['request_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(planIn(dispatch?.inputs['plan'] ?? '').targets.map(({ target }) => target)).toEqual(['a.py::one']);
    expect(it.sent).toMatchObject([{ job: { kind: 'probe-deadline' }, afterSeconds: 600 }]);
  });

  it('starts no second run when the job or the webhook comes again', async () => {
    const it = app({ 'a.py': '\n' }, leaky);

    await it.review();
    await it.review();

    expect(it.host.dispatches).toHaveLength(1);
  });

  it('goes on under the same request id when it was stopped before the dispatch was known', async () => {
    const it = app({ 'a.py': '\n' }, leaky);
    vi.spyOn(it.records, 'started').mockRejectedValueOnce(new Error('killed'));
    await expect(it.review()).rejects.toThrow('killed');

    await it.review();

    const ids = it.host.dispatches.map(({ inputs }) => inputs['request_id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('sends what imports a device library to the GPU lane where there is one', async () => {
    const files = {
      'a.py': 'a # LEAK one high\n',
      'b.py': 'import numpy, torch.nn as nn\nb # LEAK two high\n',
    };
    const without = app({}, files);
    const given = app({}, files, yaml('probe:\n  runners:\n    gpu: {group: gpu, labels: [t4]}\n'));

    await without.review();
    await given.review();

    const lanes = ({ host }: App) =>
      host.dispatches.map(({ inputs }) => [
        inputs['lane'],
        inputs['runner'],
        planIn(inputs['plan'] ?? '').targets.map(({ target }) => target),
      ]);
    expect(lanes(without)).toEqual([['cpu', '"ubuntu-latest"', ['a.py::one', 'b.py::two']]]);
    expect(lanes(given)).toEqual([
      ['cpu', '"ubuntu-latest"', ['a.py::one']],
      ['gpu', '{"group":"gpu","labels":["t4"]}', ['b.py::two']],
    ]);
    expect(given.host.requests).toBe(5);
  });

  it("never runs a fork's code by itself, and says what it waits for", async () => {
    const it = app({ 'a.py': '\n' }, leaky);
    it.world.pullRequest = { ...it.world.pullRequest, isFork: true };

    await it.review();

    expect(it.host.dispatches).toEqual([]);
    expect(check(it)[0]?.[0]).toBe('neutral');
    expect(said(it)).toContain('not run until a maintainer starts the probe');
  });

  it('passes a declared driver on', async () => {
    const it = app(
      { 'a.py': '\n' },
      leaky,
      yaml('probe:\n  targets:\n    - {match: a.py::one, driver: tests/d.py::go}\n'),
    );

    await it.review();

    const plan = planIn(it.host.dispatches[0]?.inputs['plan'] ?? '');
    expect(plan.targets[0]?.driver).toBe('tests/d.py::go');
  });
});

describe('what is said instead of a review', () => {
  it.each([
    [
      'a config that cannot be used',
      yaml('blok-on: any\n'),
      'neutral',
      /configuration cannot be used/,
      /blok-on/,
    ],
  ] as const)('%s', async (_, changes, conclusion, title, summary) => {
    const it = app({ 'a.py': '\n' }, leaky, changes);

    await it.review();

    expect(check(it)).toEqual([[conclusion, expect.stringMatching(title)]]);
    expect(said(it)).toMatch(summary);
    expect(it.host.requests).toBe(4);
  });

  it('a draft, where drafts are skipped, until it is ready', async () => {
    const it = app({ 'a.py': '\n' }, leaky, yaml('drafts: skip\nprobe: {enabled: false}\n'));
    it.world.pullRequest = { ...it.world.pullRequest, isDraft: true };

    await it.review();
    expect(check(it)).toEqual([['success', 'Nothing to do for a draft']]);

    it.world.pullRequest = { ...it.world.pullRequest, isDraft: false };
    await it.review();
    expect(it.host.reviews).toHaveLength(1);
  });

  it('300 files and more', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}.py`, 'x\n']));
    const it = app({}, files);

    await it.review();

    expect(check(it)).toEqual([['neutral', 'Too large to be reviewed']]);
    expect(said(it)).toContain('300 files');
  });

  it('a file that GitHub does not hand out as text', async () => {
    const it = app({}, { 'big.py': `x = 1\n${'#'.repeat(600_000)}`, 'odd.py': Buffer.from([120, 0]) });

    await it.review();

    expect(said(it)).toMatch(/`big\.py`: .*larger than GitHub hands out: not scanned/);
    expect(said(it)).toMatch(/`odd\.py`: .*binary file: not scanned/);
  });

  it('files and rules that the configuration leaves out', async () => {
    const it = app(
      {},
      { 'tests/a.py': 'a # LEAK one high\n', 'b.py': 'b # LEAK two high\n' },
      yaml('paths: {exclude: ["tests/**"]}\nrules: {module-container-grows: off}\n'),
    );

    await it.review();

    expect(check(it)).toEqual([['success', 'No new leak']]);
  });
});

describe('what is dropped', () => {
  it('a pull request that was closed meanwhile', async () => {
    const it = app({ 'a.py': '\n' }, leaky);
    it.world.pullRequest = { ...it.world.pullRequest, isOpen: false };

    await it.review();

    expect(it.host.checks).toEqual([]);
    expect(it.logged).toEqual([expect.stringContaining('"why":"closed"')]);
  });

  it('a head that has moved', async () => {
    const it = app({ 'a.py': '\n' }, leaky);
    it.world.pullRequest = { ...it.world.pullRequest, head: 'c'.repeat(40) };

    await it.review();

    expect(it.host.checks).toEqual([]);
    expect(it.logged).toEqual([expect.stringContaining('"why":"superseded"')]);
  });
});

describe('what GitHub refuses', () => {
  it.each([
    ['contents: read', 'neutral'],
    ['pull_requests: write', 'neutral'],
    ['actions: write', 'neutral'],
  ])('without %s the check says so', async (permission, conclusion) => {
    const it = app({ 'a.py': '\n' }, leaky, { withheld: [permission] });

    await it.review();

    expect(check(it)[0]?.[0]).toBe(conclusion);
    expect(said(it).replaceAll('\\_', '_')).toContain(permission);
  });

  it('without checks: write only the log can say so', async () => {
    const it = app({ 'a.py': '\n' }, leaky, { withheld: ['checks: write'] });

    await it.review();

    expect(it.logged.join()).toContain('checks: write');
  });

  it('without the probe workflow the scan decides, and the check says what to add', async () => {
    const it = app({ 'a.py': '\n' }, leaky, { workflows: {} });

    await it.review();

    expect(check(it)[0]?.[0]).toBe('neutral');
    expect(said(it)).toContain('leakcheck-probe.yml is not at leakcheck/probe');
    expect(it.host.reviews).toHaveLength(1);
    expect(await it.records.pending({ ...it.job, head: HEAD })).toBeUndefined();
  });

  it('what passes is tried again, at the time that GitHub names', async () => {
    const it = app({ 'a.py': '\n' }, leaky);
    vi.spyOn(it.host.pullRequests, 'compare')
      .mockRejectedValueOnce(new RateLimited('enough', new Date(1_090_000)))
      .mockRejectedValueOnce(new Unavailable('GitHub is down'));
    await expect(it.review()).rejects.toMatchObject({ name: 'RetryAfter', seconds: 90 });
    await expect(it.review()).rejects.toThrow('GitHub is down');

    await it.review();

    expect(it.host.dispatches).toHaveLength(1);
  });

  it('the last failed attempt is told in the check, never a success', async () => {
    const it = app({ 'a.py': '\n' }, leaky, yaml('on-error: failure\n'));
    it.host.probes.dispatch = () => Promise.reject(new Error('something of ours'));
    await expect(it.review()).rejects.toThrow('something of ours');

    await it.review({}, true);

    expect(check(it)).toEqual([['failure', 'This push could not be reviewed']]);
    expect(said(it)).toContain('Leakcheck itself failed: something of ours');
  });
});
