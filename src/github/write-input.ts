/** Our report → what GraphQL and REST want to have. */
import type { Known } from './octokit-read.ts';
import type { PublishedReport, PublishedReview } from './ports.ts';

/** `UpdateCheckRunInput` */
export function checkInput(
  { repositoryId }: Known,
  { check, conclusion, title, summary, annotations }: PublishedReport,
): Record<string, unknown> {
  return {
    repositoryId,
    checkRunId: check.nodeId,
    status: 'COMPLETED',
    conclusion: conclusion.toUpperCase(),
    output: {
      title,
      summary,
      annotations: annotations.map(({ path, startLine, endLine, level, ...texts }) => ({
        path,
        location: { startLine, endLine },
        annotationLevel: level.toUpperCase(),
        title: texts.title,
        message: texts.message,
      })),
    },
  };
}

/** `AddPullRequestReviewInput`; the event is always a comment, never an approval or a demand. */
export function reviewInput({ pullRequestId }: Known, review: PublishedReview): Record<string, unknown> {
  return {
    pullRequestId,
    commitOID: review.head,
    event: 'COMMENT',
    body: review.body,
    threads: review.comments.map(({ path, line, startLine, body }) => ({
      path,
      line,
      side: 'RIGHT',
      ...(startLine === undefined || startLine === line ? {} : { startLine, startSide: 'RIGHT' }),
      body,
    })),
  };
}

/** Parameters of `PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}` */
export function checkParameters(report: PublishedReport): Record<string, unknown> {
  const { check, conclusion, title, summary, annotations } = report;
  return {
    check_run_id: check.id,
    status: 'completed',
    conclusion,
    output: {
      title,
      summary,
      annotations: annotations.map(({ path, startLine, endLine, level, ...texts }) => ({
        path,
        start_line: startLine,
        end_line: endLine,
        annotation_level: level,
        title: texts.title,
        message: texts.message,
      })),
    },
  };
}
