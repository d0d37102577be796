/** GitHub's limits on what we send; checked before sending, so that a report is never half written. */
import { code } from '../report/markdown.ts';
import { Refused } from './errors.ts';
import type { ProbeDispatch, PublishedReport, PublishedReview } from './ports.ts';

export const MAX_FILES = 300;
export const MAX_ANNOTATIONS = 50;
/** Characters of a check's summary and of a comment. */
export const MAX_TEXT = 65_535;
export const MAX_INPUTS = 25;

/** @throws Refused */
export function requireReport(report: PublishedReport): void {
  requireText('summary of the check', report.summary);
  requireCount('annotations', report.annotations.length, MAX_ANNOTATIONS);
  for (const { path, message } of report.annotations) requireText(`annotation of ${path}`, message);
  if (report.review === null) return;
  requireText('body of the review', report.review.body);
  for (const { path, line, body } of report.review.comments) requireText(`comment on ${path}:${line}`, body);
}

/** @throws Refused */
export function requireDispatch({ workflow, inputs }: ProbeDispatch): void {
  requireCount(`inputs for ${workflow}`, Object.keys(inputs).length, MAX_INPUTS);
  const size = Object.values(inputs).reduce((sum, value) => sum + value.length, 0);
  if (size > MAX_TEXT)
    throw new Refused(`The inputs for ${workflow} have ${size} characters, GitHub takes ${MAX_TEXT}`);
}

/**
 * The same review without threads: what GitHub takes when a line is not in the diff that it knows, as after a
 * force-push. Nothing that was found gets lost.
 */
export function withoutThreads(review: PublishedReview): PublishedReview {
  const texts = review.comments.map(({ path, line, body }) => `**${code(path)}, line ${line}**\n\n${body}`);
  return { ...review, body: whole([review.body, ...texts]), comments: [] };
}

/** As many of the texts as fit, none of them cut: half a fence would swallow the rest. */
function whole(texts: readonly string[]): string {
  const left = 'More did not fit here; the check lists all.';
  let body = '';
  for (const text of texts.filter((part) => part !== '')) {
    const longer = body === '' ? text : `${body}\n\n---\n\n${text}`;
    if (longer.length + left.length + 2 > MAX_TEXT) return `${body}\n\n${left}`;
    body = longer;
  }
  return body;
}

function requireText(what: string, text: string): void {
  if (text.length > MAX_TEXT)
    throw new Refused(`The ${what} has ${text.length} characters, GitHub takes ${MAX_TEXT}`);
}

function requireCount(what: string, count: number, maximum: number): void {
  if (count > maximum) throw new Refused(`There are ${count} ${what}, GitHub takes ${maximum} at once`);
}
