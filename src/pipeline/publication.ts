/** A review → what is posted of it. */
import type { DiffLines } from '../changes/diff-lines.ts';
import type { ReviewDocument, ReviewedFinding } from '../contract/review.ts';
import type { CheckAnnotation, CheckRef, PublishedReport, PublishedReview } from '../github/ports.ts';
import { checkSummary, checkTitle } from '../report/check.ts';
import { comment, suggestedLines } from '../report/comment.ts';
import { families, type Family } from '../report/families.ts';
import { capBody, prose } from '../report/markdown.ts';
import { marker } from '../report/marker.ts';
import { cap, oneLine } from '../report/visible.ts';
import type { Sources } from './examine.ts';

export interface PublicationFacts {
  readonly check: CheckRef;
  readonly pullRequest: number;
  readonly sources: Sources;
  readonly diff: ReadonlyMap<string, DiffLines>;
  /** Fingerprints that have a comment of ours already, answered or not: said once is enough. */
  readonly commented: ReadonlySet<string>;
  /** Signs our comments. */
  readonly key: string;
  readonly scope: string;
  /** Markdown of our own below the summary, such as the links to the probe runs. */
  readonly footnotes: readonly string[];
}

const MAX_ANNOTATIONS = 50;
const MAX_TITLE = 200;
const MAX_ANNOTATION = 2_000;

export function publication(document: ReviewDocument, facts: PublicationFacts): PublishedReport {
  const shownAs = (kind: 'inline' | 'annotation') =>
    document.findings.filter(({ placement }) => placement.kind === kind);
  const fresh = shownAs('inline').filter(({ finding }) => !facts.commented.has(finding.fingerprint));
  return {
    check: facts.check,
    conclusion: document.conclusion.conclusion,
    title: cap(oneLine(checkTitle(document)), MAX_TITLE),
    summary: capBody([checkSummary(document), ...facts.footnotes].join('\n\n')),
    annotations: shownAs('annotation').slice(0, MAX_ANNOTATIONS).map(annotation),
    review: fresh.length === 0 ? null : review(document, fresh, facts),
  };
}

function review(
  document: ReviewDocument,
  items: readonly ReviewedFinding[],
  facts: PublicationFacts,
): PublishedReview {
  return {
    pullRequest: facts.pullRequest,
    head: document.head.commit ?? '',
    body: `${prose(checkTitle(document))}. The check has the details.`,
    comments: families(items).map((family) => inlineComment(family, facts)),
  };
}

function inlineComment(
  { lead, others }: Family<ReviewedFinding>,
  facts: PublicationFacts,
): PublishedReview['comments'][number] {
  const { finding, placement } = lead;
  const source = facts.sources.get(finding.path);
  const lines = source === undefined ? null : suggestedLines(finding, source);
  const shown = facts.diff.get(finding.path)?.shown;
  // A suggestion replaces the commented lines, and GitHub takes comments on lines of the diff only.
  const suggest = lines !== null && range(lines).every((line) => shown?.has(line) === true);
  const body = comment(lead, source, { others, suggest });
  const said = [lead, ...others].map(({ finding: { fingerprint } }) =>
    marker(facts.key, facts.scope, fingerprint),
  );
  return {
    path: finding.path,
    line: suggest ? lines.end : placement.line,
    startLine: suggest && lines.start < lines.end ? lines.start : undefined,
    body: `${body}\n\n${said.join('\n')}`,
  };
}

function annotation({ finding, verdict, result }: ReviewedFinding): CheckAnnotation {
  const { start, end } = finding.range;
  const why = verdict === null ? '' : ` (${verdict.verdict}: ${result?.head?.reason ?? verdict.reason})`;
  return {
    path: finding.path,
    startLine: start.line,
    endLine: end.line,
    level: 'warning',
    title: finding.rule,
    message: cap(oneLine(`${finding.message}${why}`), MAX_ANNOTATION),
  };
}

function range({ start, end }: { start: number; end: number }): number[] {
  return Array.from({ length: end - start + 1 }, (_, index) => start + index);
}
