import { Buffer } from 'node:buffer';
import { describe, expect, it, vi } from 'vitest';
import { path } from '../verdict/sample-result.ts';
import { app, HEAD } from './app-world.ts';
import type { App } from './app-world.ts';

const leaky = { 'a.py': 'a # LEAK one high\nb # LEAK two medium\n' };
const both = { 'a.py': 'a # LEAK one high\n', 'b.py': 'import torch\nb # LEAK two high\n' };
const gpu = { config: { text: 'probe: {runners: {gpu: t4}}\n', source: '.github/leakcheck.yml' } };
const leak = (holder: string) => ({ paths: [path(`app.${holder}[*] -> bytes`)] });

const check = ({ host }: App) => host.checks.map(({ report }) => [report?.conclusion, report?.title]);
const said = ({ host }: App) => host.checks[0]?.report?.summary ?? '';

async function reviewed(...given: Parameters<typeof app>): Promise<App> {
  const it = app(...given);
  await it.review();
  return it;
}

describe('a probe that ended', () => {
  it('brings the one review of the push, for 8 requests in all', async () => {
    const it = await reviewed({}, leaky);

    await it.finish(0, { one: leak('one'), two: { outcome: 'clean' } });

    expect(it.host.requests).toBe(8);
    expect(check(it)).toEqual([['failure', "1 confirmed new leak; block-on is 'confirmed'"]]);
    expect(it.host.reviews).toHaveLength(1);
    expect(it.host.reviews[0]?.comments).toMatchObject([{ path: 'a.py', line: 1 }]);
    expect(it.host.reviews[0]?.comments[0]?.body).toContain('Measured: ');
    expect(said(it)).toContain('Cleared by the probe');
    expect(said(it)).toContain('https://github.com/ada/parcels/actions/runs/1000');
  });

  it('costs 4 requests more for each further lane, and waits for all of them', async () => {
    const it = await reviewed({}, both, gpu);

    await it.finish(0, { one: leak('one') });
    expect(it.host.reviews).toEqual([]);
    await it.finish(1, { two: leak('two') });

    expect(it.host.requests).toBeLessThanOrEqual(12);
    expect(check(it)).toEqual([['failure', "2 confirmed new leaks; block-on is 'confirmed'"]]);
    expect(it.host.reviews).toHaveLength(1);
  });

  it('concludes once, however often GitHub says that it ended', async () => {
    const it = await reviewed({}, leaky);

    await it.finish(0, { one: leak('one') });
    await it.ended(1000);
    await it.run('probe-deadline');

    expect(it.host.reviews).toHaveLength(1);
    expect(await it.records.pending({ ...it.job, head: HEAD })).toBeUndefined();
  });

  it('that is not ours is nobody’s business', async () => {
    const it = await reviewed({}, leaky);

    await it.ended(4711);

    expect(check(it)).toEqual([[undefined, undefined]]);
  });

  it.each([
    ['no artifact', [], /0 artifacts/],
    ['no JSON', [Buffer.from('{')], /not JSON/],
    ['another document', [Buffer.from('{"schema": "x"}')], /does not follow its schema/],
  ])('and left %s: the scan decides, with the reason', async (_, files, reason) => {
    const it = await reviewed({}, leaky);
    const name = `leakcheck-${it.host.dispatches[0]?.inputs['request_id'] ?? ''}`;
    it.world.artifacts[1000] = files.map((file) => ({ name, file }));

    await it.ended(1000);

    expect(check(it)[0]?.[0]).toBe('neutral');
    expect(said(it)).toMatch(reason);
  });

  it('takes no result for a target that was not asked for', async () => {
    const it = await reviewed({}, both, gpu);

    await it.finish(0, { one: leak('one') });
    const [cpu, other] = it.host.dispatches;
    const forged = it.world.artifacts[cpu?.runId ?? 0]?.[0]?.file ?? new Uint8Array();
    it.world.artifacts[other?.runId ?? 0] = [
      { name: `leakcheck-${other?.inputs['request_id'] ?? ''}`, file: forged },
    ];
    await it.ended(other?.runId ?? 0);

    expect(said(it)).toContain('1 results were dropped');
  });

  it.each([
    ['the pull request was closed', { isOpen: false }, /closed/],
    ['the head moved', { head: 'c'.repeat(40) }, /Superseded/],
  ])('after %s: the check ends, without a review', async (_, change, title) => {
    const it = await reviewed({}, leaky);
    it.world.pullRequest = { ...it.world.pullRequest, ...change };

    await it.finish(0, { one: leak('one') });

    expect(check(it)).toEqual([['neutral', expect.stringMatching(title)]]);
    expect(it.host.reviews).toEqual([]);
    expect(await it.records.pending({ ...it.job, head: HEAD })).toBeUndefined();
  });

  it('finds the review posted and does not post it again, when it was killed before it noted that', async () => {
    const it = await reviewed({}, leaky);
    vi.spyOn(it.records, 'close').mockRejectedValueOnce(new Error('killed'));
    await expect(it.finish(0, { one: leak('one') })).rejects.toThrow('killed');

    await it.ended(1000);

    expect(it.host.reviews).toHaveLength(1);
    expect(await it.records.pending({ ...it.job, head: HEAD })).toBeUndefined();
  });

  it('begins anew when what was kept comes from another version', async () => {
    const it = await reviewed({}, leaky);
    await it.records.update({ ...it.job, head: HEAD }, { version: 99 });

    await it.ended(1000);

    expect(it.sent.at(-1)?.job).toMatchObject({ kind: 'review-pull-request', number: 7 });
  });
});

describe('the deadline', () => {
  it('concludes without a probe that has not ended, and what comes later changes nothing', async () => {
    const it = await reviewed({}, leaky);

    await it.run('probe-deadline');

    expect(check(it)[0]?.[0]).toBe('neutral');
    expect(said(it)).toContain('did not end in time');
    expect(it.host.reviews).toHaveLength(1);
    await it.finish(0, { one: leak('one') });
    expect(check(it)[0]?.[0]).toBe('neutral');
    expect(it.host.reviews).toHaveLength(1);
  });

  it('counts the lanes that have ended', async () => {
    const it = await reviewed({}, both, gpu);
    await it.finish(0, { one: leak('one') });

    await it.run('probe-deadline');

    expect(check(it)[0]).toEqual(['failure', "1 confirmed new leak; block-on is 'confirmed'"]);
    expect(said(it)).toContain('gpu lane: the probe run did not end in time');
  });
});

describe('/leakcheck', () => {
  const comment = { installation: 1, owner: 'ada', name: 'parcels', number: 7, comment: 5 };

  it('by someone who may write: eyes, and a review', async () => {
    const it = app({}, leaky);
    await it.ports.send({ kind: 'react', ...comment, user: 'grace' });

    await it.run('react');
    await it.run('review-pull-request');

    expect(it.host.reactions).toEqual([{ comment: 5, content: 'eyes' }]);
    expect(it.host.dispatches).toHaveLength(1);
  });

  it.each(['mallory', 'nobody'])('by %s, who may not: silence', async (user) => {
    const it = app({}, leaky);
    await it.ports.send({ kind: 'react', ...comment, user });

    await it.run('react');

    expect(it.host.reactions).toEqual([]);
    expect(it.sent).toHaveLength(1);
  });
});
