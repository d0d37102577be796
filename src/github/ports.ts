/**
 * What the stories need of GitHub, in three small ports. The App brings them on Probot's octokit, the Action on
 * `@octokit/rest`, tests in memory; one contract suite holds all of them. What they throw: `errors.ts`.
 */

/** One for each job: it remembers what it read of the pull request. */
export interface Host {
  readonly pullRequests: PullRequests;
  readonly reports: Reports;
  readonly probes: Probes;
}

export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
}

/** Reads. */
export interface PullRequests {
  /**
   * What differs between the merge base of the two commits and `head`. One request.
   *
   * @throws TooManyFiles from 300 files on: one answer holds no more, and does not say whether there are
   */
  compare(repository: RepositoryRef, base: string, head: string): Promise<RemoteComparison>;

  /**
   * The present state of the pull request, the config, our threads, and the asked blobs. One request for up to 50
   * blobs and 100 threads.
   */
  read(repository: RepositoryRef, number: number, blobs: readonly BlobRef[]): Promise<PullRequestState>;

  /** What a user may do here, by GitHub's word and not by the author association. One request. */
  permission(
    repository: RepositoryRef,
    user: string,
  ): Promise<'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'>;
}

export interface RemoteComparison {
  readonly mergeBase: string;
  readonly files: readonly RemoteFile[];
}

export interface RemoteFile {
  readonly path: string;
  /** The path at the merge base, when the file was renamed. */
  readonly previousPath: string | undefined;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  /** Unified hunks; absent for binary and for large files. */
  readonly patch: string | undefined;
}

export interface BlobRef {
  readonly commit: string;
  readonly path: string;
}

export interface PullRequestState {
  readonly isOpen: boolean;
  readonly isDraft: boolean;
  readonly head: string;
  readonly base: string;
  /** The head branch lives in another repository. */
  readonly isFork: boolean;
  readonly author: string;
  /** Text of `.github/leakcheck.yml` on the default branch, else of the organisation's `.github` repository. */
  readonly config: { readonly text: string; readonly source: string } | null;
  /** In the order asked: the text, or why there is none. */
  readonly blobs: readonly RemoteBlob[];
  /** Review threads begun by us. */
  readonly threads: readonly OwnThread[];
}

export type RemoteBlob = { readonly text: string } | { readonly missing: 'absent' | 'binary' | 'truncated' };

export interface OwnThread {
  readonly id: string;
  readonly commentId: string;
  readonly body: string;
  readonly isResolved: boolean;
  readonly isOutdated: boolean;
  readonly hasReplies: boolean;
}

/** Writes what people see. */
export interface Reports {
  /**
   * Puts the check in progress. One request, and none where `read` has seen our check of this head and key already.
   */
  startCheck(repository: RepositoryRef, check: CheckStart): Promise<StartedCheck>;

  /**
   * Concludes the check and, when there is news, posts the one review of the push. One request after `read`, else two.
   * What an earlier attempt got through is not written again. Where GitHub takes no comment on a line, the
   * comments go into the body of the review, with one more request.
   *
   * @throws Refused above one of GitHub's limits
   */
  publish(repository: RepositoryRef, report: PublishedReport): Promise<void>;

  /** 👀 and the like on a comment. One request. */
  react(repository: RepositoryRef, comment: number, content: 'eyes' | 'rocket' | 'confused'): Promise<void>;
}

export interface CheckStart {
  readonly head: string;
  /** Our own key (`external_id`): the same push gives the same key. */
  readonly key: string;
  readonly title: string;
  readonly summary: string;
}

export interface CheckRef {
  readonly id: number;
  readonly nodeId: string;
}

export interface StartedCheck extends CheckRef {
  /** This push was reported before: there is nothing left to do. */
  readonly isConcluded: boolean;
}

export interface PublishedReport {
  readonly check: CheckRef;
  readonly conclusion: 'success' | 'neutral' | 'failure' | 'action_required';
  readonly title: string;
  readonly summary: string;
  /** At most 50. */
  readonly annotations: readonly CheckAnnotation[];
  /** Null: no news, so no review. */
  readonly review: PublishedReview | null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface PublishedReview {
  readonly pullRequest: number;
  readonly head: string;
  readonly body: string;
  readonly comments: readonly {
    readonly path: string;
    readonly line: number;
    readonly startLine: number | undefined;
    readonly body: string;
  }[];
}

/** Starts probe runs and takes their results. */
export interface Probes {
  /** One request. @returns the id of the workflow run @throws MissingWorkflow, MissingPermission */
  dispatch(
    repository: RepositoryRef,
    run: ProbeDispatch,
  ): Promise<{ readonly runId: number; readonly url: string }>;

  /**
   * The one file in the one artifact with that name of that run. Two requests, and the download, which is not counted.
   *
   * @throws BadArtifact with the reason
   */
  artifact(repository: RepositoryRef, runId: number, name: string): Promise<Uint8Array>;
}

export interface ProbeDispatch {
  /** File name of the workflow. */
  readonly workflow: string;
  /** The protected branch or tag whose version of the workflow runs. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}
