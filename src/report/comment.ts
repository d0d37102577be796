/** One inline comment: what is kept and by whom, the evidence, the fix, where to read on. Short enough for a phone. */
import { lines } from '../changes/edits.ts';
import { fixHunks } from '../changes/fix-hunks.ts';
import type { FixHunk } from '../changes/fix-hunks.ts';
import type { ReviewedFinding } from '../contract/review.ts';
import type { Finding } from '../contract/scan.ts';
import { causes } from './causes.ts';
import { baseLine, chart, fixLine, keptBy, measured, rate } from './evidence.ts';
import { code, fence, link, prose } from './markdown.ts';
import { isVisible } from './visible.ts';

/**
 * @param source text of the file; undefined: the fix is named and not shown
 * @param others of the same family: named, with what was measured of them
 * @param suggest false: the comment cannot stand on the lines that a suggestion would replace, so the fix is shown as a diff
 */
export function comment(
  item: ReviewedFinding,
  source: string | undefined,
  { others = [], suggest = true }: { others?: readonly ReviewedFinding[]; suggest?: boolean } = {},
): string {
  const { finding } = item;
  return [
    `**${prose(finding.message)}**`,
    evidence(item),
    fix(item, source, suggest),
    places(others),
    footer(finding),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** First and last line that the suggestion replaces: the comment must stand on exactly these. Null: there is none. */
export function suggestedLines(finding: Finding, source: string): { start: number; end: number } | null {
  if (finding.fix === undefined) return null;
  const hunks = fixHunks(source, finding.fix.edits);
  if (suggestion(finding, hunks, source) === null) return null;
  const { line } = finding.range.start;
  return { start: line, end: line + Math.max(1, hunks[0]?.removed.length ?? 0) - 1 };
}

export function evidence({ finding, result, verdict }: ReviewedFinding): string {
  if (verdict?.verdict !== 'confirmed' || result?.head == null) {
    return verdict === null ? '' : `Suspected, not measured: ${prose(verdict.reason)}`;
  }
  const bars = chart(result.head);
  const line = `Measured: ${prose(measured(result.head))}${bars === '' ? '' : ` ${bars}`} · ${prose(baseLine(result))}`;
  const path = keptBy(finding, result);
  return path === null ? line : `${line}\n\nKept by ${code(path.path)}${rate(path)}`;
}

function fix({ finding, result }: ReviewedFinding, source: string | undefined, suggest: boolean): string {
  if (finding.fix === undefined) return '';
  const proof = result === null ? 'not verified' : fixLine(result);
  const title = `${prose(finding.fix.title)} (${prose(proof)}):`;
  if (source === undefined) return title.replace(/:$/, '');
  const hunks = fixHunks(source, finding.fix.edits);
  const replacement = suggest ? suggestion(finding, hunks, source) : null;
  return `${title}\n\n${replacement === null ? diff(hunks) : fence(replacement.join('\n'), 'suggestion')}`;
}

/**
 * GitHub puts a suggestion in place of the commented lines as it stands: only a `safe` fix at the finding's own lines may be
 * one, and only when every character of it can be shown as it is.
 *
 * @returns the lines in place of the finding's first ones; null when the fix cannot be a suggestion
 */
function suggestion(
  { fix: offered, range }: Finding,
  hunks: readonly FixHunk[],
  source: string,
): string[] | null {
  const [hunk] = hunks;
  if (offered?.safety !== 'safe' || hunks.length !== 1 || hunk === undefined) return null;
  const { start, removed, added } = hunk;
  if (!added.every(isVisible)) return null;
  const anchor = range.start.line;
  if (removed.length > 0) return start === anchor ? [...added] : null;
  // A suggestion replaces at least one line: an insertion beside the anchor takes the anchor with it.
  const own = lines(source)[anchor - 1];
  if (own === undefined || !isVisible(own)) return null;
  if (start === anchor) return [...added, own];
  return start === anchor + 1 ? [own, ...added] : null;
}

function diff(hunks: readonly FixHunk[]): string {
  const text = hunks.flatMap(({ start, removed, added }) => [
    ...(hunks.length > 1 ? [`@@ line ${start} @@`] : []),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
  ]);
  return fence(text.join('\n'), 'diff');
}

/** More of a family than this are counted only. */
const MAX_PLACES = 10;

function places(others: readonly ReviewedFinding[]): string {
  if (others.length === 0) return '';
  const rows = others.slice(0, MAX_PLACES).map(({ finding, verdict, result }) => {
    const proof =
      verdict?.verdict === 'confirmed' && result?.head != null ? measured(result.head) : 'not measured';
    const where = finding.symbol === '' ? '' : ` in ${code(finding.symbol)}`;
    return `- line ${finding.range.start.line}${where}: ${prose(finding.message)} (${prose(proof)})`;
  });
  const more = others.length > MAX_PLACES ? [`- and ${others.length - MAX_PLACES} more`] : [];
  return ['The same here:', '', ...rows, ...more].join('\n');
}

function footer({ cause, rule, url }: Finding): string {
  const { title, remedy } = causes[cause];
  return `<sub>${title}: ${remedy} · ${link(rule, url)} · to ignore: ${code(`# leakcheck: ignore[${rule}] reason`)}</sub>`;
}
