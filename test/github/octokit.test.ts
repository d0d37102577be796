/** What only the real GitHub does: limits of rate, failures, other people's checks and threads. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BadArtifact,
  GithubError,
  MissingPermission,
  RateLimited,
  Refused,
  Unavailable,
} from '../../src/github/errors.ts';
import { createOctokitHost } from '../../src/github/octokit-host.ts';
import type { Host } from '../../src/github/ports.ts';
import { type GithubMock, mockGithub, problem } from '../support/github-mock.ts';
import type { Json } from '../support/github-schemas.ts';
import { probotOctokit } from '../support/octokits.ts';
import { zip } from '../support/zip.ts';
import {
  HEAD,
  REPO,
  expectStart,
  readRoot,
  report,
  repository,
  review,
  start,
  wroteCheck,
  wroteReview,
} from './contract/scenario.ts';

const CHECKS = 'POST /repos/{owner}/{repo}/check-runs';
const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
const run = { workflow: 'leakcheck-probe.yml', ref: 'leakcheck/probe', inputs: {} };
const dispatchPath = `${REPO}/actions/workflows/leakcheck-probe.yml/dispatches`;
const check = { id: 5, nodeId: 'CR_5' };

let github: GithubMock;
let host: Host;

beforeEach(() => {
  github = mockGithub();
  host = createOctokitHost(probotOctokit());
});

afterEach(() => {
  github.done();
});

async function failure(promise: Promise<unknown>): Promise<GithubError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GithubError)) throw new Error(`Expected a GithubError, got ${String(error)}`);
  return error;
}

describe('limits of rate', () => {
  it.each([
    [
      'the hour',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' },
      '2100-01-01T00:00:00Z',
    ],
    ['too fast', 403, { 'retry-after': '120' }, ''],
    ['too many', 429, {}, ''],
  ])('are told: %s', async (_, status, headers, until) => {
    github.rest(CHECKS, `${REPO}/check-runs`, {
      status,
      headers,
      raw: { message: 'You have exceeded a limit' },
    });
    const error = await failure(host.reports.startCheck(repository, start));
    if (!(error instanceof RateLimited)) throw error;
    expect(error.temporary).toBe(true);
    expect(error.until.getTime()).toBeGreaterThan(Date.now());
    expect(error.message).toContain(until);
  });

  it('are told in GraphQL too', async () => {
    github.graphql({ ...readRoot(), repository: problem('RATE_LIMITED', 'API rate limit exceeded') });
    expect(await failure(host.pullRequests.read(repository, 7, []))).toBeInstanceOf(RateLimited);
  });
});

describe('a lost answer', () => {
  // A second request would meet no mock, and the error would tell of that instead.
  it.each([500, 502, 503])('is not asked for again where that could do it twice: %i', async (status) => {
    github.rest(CHECKS, `${REPO}/check-runs`, { status, raw: { message: 'Server Error' } });
    const started = await failure(host.reports.startCheck(repository, start));
    github.rest(DISPATCH, dispatchPath, { status, raw: { message: 'Server Error' } });
    const dispatched = await failure(host.probes.dispatch(repository, run));
    for (const error of [started, dispatched]) {
      expect(error).toBeInstanceOf(Unavailable);
      expect(error.message).toContain('Server Error');
    }
    expect(github.sent).toHaveLength(2);
  });
});

describe('a check', () => {
  it('of somebody else with our name and key is not ours', async () => {
    const foreign = { ...check, permalink: 'https://github.com/octo/shop/runs/9', status: 'COMPLETED' };
    const checks = [{ ...foreign, id: 'CR_9', externalId: start.key }];
    github.graphql(readRoot({ app: 'github-actions', checks }));
    expectStart(github);
    await host.pullRequests.read(repository, 7, []);
    expect(await host.reports.startCheck(repository, start)).toEqual({ ...check, isConcluded: false });
  });

  it('is concluded by REST where GraphQL refuses it', async () => {
    github.graphql(readRoot());
    github.graphql({
      updateCheckRun: problem('UNPROCESSABLE', 'No commit found'),
      addPullRequestReview: wroteReview,
    });
    github.rest('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', `${REPO}/check-runs/5`, {
      status: 200,
    });
    await host.reports.publish(repository, report(check, { review: review() }));
    const sent = github.sent[2]?.body as { conclusion: string; output: { annotations: Json[] } };
    expect(sent.conclusion).toBe('failure');
    expect(sent.output.annotations).toHaveLength(1);
  });

  it('that cannot be read does not stop the review', async () => {
    const commit = { oid: HEAD, checkSuites: problem('FORBIDDEN', 'Resource not accessible by integration') };
    github.graphql(readRoot({ pullRequest: { commits: { nodes: [{ commit }] } } }));
    expect((await host.pullRequests.read(repository, 7, [])).head).toBe(HEAD);
  });
});

describe('a review', () => {
  it('is posted after a restart, without a read before', async () => {
    github.graphql(readRoot());
    github.graphql({ updateCheckRun: wroteCheck, addPullRequestReview: wroteReview });
    await host.reports.publish(repository, report(check, { review: review() }));
    const { variables } = github.sent[1]?.body as { variables: Json };
    expect(variables).toMatchObject({
      check: { repositoryId: 'R_1', checkRunId: 'CR_5', status: 'COMPLETED', conclusion: 'FAILURE' },
      review: { pullRequestId: 'PR_7', commitOID: HEAD, event: 'COMMENT' },
    });
  });

  it('is posted alone when the check was concluded and the review was not', async () => {
    const permalink = 'https://github.com/octo/shop/runs/5';
    const checks = [{ id: 'CR_5', permalink, externalId: start.key, status: 'COMPLETED' }];
    const foreign = { viewerDidAuthor: false, body: review().body, commit: { oid: HEAD } };
    github.graphql(readRoot({ checks, reviews: [foreign] }));
    github.graphql({ addPullRequestReview: wroteReview });
    await host.reports.publish(repository, report(check, { review: review() }));
    expect(JSON.stringify(github.sent[1]?.body)).not.toContain('updateCheckRun');
  });
});

describe('threads', () => {
  const thread = (id: number, viewerDidAuthor: boolean, totalCount = 1) => ({
    id: `T${id}`,
    isResolved: false,
    isOutdated: id === 2,
    comments: { totalCount, nodes: [{ id: `C${id}`, body: 'text', viewerDidAuthor }] },
  });

  it('are ours only, on every page', async () => {
    const pages: Record<string, unknown> = {
      first: { pageInfo: { hasNextPage: true, endCursor: 'x' }, nodes: [thread(1, true), thread(3, false)] },
      x: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [thread(2, true, 3)] },
    };
    const reviewThreads = ({ after = 'first' }: { after?: string }) => pages[after];
    for (let page = 0; page < 2; page += 1) github.graphql(readRoot({ pullRequest: { reviewThreads } }));
    const { threads } = await host.pullRequests.read(repository, 7, []);
    const common = { body: 'text', isResolved: false };
    expect(threads).toEqual([
      { ...common, id: 'T1', commentId: 'C1', isOutdated: false, hasReplies: false },
      { ...common, id: 'T2', commentId: 'C2', isOutdated: true, hasReplies: true },
    ]);
  });
});

describe('a config that is no text', () => {
  it('is not taken for none', async () => {
    const config = { __typename: 'Blob', text: null, isBinary: true, isTruncated: false };
    github.graphql(readRoot({ objects: { 'HEAD:.github/leakcheck.yml': config } }));
    const error = await failure(host.pullRequests.read(repository, 7, []));
    expect(error).toBeInstanceOf(Refused);
    expect(error.message).toContain('octo/shop/.github/leakcheck.yml');
  });
});

describe('roles', () => {
  it('of our own making count as what they build on', async () => {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    const answer = { permission: 'write', role_name: 'release-captain' };
    github.rest(route, `${REPO}/collaborators/ada/permission`, { status: 200, answer });
    expect(await host.pullRequests.permission(repository, 'ada')).toBe('write');
  });
});

describe('a run', () => {
  it('that GitHub does not name is refused', async () => {
    github.rest(DISPATCH, dispatchPath, { status: 204 });
    expect(await failure(host.probes.dispatch(repository, run))).toBeInstanceOf(Refused);
  });

  it('is asked for with its details', async () => {
    github.rest(DISPATCH, dispatchPath, { status: 403, raw: { message: 'Must have admin rights' } });
    expect(await failure(host.probes.dispatch(repository, run))).toBeInstanceOf(MissingPermission);
    expect(github.sent[0]?.body).toEqual({ ref: run.ref, inputs: {}, return_run_details: true });
  });
});

describe('an artifact', () => {
  const list = (artifact: Record<string, Json>) => {
    github.rest(
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
      `${REPO}/actions/runs/1/artifacts`,
      {
        status: 200,
        answer: { total_count: 1, artifacts: [{ id: 3, name: 'a', size_in_bytes: 10, ...artifact }] },
      },
    );
  };
  const download = (exchange: { status: number; headers?: Record<string, string>; raw?: Json }) => {
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}';
    github.rest(route, `${REPO}/actions/artifacts/3/zip`, exchange);
  };
  const take = () => failure(host.probes.artifact(repository, 1, 'a'));

  it('too large is not downloaded', async () => {
    list({ size_in_bytes: 1024 * 1024 + 1 });
    expect((await take()).message).toContain('1048577 bytes');
  });

  it('larger than GitHub said is not read to its end', async () => {
    list({});
    download({
      status: 302,
      headers: { location: github.storage('/a', 200, Buffer.alloc(1024 * 1024 + 1)) },
    });
    const error = await take();
    expect(error).toBeInstanceOf(BadArtifact);
    expect(error.message).toContain('more than 1048576 bytes');
  });

  it('that was changed on its way is refused', async () => {
    list({ digest: `sha256:${'0'.repeat(64)}` });
    const archive = zip([{ name: 'report.json', content: Buffer.from('{}') }]);
    download({ status: 302, headers: { location: github.storage('/a', 200, archive) } });
    expect((await take()).message).toContain('digest');
  });

  it('that is no archive is refused', async () => {
    list({});
    download({ status: 302, headers: { location: github.storage('/a', 200, Buffer.from('<html>')) } });
    expect((await take()).message).toContain('not a ZIP archive');
  });

  it('that is gone is refused', async () => {
    list({});
    download({ status: 410, raw: { message: 'Artifact has expired' } });
    expect(await take()).toBeInstanceOf(BadArtifact);
  });

  it('whose storage fails may be asked for again', async () => {
    list({});
    download({ status: 302, headers: { location: github.storage('/a', 503, Buffer.from('busy')) } });
    expect((await take()).temporary).toBe(true);
  });

  it('at an address without TLS is refused', async () => {
    list({});
    download({ status: 302, headers: { location: 'http://storage.example/a' } });
    expect(await take()).toBeInstanceOf(BadArtifact);
  });
});
