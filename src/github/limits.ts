/** GitHub's limits on what we send; checked before sending, so that a report is never half written. */
import { Refused } from './errors.ts';
import type { ProbeDispatch, PublishedReport } from './ports.ts';

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

function requireText(what: string, text: string): void {
  if (text.length > MAX_TEXT)
    throw new Refused(`The ${what} has ${text.length} characters, GitHub takes ${MAX_TEXT}`);
}

function requireCount(what: string, count: number, maximum: number): void {
  if (count > maximum) throw new Refused(`There are ${count} ${what}, GitHub takes ${maximum} at once`);
}
