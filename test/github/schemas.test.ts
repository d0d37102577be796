/** The descriptions must be able to say no, or the contract suite proves nothing. */
import { describe, expect, it } from 'vitest';
import {
  answer,
  answerProblems,
  requestProblems,
  webhook,
  webhookProblems,
  type Json,
} from '../support/github-schemas.ts';

const CHECKS = '/repos/{owner}/{repo}/check-runs';
const body = { name: 'leakcheck', head_sha: 'e'.repeat(40), status: 'in_progress' };

describe('the description of REST', () => {
  it('takes what is right', () => {
    expect(requestProblems('post', CHECKS, [], body)).toEqual([]);
  });

  it.each<[string, string[], Json]>([
    ['an unknown field', [], { ...body, anotations: [] }],
    ['an unknown field inside', [], { ...body, output: { title: 'a', summary: 'b', annotation: [] } }],
    ['a field of the wrong type', [], { ...body, head_sha: 1 }],
    ['a missing field', [], { name: 'leakcheck' }],
    ['an unknown value', [], { ...body, status: 'running' }],
    ['an unknown parameter', ['pages'], body],
    ['no body', [], null],
  ])('refuses %s', (_, query, wrong) => {
    expect(requestProblems('post', CHECKS, query, wrong)).not.toEqual([]);
  });

  it('refuses an answer that GitHub never gives', () => {
    expect(answerProblems('post', CHECKS, 201, answer('post', CHECKS, 201, {}))).toEqual([]);
    expect(answerProblems('post', CHECKS, 201, answer('post', CHECKS, 201, { id: 'five' }))).not.toEqual([]);
    expect(() => answer('post', CHECKS, 202, {})).toThrow('never answers 202');
  });
});

describe('the description of webhooks', () => {
  // Only here GitHub wants more than the smallest.
  const commented: Json = { issue: { user: { login: 'ada', id: 1 } } };

  it.each([
    'pull-request-opened',
    'pull-request-synchronize',
    'pull-request-reopened',
    'pull-request-ready-for-review',
    'pull-request-closed',
    'issue-comment-created',
    'workflow-run-completed',
    'check-run-rerequested',
    'check-run-requested-action',
    'ping',
    'installation-created',
    'installation-deleted',
  ])('gives and takes the smallest %s', (name) => {
    const wanted = name === 'issue-comment-created' ? commented : {};
    expect(webhookProblems(name, webhook(name, wanted))).toEqual([]);
  });

  it('refuses a payload of another event', () => {
    expect(webhookProblems('pull-request-opened', webhook('ping', {}))).not.toEqual([]);
  });
});
