/** What the twin knows: plain data that tests may read and change between two steps, as people do on GitHub. */
import type { GitRepository } from './git-repository.ts';

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
export type Access = 'read' | 'write';

export interface Installation {
  readonly id: number;
  /** As the App was granted them here: `checks` → `write`. */
  readonly permissions: Record<string, Access>;
  readonly repositories: string[];
  suspended: boolean;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly git: GitRepository;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  readonly roles: Record<string, Role>;
  readonly pullRequests: PullRequest[];
  readonly checks: CheckRun[];
  readonly runs: WorkflowRun[];
  readonly comments: IssueComment[];
}

export interface PullRequest {
  readonly number: number;
  readonly author: string;
  readonly repository: Repository;
  readonly from: Repository;
  readonly branch: string;
  base: string;
  isDraft: boolean;
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  readonly reviews: Review[];
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly head: string;
  readonly key: string;
  /** The slug of the App that made it: anybody may take the same name. */
  readonly app: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  title: string;
  summary: string;
  readonly annotations: Annotation[];
}

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: string;
  readonly title: string;
  readonly message: string;
}

export interface Review {
  readonly id: number;
  readonly author: string;
  readonly head: string;
  readonly body: string;
  readonly threads: Thread[];
}

export interface Thread {
  readonly id: number;
  readonly path: string;
  readonly line: number;
  readonly startLine: number | undefined;
  isResolved: boolean;
  isOutdated: boolean;
  readonly comments: { readonly id: number; readonly author: string; body: string }[];
}

export interface IssueComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly pullRequest: number;
  readonly reactions: { readonly user: string; readonly content: string }[];
}

export interface WorkflowRun {
  readonly id: number;
  readonly workflow: string;
  readonly ref: string;
  /** The commit of the ref: the version of the workflow that runs. */
  readonly head: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Login of who started it. */
  readonly actor: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'cancelled' | 'timed_out' | null;
  readonly artifacts: Artifact[];
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** The ZIP archive as it lies in the storage. */
  readonly archive: Buffer;
  expired: boolean;
}

export interface World {
  readonly app: { readonly id: number; readonly slug: string };
  readonly installations: Installation[];
  readonly repositories: Repository[];
  /** The next free number; GitHub's ids are unique over all. */
  nextId(): number;
}

export function botOf({ app }: World): string {
  return `${app.slug}[bot]`;
}

export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  return world.repositories.find((one) => one.owner === owner && one.name === name);
}

/** The head of a pull request: a branch of its repository, or of the fork. */
export async function headOf({ from, branch }: PullRequest): Promise<string> {
  const sha = await from.git.resolve(`refs/heads/${branch}`);
  if (sha === undefined) throw new Error(`${from.owner}/${from.name} has no branch ${branch}`);
  return sha;
}

export async function baseOf({ repository, base }: PullRequest): Promise<string> {
  const sha = await repository.git.resolve(`refs/heads/${base}`);
  if (sha === undefined) throw new Error(`${repository.owner}/${repository.name} has no branch ${base}`);
  return sha;
}
