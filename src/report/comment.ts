/** One inline comment: what is kept and by whom, the evidence, the fix, where to read on. Short enough for a phone. */
import { fixHunks } from '../changes/fix-hunks.ts';
import type { FixHunk } from '../changes/fix-hunks.ts';
import type { ReviewedFinding } from '../contract/review.ts';
import type { Finding } from '../contract/scan.ts';
import { causes } from './causes.ts';
import { baseLine, chart, fixLine, keptBy, measured } from './evidence.ts';
import { code, fence, link, prose } from './markdown.ts';
import { isVisible } from './visible.ts';

/** @param source text of the file; undefined: the fix is named and not shown */
export function comment(item: ReviewedFinding, source: string | undefined): string {
  const { finding } = item;
  return [`**${prose(finding.message)}**`, evidence(item), fix(item, source), footer(finding)]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function evidence({ result, verdict }: ReviewedFinding): string {
  if (verdict?.verdict !== 'confirmed' || result?.head == null) {
    return verdict === null ? '' : `Suspected, not measured: ${prose(verdict.reason)}`;
  }
  const bars = chart(result.head);
  const line = `Measured: ${prose(measured(result.head))}${bars === '' ? '' : ` ${bars}`} · ${prose(baseLine(result))}`;
  const path = keptBy(result);
  return path === null ? line : `${line}\nKept by ${code(path)}`;
}

function fix({ finding, result }: ReviewedFinding, source: string | undefined): string {
  if (finding.fix === undefined) return '';
  const proof = result === null ? 'not verified' : fixLine(result);
  const title = `${prose(finding.fix.title)} (${prose(proof)}):`;
  const hunks = source === undefined ? [] : fixHunks(source, finding.fix.edits);
  if (hunks.length === 0) return title.replace(/:$/, '');
  return `${title}\n\n${isSuggestion(finding, hunks) ? suggestion(finding, hunks) : diff(hunks)}`;
}

/**
 * GitHub applies a suggestion to the commented lines as it stands: only a `safe` fix of exactly those lines may be one, and
 * only when every character of it can be shown as it is.
 */
function isSuggestion(finding: Finding, hunks: readonly FixHunk[]): boolean {
  const [hunk] = hunks;
  return (
    finding.fix?.safety === 'safe' &&
    hunks.length === 1 &&
    hunk !== undefined &&
    hunk.removed.length > 0 &&
    hunk.start === finding.range.start.line &&
    hunk.added.every(isVisible)
  );
}

function suggestion(_: Finding, hunks: readonly FixHunk[]): string {
  return fence(hunks.flatMap(({ added }) => added).join('\n'), 'suggestion');
}

function diff(hunks: readonly FixHunk[]): string {
  const text = hunks.flatMap(({ removed, added }) => [
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
  ]);
  return fence(text.join('\n'), 'diff');
}

function footer({ cause, rule, url }: Finding): string {
  const { title, remedy } = causes[cause];
  return `<sub>${title}: ${remedy} · ${link(rule, url)} · to ignore: ${code(`# leakcheck: ignore[${rule}] reason`)}</sub>`;
}
