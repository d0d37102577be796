import { z } from 'zod';
import { TooManyFiles } from './errors.ts';
import { MAX_FILES } from './limits.ts';
import { type Octokit, parse, request } from './octokit.ts';
import { type Call, httpFailure, mapError } from './octokit-errors.ts';
import { type Known, readPullRequest } from './octokit-read.ts';
import type { PullRequests, RemoteComparison, RepositoryRef } from './ports.ts';

const Comparison = z.object({
  merge_base_commit: z.object({ sha: z.string() }),
  files: z
    .array(
      z.object({
        filename: z.string(),
        previous_filename: z.string().optional(),
        status: z.enum(['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged']),
        patch: z.string().optional(),
      }),
    )
    .default([]),
});

const Role = z.enum(['admin', 'maintain', 'write', 'triage', 'read', 'none']);
const Collaborator = z.object({ permission: Role, role_name: z.string() });

/** @param remember what was read, for the writes */
export function octokitPullRequests(octokit: Octokit, remember: (known: Known) => void): PullRequests {
  return {
    compare: (repository, base, head) => compare(octokit, repository, base, head),
    async read(repository, number, blobs) {
      const { state, known } = await readPullRequest(octokit, repository, number, blobs);
      remember(known);
      return state;
    },
    permission: (repository, user) => permission(octokit, repository, user),
  };
}

async function compare(
  octokit: Octokit,
  repository: RepositoryRef,
  base: string,
  head: string,
): Promise<RemoteComparison> {
  const call: Call = { repository, task: `compare ${base} with ${head}`, permission: 'contents: read' };
  const { data } = await request(
    octokit,
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    // Only the first page has the files; the commits are of no use.
    { owner: repository.owner, repo: repository.name, basehead: `${base}...${head}`, page: 1, per_page: 1 },
    call,
  );
  const { merge_base_commit: mergeBase, files } = parse(Comparison, data, call);
  if (files.length >= MAX_FILES) {
    throw new TooManyFiles(
      `${base}...${head} of ${repository.owner}/${repository.name} touches ${MAX_FILES} files or more, which GitHub does not list in one answer; split the pull request`,
    );
  }
  return {
    mergeBase: mergeBase.sha,
    files: files.map(({ filename, previous_filename: previousPath, status, patch }) => ({
      path: filename,
      previousPath,
      status,
      patch,
    })),
  };
}

async function permission(
  octokit: Octokit,
  repository: RepositoryRef,
  user: string,
): Promise<z.infer<typeof Role>> {
  const call: Call = { repository, task: `ask what ${user} may do`, permission: 'metadata: read' };
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      owner: repository.owner,
      repo: repository.name,
      username: user,
    });
    const { permission: basic, role_name: name } = parse(Collaborator, data, call);
    // A custom role has a name of its own; then the basic permission that it builds on counts.
    const role = Role.safeParse(name);
    return role.success ? role.data : basic;
  } catch (error) {
    // GitHub knows no such user here.
    if (httpFailure(error)?.status === 404) return 'none';
    throw mapError(error, call);
  }
}
