/** GitHub in memory, as strict as GitHub where our stories can go wrong. One pull request, its repository, its runs. */
import { diffLines } from '../../src/changes/diff-lines.ts';
import { MAX_REPORT_BYTES } from '../../src/contract/report.ts';
import { MAX_BLOBS } from '../../src/github/documents.ts';
import {
  BadArtifact,
  MissingPermission,
  MissingWorkflow,
  NotFound,
  TooManyFiles,
} from '../../src/github/errors.ts';
import { MAX_FILES, requireDispatch, requireReport } from '../../src/github/limits.ts';
import type {
  CheckStart,
  Host,
  OwnThread,
  ProbeDispatch,
  PublishedReport,
  PublishedReview,
  PullRequests,
  PullRequestState,
  RemoteBlob,
  RemoteComparison,
  RemoteFile,
  RepositoryRef,
} from '../../src/github/ports.ts';
import { wasPosted, withoutThreads } from '../../src/github/review-forms.ts';
import { patchBetween } from './patch.ts';

type Content = string | Uint8Array;
type Permission = Awaited<ReturnType<PullRequests['permission']>>;

/** All of it may be changed between two steps, as on GitHub. */
export interface World {
  readonly repository: RepositoryRef;
  pullRequest: Omit<PullRequestState, 'config' | 'blobs' | 'threads'> & { readonly number: number };
  config: PullRequestState['config'];
  /** Commit → path → content. */
  trees: Record<string, Record<string, Content>>;
  /** Of base and head; unless it is there, base itself. */
  mergeBase?: string;
  users: Record<string, Permission>;
  /** What the installation was not granted, such as `checks: write`. */
  withheld: string[];
  /** Workflow file → the refs where it is. */
  workflows: Record<string, readonly string[]>;
  /** Run → what it left. */
  artifacts: Record<
    number,
    readonly { readonly name: string; readonly file: Uint8Array; expired?: boolean }[]
  >;
}

export interface MemoryCheck extends CheckStart {
  readonly id: number;
  readonly nodeId: string;
  report: PublishedReport | null;
}

export interface MemoryHost extends Host {
  readonly world: World;
  readonly checks: readonly MemoryCheck[];
  readonly reviews: readonly PublishedReview[];
  readonly threads: OwnThread[];
  readonly reactions: readonly { readonly comment: number; readonly content: string }[];
  readonly dispatches: readonly (ProbeDispatch & { readonly runId: number })[];
  /** Requests that GitHub would have counted. */
  requests: number;
}

export function createMemoryHost(world: World): MemoryHost {
  const checks: MemoryCheck[] = [];
  const reviews: PublishedReview[] = [];
  const threads: OwnThread[] = [];
  const reactions: { comment: number; content: string }[] = [];
  const dispatches: (ProbeDispatch & { runId: number })[] = [];

  function request(repository: RepositoryRef, permission: string, count = 1): Promise<void> {
    host.requests += count;
    const { owner, name } = world.repository;
    if (repository.owner !== owner || repository.name !== name)
      return Promise.reject(new NotFound(`${repository.owner}/${repository.name} is not here`));
    if (world.withheld.includes(permission))
      return Promise.reject(new MissingPermission(`The permission "${permission}" is missing`, permission));
    return Promise.resolve();
  }

  function tree(commit: string): Record<string, Content> {
    const found = world.trees[commit];
    if (found === undefined) throw new NotFound(`Commit ${commit} is not here`);
    return found;
  }

  function compare(base: string, head: string): RemoteComparison {
    const mergeBase = world.mergeBase ?? base;
    const files = changed(tree(mergeBase), tree(head));
    if (files.length >= MAX_FILES) throw new TooManyFiles(`${MAX_FILES} files or more differ`);
    return { mergeBase, files };
  }

  function post(review: PublishedReview): void {
    const { files } = compare(world.pullRequest.base, review.head);
    const shown = new Map(files.map(({ path, patch }) => [path, diffLines(patch ?? '').shown]));
    const inDiff = review.comments.every(({ path, line, startLine = line }) => {
      const lines = shown.get(path);
      return startLine <= line && lines?.has(line) === true && lines.has(startLine);
    });
    if (!inDiff) host.requests += 1;
    const posted = inDiff ? review : withoutThreads(review);
    reviews.push(posted);
    for (const { body } of posted.comments) {
      const id = threads.length + 1;
      const thread = { id: `PRRT_${id}`, commentId: `PRRC_${id}`, body };
      threads.push({ ...thread, isResolved: false, isOutdated: false, hasReplies: false });
    }
  }

  const host: MemoryHost = {
    world,
    checks,
    reviews,
    threads,
    reactions,
    dispatches,
    requests: 0,
    pullRequests: {
      async compare(repository, base, head) {
        await request(repository, 'contents: read');
        return compare(base, head);
      },
      async read(repository, number, blobs) {
        await request(repository, 'pull_requests: write', Math.max(1, Math.ceil(blobs.length / MAX_BLOBS)));
        const { number: ours, ...state } = world.pullRequest;
        if (number !== ours) throw new NotFound(`Pull request #${number} is not here`);
        const contents = blobs.map(({ commit, path }) => blob(world.trees[commit]?.[path]));
        return { ...state, config: world.config, blobs: contents, threads: [...threads] };
      },
      async permission(repository, user) {
        await request(repository, 'metadata: read');
        return world.users[user] ?? 'none';
      },
    },
    reports: {
      async startCheck(repository, start) {
        const earlier = checks.find(({ head, key }) => head === start.head && key === start.key);
        if (earlier !== undefined) {
          return { id: earlier.id, nodeId: earlier.nodeId, isConcluded: earlier.report !== null };
        }
        await request(repository, 'checks: write');
        tree(start.head);
        const id = checks.length + 1;
        checks.push({ ...start, id, nodeId: `CR_${id}`, report: null });
        return { id, nodeId: `CR_${id}`, isConcluded: false };
      },
      async publish(repository, report) {
        requireReport(report);
        const check = checks.find(({ id }) => id === report.check.id);
        if (check === undefined) throw new NotFound(`Check run ${report.check.id} is not here`);
        const { review } = report;
        const isPosted = review !== null && wasPosted(reviews, review);
        if (check.report !== null && (review === null || isPosted)) return;
        await request(repository, 'checks: write');
        check.report ??= report;
        if (review === null || isPosted) return;
        await request(repository, 'pull_requests: write', 0);
        post(review);
      },
      async react(repository, comment, content) {
        await request(repository, 'issues: write');
        if (!reactions.some((one) => one.comment === comment && one.content === content))
          reactions.push({ comment, content });
      },
    },
    probes: {
      async dispatch(repository, run) {
        requireDispatch(run);
        await request(repository, 'actions: write');
        if (world.workflows[run.workflow]?.includes(run.ref) !== true)
          throw new MissingWorkflow(`${run.workflow} is not at ${run.ref}`);
        const runId = 1000 + dispatches.length;
        dispatches.push({ ...run, runId });
        const { owner, name } = repository;
        return { runId, url: `https://github.com/${owner}/${name}/actions/runs/${runId}` };
      },
      async artifact(repository, runId, name) {
        await request(repository, 'actions: write');
        const found = (world.artifacts[runId] ?? []).filter((artifact) => artifact.name === name);
        const [artifact] = found;
        if (artifact === undefined || found.length > 1)
          throw new BadArtifact(`Run ${runId} has ${found.length} artifacts with the name ${name}, not one`);
        if (artifact.expired === true) throw new BadArtifact(`${name} of run ${runId} has expired`);
        host.requests += 1;
        if (artifact.file.length > MAX_REPORT_BYTES) throw new BadArtifact(`${name} is too large`);
        return artifact.file;
      },
    },
  };
  return host;
}

function changed(before: Record<string, Content>, after: Record<string, Content>): RemoteFile[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path): RemoteFile[] => {
    const [old, now] = [before[path], after[path]];
    if (old !== undefined && now !== undefined && Buffer.from(old).equals(Buffer.from(now))) return [];
    const status = old === undefined ? 'added' : now === undefined ? 'removed' : 'modified';
    const isText = !isBinary(old ?? '') && !isBinary(now ?? '');
    const patch = isText ? patchBetween(text(old ?? ''), text(now ?? '')) : undefined;
    return [{ path, previousPath: undefined, status, patch }];
  });
}

/** GitHub cuts the text of larger blobs in GraphQL. */
const MAX_BLOB_TEXT = 512_000;

function blob(content: Content | undefined): RemoteBlob {
  if (content === undefined) return { missing: 'absent' };
  if (isBinary(content)) return { missing: 'binary' };
  return content.length > MAX_BLOB_TEXT ? { missing: 'truncated' } : { text: text(content) };
}

function isBinary(content: Content): boolean {
  return Buffer.from(content).includes(0);
}

function text(content: Content): string {
  return Buffer.from(content).toString('utf8');
}
