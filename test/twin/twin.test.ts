/** What the twin shares with GitHub: where it says no, what it counts, what it sends. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REVIEW_DOCUMENT } from '../../src/github/documents.ts';
import { answerTo } from './hook-listener.ts';
import { type Installed, installLeakcheck } from './installed.ts';
import { type Twin, startTwin } from './twin.ts';
import type { PullRequest } from './world.ts';

const SECRET = 'a secret for the tests';
const REPO = '/repos/ada/parcels';
const CHECKS = `${REPO}/check-runs`;
const DISPATCH = `${REPO}/actions/workflows/leakcheck-probe.yml/dispatches`;

let twin: Twin;
let installed: Installed;
let pullRequest: PullRequest;
let token: string;
let head: string;

beforeEach(async () => {
  twin = await startTwin({ secret: SECRET });
  installed = await installLeakcheck(twin, {
    owner: 'ada',
    name: 'parcels',
    files: { 'a.py': lines('old', 40) },
    roles: { grace: 'write' },
  });
  pullRequest = await twin.people.openPullRequest({
    repository: installed.repository,
    author: 'grace',
    branch: 'topic',
    files: { 'a.py': lines('old', 40).replace('old 20\n', 'new 20\nnew 21\n'), 'b.py': lines('new', 3) },
  });
  head = (await installed.repository.git.resolve('refs/heads/topic')) ?? '';
  token = await newToken();
});

afterEach(() => twin.close());

function lines(word: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('');
}

async function newToken(): Promise<string> {
  const path = `/app/installations/${installed.installation.id}/access_tokens`;
  const { body } = await ask('POST', path, {}, 'bearer a.b.c');
  return (body as { token: string }).token;
}

async function ask(method: string, path: string, body?: unknown, authorization = `token ${token}`) {
  const response = await fetch(`${twin.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}

const check = (more: object = {}) => ({ name: 'leakcheck', head_sha: head, status: 'in_progress', ...more });
const annotation = { path: 'a.py', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
const output = (more: object = {}) => ({ output: { title: 't', summary: 's', ...more } });

describe('says no', () => {
  it.each([
    ['to nobody', 401, `${REPO}/compare/main...topic`, 'nobody'],
    ['to a token that it did not give', 401, `${REPO}/compare/main...topic`, 'token ghs_x'],
    [
      'about repositories outside the installation',
      404,
      '/repos/leakcheck/leakcheck/compare/main...main',
      null,
    ],
    ['about commits that are not there', 404, `${REPO}/compare/main...missing`, null],
  ])('%s', async (_, status, path, authorization) => {
    const answer = await ask('GET', path, undefined, authorization ?? `token ${token}`);
    expect(answer).toMatchObject({ status, body: { status: String(status) } });
  });

  it('when the token has ended', async () => {
    twin.limits.tokenMilliseconds = -1;
    token = await newToken();
    expect(await ask('POST', CHECKS, check())).toMatchObject({ status: 401 });
  });

  it('when the installation was not granted it', async () => {
    installed.installation.permissions['checks'] = 'read';
    expect(await ask('POST', CHECKS, check())).toMatchObject({ status: 403 });
  });

  it.each([
    ['51 annotations', output({ annotations: Array.from({ length: 51 }, () => annotation) })],
    ['a summary of 65,536 characters', output({ summary: 's'.repeat(65_536) })],
    ['a commit that is not there', { head_sha: 'f'.repeat(40) }],
  ])('to a check with %s', async (_, more) => {
    expect(await ask('POST', CHECKS, check(more))).toMatchObject({ status: 422 });
    expect(installed.repository.checks).toEqual([]);
  });

  it('to a check of another App', async () => {
    await ask('POST', CHECKS, check());
    const [own] = installed.repository.checks;
    installed.repository.checks[0] = { ...own, app: 'somebody' } as NonNullable<typeof own>;
    expect(await ask('PATCH', `${CHECKS}/${own?.id}`, { status: 'completed' })).toMatchObject({
      status: 403,
    });
  });

  it.each([
    ['an unknown workflow', 404, DISPATCH.replace('leakcheck-probe', 'other'), { ref: 'leakcheck/probe' }],
    ['an unknown ref', 422, DISPATCH, { ref: 'nowhere' }],
    ['an unknown input', 422, DISPATCH, { ref: 'leakcheck/probe', inputs: { nonsense: '1' } }],
    ['a missing input', 422, DISPATCH, { ref: 'leakcheck/probe', inputs: {} }],
  ])('to a dispatch with %s', async (_, status, path, body) => {
    expect(await ask('POST', path, body)).toMatchObject({ status });
    expect(installed.repository.runs).toEqual([]);
  });

  it.each([
    ['a line of the diff', 'a.py', 21, undefined, null],
    ['lines of a new file', 'b.py', 3, 1, null],
    ['a line outside the hunks', 'a.py', 3, undefined, 'UNPROCESSABLE'],
    ['lines that begin outside', 'a.py', 21, 3, 'UNPROCESSABLE'],
    ['a file that is not in the diff', 'c.py', 1, undefined, 'UNPROCESSABLE'],
  ])('to a review by its lines: %s', async (_, path, line, startLine, type) => {
    const review = {
      pullRequestId: `PR_${installed.repository.id}_1`,
      commitOID: head,
      event: 'COMMENT',
      body: '',
      threads: [{ path, line, side: 'RIGHT', body: 'b', ...(startLine === undefined ? {} : { startLine }) }],
    };
    const { body } = await ask('POST', '/graphql', { query: REVIEW_DOCUMENT, variables: { review } });
    expect((body as { errors?: unknown }).errors ?? null).toEqual(
      type === null ? null : [expect.objectContaining({ type })],
    );
    expect(pullRequest.reviews).toHaveLength(type === null ? 1 : 0);
  });
});

describe('counts', () => {
  it('the hour', async () => {
    twin.limits.hourly = 2;
    await ask('GET', `${REPO}/compare/main...topic`);
    const { headers } = await ask('GET', `${REPO}/compare/main...topic`);
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    const last = await ask('GET', `${REPO}/compare/main...topic`);
    expect(last.status).toBe(403);
    expect(Number(last.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
  });

  it('what is written a minute', async () => {
    twin.limits.contentPerMinute = 1;
    await ask('POST', CHECKS, check());
    const { status, headers } = await ask('POST', CHECKS, check());
    expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 403, wait: '60' });
  });

  it('nothing for what did not change', async () => {
    const path = `${REPO}/compare/main...topic`;
    const { headers } = await ask('GET', path);
    const again = await fetch(`${twin.url}${path}`, {
      headers: { authorization: `token ${token}`, 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    expect(again.headers.get('x-ratelimit-used')).toBe('1');
  });
});

describe('tells the tests', () => {
  it('of routes that it does not know', async () => {
    await ask('GET', '/repos/ada/parcels/stargazers');
    expect(twin.problems).toEqual(['GET /repos/ada/parcels/stargazers is no known route']);
  });

  it('of requests that break the description', async () => {
    await ask('POST', CHECKS, check({ colour: 'red' }));
    expect(twin.problems).toEqual([expect.stringContaining('/colour is unknown')]);
  });
});

describe('sends', () => {
  it('signed webhooks, once, and again when asked', async () => {
    const listener = await answerTo(SECRET, [200, 500]);
    twin.sendHooksTo(listener.url);
    await twin.people.push(pullRequest, { 'b.py': 'more = 1\n' });
    await twin.people.comment(pullRequest, 'grace', 'hello');
    const failed = twin.deliveries.log.at(-1);
    await ask('POST', `/app/hook/deliveries/${failed?.entry.id}/attempts`, undefined, 'bearer a.b.c');
    await listener.received(3);
    await listener.close();

    expect(listener.heard).toEqual([
      { event: 'pull_request', guid: expect.any(String) as string, isSigned: true },
      { event: 'issue_comment', guid: failed?.guid, isSigned: true },
      { event: 'issue_comment', guid: failed?.guid, isSigned: true },
    ]);
    const { body } = await ask('GET', '/app/hook/deliveries', undefined, 'bearer a.b.c');
    expect(body).toMatchObject([
      { redelivery: true },
      { status_code: 500 },
      { status: 'OK' },
      { status_code: 502 },
    ]);
    expect(twin.problems).toEqual([]);
  });

  it('nothing while the App is away, and logs that', () => {
    expect(twin.deliveries.log.map(({ entry }) => entry.status_code)).toEqual([502]);
  });
});

it('knows renames, merge bases and forks as git does', async () => {
  const fork = await twin.people.fork(installed.repository, 'mallory');
  const from = await twin.people.openPullRequest({
    repository: installed.repository,
    author: 'mallory',
    branch: 'patch-1',
    from: fork,
    files: { 'a.py': null, 'c.py': lines('old', 40) },
  });
  const base = await installed.repository.git.resolve('refs/heads/main');
  await installed.repository.git.commit('main', { 'later.py': 'x = 1\n' });

  const { body } = await ask('GET', `${REPO}/compare/main...${await fork.git.resolve('refs/heads/patch-1')}`);

  expect(from.number).toBe(2);
  expect(body).toMatchObject({
    merge_base_commit: { sha: base },
    files: [{ filename: 'c.py', previous_filename: 'a.py', status: 'renamed' }],
  });
});
