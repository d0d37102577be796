import { describe, expect, it } from 'vitest';
import { jobOf } from '../../src/webhooks/handle-event.ts';

const HEAD = 'b'.repeat(40);
const BASE = 'a'.repeat(40);
const common = {
  installation: { id: 3 },
  repository: { name: 'parcels', owner: { login: 'ada' } },
};
const pullRequest = { number: 7, head: { sha: HEAD }, base: { sha: BASE } };
const comment = {
  ...common,
  action: 'created',
  issue: { number: 7, state: 'open', pull_request: {} },
  comment: { id: 5, body: '/leakcheck', user: { login: 'grace', type: 'User' } },
};
const ids = { installation: 3, owner: 'ada', name: 'parcels', number: 7 };

function job(event: string, payload: unknown) {
  return jobOf({ id: 'x', event, payload }, (_, __, runId) => Promise.resolve(runId === 9 ? 7 : undefined));
}

describe('a pull request', () => {
  it.each(['opened', 'synchronize', 'reopened', 'ready_for_review'])('%s is reviewed', async (action) => {
    expect(await job('pull_request', { ...common, action, pull_request: pullRequest })).toEqual({
      kind: 'review-pull-request',
      ...ids,
      again: false,
      commits: { head: HEAD, base: BASE },
    });
  });

  it.each(['closed', 'edited', 'labeled', 'converted_to_draft'])('%s is not', async (action) => {
    expect(await job('pull_request', { ...common, action, pull_request: pullRequest })).toBeNull();
  });

  it('without an installation is not ours', async () => {
    const payload = { repository: common.repository, action: 'opened', pull_request: pullRequest };
    expect(await job('pull_request', payload)).toBeNull();
  });
});

describe('a workflow run', () => {
  const run = (id: number, action = 'completed', event = 'workflow_dispatch') =>
    job('workflow_run', { ...common, action, workflow_run: { id, event } });

  it('of ours that ended is concluded', async () => {
    expect(await run(9)).toEqual({ kind: 'conclude-probe', ...ids, runId: 9 });
  });

  it.each([
    ['of somebody else', run(10)],
    ['that goes on', run(9, 'in_progress')],
    ['that a push started', run(9, 'completed', 'push')],
  ])('%s is not', async (_, found) => {
    expect(await found).toBeNull();
  });
});

describe('a comment', () => {
  it('with the command is answered', async () => {
    expect(await job('issue_comment', comment)).toEqual({ kind: 'react', ...ids, comment: 5, user: 'grace' });
  });

  it.each([
    ['that was edited', { ...comment, action: 'edited' }],
    ['on an issue', { ...comment, issue: { number: 7, state: 'open' } }],
    ['on a closed pull request', { ...comment, issue: { number: 7, state: 'closed', pull_request: {} } }],
    ['by a bot', { ...comment, comment: { ...comment.comment, user: { login: 'x[bot]', type: 'Bot' } } }],
    ['without the command', { ...comment, comment: { ...comment.comment, body: 'see /leakcheck' } }],
  ])('%s is not', async (_, payload) => {
    expect(await job('issue_comment', payload)).toBeNull();
  });
});

it.each(['push', 'ping', '__proto__', ''])('the event %j is ignored', async (event) => {
  expect(await job(event, { ...common, action: 'opened', pull_request: pullRequest })).toBeNull();
});
