/** A verified webhook → at most one job. Stores and sends ids, and does nothing else: the work is the queue's. */
import type { z } from 'zod';
import type { Job } from '../queue/queue.ts';
import { hasCommand } from './command.ts';
import { IssueCommentEvent, PullRequestEvent, WorkflowRunEvent } from './events.ts';

export interface Delivery {
  /** GitHub's id of the delivery; the same when it is delivered again. */
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
}

/** The pull request that a workflow run of ours belongs to. */
export type FindRun = (owner: string, name: string, runId: number) => Promise<number | undefined>;

/** @returns null: nothing to do */
export async function jobOf({ event, payload }: Delivery, findRun: FindRun): Promise<Job | null> {
  switch (event) {
    case 'pull_request':
      return pullRequest(payload);
    case 'workflow_run':
      return workflowRun(payload, findRun);
    case 'issue_comment':
      return issueComment(payload);
    default:
      return null;
  }
}

function pullRequest(payload: unknown): Job | null {
  const { data } = PullRequestEvent.safeParse(payload);
  if (data === undefined) return null;
  const { number, head, base } = data.pull_request;
  const commits = { head: head.sha, base: base.sha };
  return { kind: 'review-pull-request', ...repositoryOf(data), number, again: false, commits };
}

async function workflowRun(payload: unknown, findRun: FindRun): Promise<Job | null> {
  const { data } = WorkflowRunEvent.safeParse(payload);
  if (data === undefined) return null;
  const repository = repositoryOf(data);
  const runId = data.workflow_run.id;
  const number = await findRun(repository.owner, repository.name, runId);
  return number === undefined ? null : { kind: 'conclude-probe', ...repository, number, runId };
}

function issueComment(payload: unknown): Job | null {
  const { data } = IssueCommentEvent.safeParse(payload);
  if (data === undefined || !hasCommand(data.comment.body)) return null;
  const { id: comment, user } = data.comment;
  return { kind: 'react', ...repositoryOf(data), number: data.issue.number, comment, user: user.login };
}

function repositoryOf({
  installation,
  repository,
}: Pick<z.infer<typeof PullRequestEvent>, 'installation' | 'repository'>) {
  return { installation: installation.id, owner: repository.owner.login, name: repository.name };
}
