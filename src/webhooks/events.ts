/** What we read of GitHub's payloads; anything else in them is not looked at. Other payloads are no events of ours. */
import { z } from 'zod';

const Id = z.int().positive();
const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

const Common = {
  action: z.string(),
  installation: z.object({ id: Id }),
  repository: z.object({ name: z.string().min(1), owner: z.object({ login: z.string().min(1) }) }),
};

export const PullRequestEvent = z.object({
  ...Common,
  action: z.enum(['opened', 'synchronize', 'reopened', 'ready_for_review']),
  pull_request: z.object({
    number: Id,
    head: z.object({ sha: Sha }),
    base: z.object({ sha: Sha }),
  }),
});

export const WorkflowRunEvent = z.object({
  ...Common,
  action: z.literal('completed'),
  workflow_run: z.object({ id: Id, event: z.literal('workflow_dispatch') }),
});

export const IssueCommentEvent = z.object({
  ...Common,
  action: z.literal('created'),
  // On an issue that is no pull request, the key is missing.
  issue: z.object({ number: Id, state: z.literal('open'), pull_request: z.object({}) }),
  comment: z.object({
    id: Id,
    body: z.string(),
    user: z.object({ login: z.string().min(1), type: z.literal('User') }),
  }),
});
