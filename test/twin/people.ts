/** What people do on GitHub: each step changes the world and sends the webhooks that it would send. */
import { join } from 'node:path';
import type { Json } from '../support/github-schemas.ts';
import type { Deliveries } from './deliveries.ts';
import { type Files, createGitRepository } from './git-repository.ts';
import { pageOfRun } from './routes/actions.ts';
import { baseOf, headOf } from './world.ts';
import type { Access, Installation, PullRequest, Repository, Role, WorkflowRun, World } from './world.ts';

export interface People {
  createRepository(options: {
    readonly owner: string;
    readonly name: string;
    readonly files: Files;
    readonly isPrivate?: boolean;
    readonly roles?: Record<string, Role>;
  }): Promise<Repository>;
  install(repositories: readonly Repository[], permissions: Record<string, Access>): Installation;
  fork(repository: Repository, owner: string): Promise<Repository>;
  openPullRequest(options: {
    readonly repository: Repository;
    readonly author: string;
    readonly branch: string;
    readonly files: Files;
    readonly from?: Repository;
    readonly isDraft?: boolean;
  }): Promise<PullRequest>;
  /** One more commit on the branch of the pull request. */
  push(pullRequest: PullRequest, files: Files): Promise<string>;
  comment(pullRequest: PullRequest, author: string, body: string): Promise<number>;
  /** GitHub Actions is done with a run. */
  endRun(repository: Repository, run: WorkflowRun): Promise<void>;
}

export function createPeople(world: World, deliveries: Deliveries, folder: string): People {
  const common = (repository: Repository): Record<string, Json> => {
    const full = `${repository.owner}/${repository.name}`;
    const installation = world.installations.find(({ repositories }) => repositories.includes(full));
    return {
      installation: { id: installation?.id ?? 0 },
      repository: {
        id: repository.id,
        name: repository.name,
        full_name: full,
        private: repository.isPrivate,
        owner: { login: repository.owner },
      },
    };
  };

  async function addRepository(
    owner: string,
    name: string,
    isPrivate: boolean,
    roles: Record<string, Role>,
  ): Promise<Repository> {
    const repository: Repository = {
      id: world.nextId(),
      owner,
      name,
      git: await createGitRepository(join(folder, owner, name), 'main'),
      defaultBranch: 'main',
      isPrivate,
      roles: { [owner]: 'admin', ...roles },
      pullRequests: [],
      checks: [],
      runs: [],
      comments: [],
    };
    world.repositories.push(repository);
    return repository;
  }

  /** Refs for everybody to fetch, and the event. */
  async function announce(pullRequest: PullRequest, action: string, event: string): Promise<void> {
    const { repository, from, number, author, isDraft } = pullRequest;
    const [head, base] = [await headOf(pullRequest), await baseOf(pullRequest)];
    if (from !== repository) await repository.git.fetch(from.git, head);
    await repository.git.point(`refs/pull/${number}/head`, head);
    await deliveries.send(event, 'pull_request', {
      ...common(repository),
      action,
      number,
      pull_request: {
        number,
        draft: isDraft,
        user: { login: author },
        head: { sha: head, ref: pullRequest.branch },
        base: { sha: base, ref: pullRequest.base },
      },
      sender: { login: author },
    });
  }

  return {
    async createRepository({ owner, name, files, isPrivate = false, roles = {} }) {
      const repository = await addRepository(owner, name, isPrivate, roles);
      await repository.git.commit(repository.defaultBranch, files);
      return repository;
    },
    install(repositories, permissions) {
      const installation = {
        id: world.nextId(),
        permissions,
        repositories: repositories.map(({ owner, name }) => `${owner}/${name}`),
        suspended: false,
      };
      world.installations.push(installation);
      return installation;
    },
    async fork(repository, owner) {
      const forked = await addRepository(owner, repository.name, repository.isPrivate, {});
      const head = await repository.git.resolve(`refs/heads/${repository.defaultBranch}`);
      if (head === undefined) throw new Error('an empty repository cannot be forked');
      await forked.git.fetch(repository.git, head);
      await forked.git.point(`refs/heads/${forked.defaultBranch}`, head);
      return forked;
    },
    async openPullRequest({ repository, author, branch, files, from = repository, isDraft = false }) {
      await from.git.commit(branch, files, `refs/heads/${from.defaultBranch}`);
      const pullRequest: PullRequest = {
        number: repository.pullRequests.length + 1,
        author,
        repository,
        from,
        branch,
        base: repository.defaultBranch,
        isDraft,
        state: 'OPEN',
        reviews: [],
      };
      repository.pullRequests.push(pullRequest);
      await announce(pullRequest, 'opened', 'pull-request-opened');
      return pullRequest;
    },
    async push(pullRequest, files) {
      const before = await headOf(pullRequest);
      const sha = await pullRequest.from.git.commit(pullRequest.branch, files);
      if (before === sha) throw new Error('nothing was pushed');
      await announce(pullRequest, 'synchronize', 'pull-request-synchronize');
      return sha;
    },
    async comment({ repository, number, state }, author, body) {
      const id = world.nextId();
      repository.comments.push({ id, author, body, pullRequest: number, reactions: [] });
      await deliveries.send('issue-comment-created', 'issue_comment', {
        ...common(repository),
        action: 'created',
        issue: {
          number,
          state: state === 'OPEN' ? 'open' : 'closed',
          user: { login: author, id: 1 },
          pull_request: {},
        },
        comment: { id, body, user: { login: author, type: 'User' } },
        sender: { login: author },
      });
      return id;
    },
    async endRun(repository, run) {
      await deliveries.send('workflow-run-completed', 'workflow_run', {
        ...common(repository),
        action: 'completed',
        workflow_run: {
          id: run.id,
          event: 'workflow_dispatch',
          head_sha: run.head,
          head_branch: run.ref,
          conclusion: run.conclusion,
          html_url: pageOfRun(repository, run.id),
          path: `.github/workflows/${run.workflow}`,
        },
        sender: { login: run.actor },
      });
    },
  };
}
