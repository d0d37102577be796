/** One finding as a block of lines. */
import { fixHunks } from '../../changes/fix-hunks.ts';
import type { ReviewedFinding } from '../../contract/review.ts';
import type { Finding } from '../../contract/scan.ts';
import { baseLine, chart, fixLine, keptBy, measured, pathLine } from '../evidence.ts';
import { excerpt } from '../excerpt.ts';
import { cap, oneLine, visible } from '../visible.ts';
import { wrap } from './style.ts';
import type { Style } from './style.ts';

const INDENT = '  ';
const LABEL = 10;

/** @param source text of the file; undefined: no excerpt and no fix as a diff */
export function reviewedFinding(item: ReviewedFinding, source: string | undefined, style: Style): string[] {
  const { finding, verdict, result } = item;
  const word = verdict?.verdict ?? item.state;
  const colour = word === 'confirmed' ? style.red : style.yellow;
  return [
    heading(`${word === 'confirmed' ? '✖' : '?'} ${word}`, colour, finding, style),
    ...body(finding, source, style),
    ...(result?.head == null || verdict?.verdict !== 'confirmed' ? [] : evidence(item, style)),
    ...(verdict?.verdict === 'confirmed' ? [] : labelled('because', verdict?.reason ?? '', style)),
    ...fix(finding, result === null ? null : fixLine(result), source, style),
    ...labelled('rule', finding.url, style),
  ];
}

/** @param others of the same family: their lines are named */
export function scannedFinding(
  finding: Finding,
  others: readonly Finding[],
  source: string | undefined,
  style: Style,
): string[] {
  const colour = finding.confidence === 'high' ? style.red : style.yellow;
  return [
    heading(finding.confidence, colour, finding, style),
    ...body(finding, source, style),
    ...fix(finding, null, source, style),
    ...(others.length === 0 ? [] : labelled('also', also(others), style)),
    ...labelled('rule', finding.url, style),
  ];
}

/** `line 40 in Repo.load, line 52 in Repo.store`. */
function also(others: readonly Finding[]): string {
  return others
    .map(({ range, symbol }) => `line ${range.start.line}${symbol === '' ? '' : ` in ${symbol}`}`)
    .join(', ');
}

/** `parcels/quotes.py:14`. */
export function place(finding: Finding): string {
  return `${oneLine(finding.path)}:${finding.range.start.line}`;
}

function heading(word: string, colour: (text: string) => string, finding: Finding, style: Style): string {
  const left = `${word}  ${finding.rule}`;
  const right = place(finding);
  const gap = ' '.repeat(Math.max(2, style.width - left.length - right.length));
  return `${colour(style.bold(word))}  ${style.bold(finding.rule)}${gap}${style.cyan(right)}`;
}

function body(finding: Finding, source: string | undefined, style: Style): string[] {
  const message = wrap(oneLine(finding.message), style.width - INDENT.length).map((line) => INDENT + line);
  if (source === undefined) return [...message, ''];
  return [...message, '', ...codeLines(source, finding, style), ''];
}

function codeLines(source: string, finding: Finding, style: Style): string[] {
  const shown = excerpt(source, finding.range);
  const digits = String(shown.at(-1)?.number ?? 0).length;
  return shown.map(({ number, text, marked }) => {
    const content = cap(visible(text.replaceAll('\t', '    ')), style.width - digits - 6);
    const line = `${String(number).padStart(digits)} │ ${content}`;
    return marked ? `${INDENT}${style.red('▶')} ${style.bold(line)}` : `${INDENT}  ${style.dim(line)}`;
  });
}

function evidence({ finding, result }: ReviewedFinding, style: Style): string[] {
  if (result?.head == null) return [];
  const bars = chart(result.head);
  const path = keptBy(finding, result);
  return [
    ...labelled('measured', `${measured(result.head)}${bars === '' ? '' : `  ${bars}`}`, style),
    ...labelled('', baseLine(result), style),
    ...(path === null ? [] : labelled('kept by', pathLine(path), style)),
  ];
}

function fix(finding: Finding, proof: string | null, source: string | undefined, style: Style): string[] {
  if (finding.fix === undefined) return [];
  const title = [
    ...labelled('fix', finding.fix.title, style),
    ...(proof === null ? [] : labelled('', proof, style)),
  ];
  if (source === undefined) return title;
  const hunks = fixHunks(source, finding.fix.edits);
  const width = style.width - LABEL - INDENT.length - 2;
  const row = (sign: string, text: string) =>
    `${' '.repeat(LABEL + INDENT.length)}${sign} ${cap(visible(text), width)}`;
  return [
    ...title,
    ...hunks.flatMap(({ start, removed, added }) => [
      // Far from the excerpt a line needs its number.
      ...(hunks.length > 1 ? [style.dim(row('@', `line ${start}`))] : []),
      ...removed.map((line) => style.red(row('-', line))),
      ...added.map((line) => style.green(row('+', line))),
    ]),
  ];
}

/** A label in its own column, the text wrapped beside it. */
export function labelled(label: string, text: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(oneLine(text), style.width - LABEL - INDENT.length);
  return [
    `${INDENT}${style.dim(label.padEnd(LABEL))}${first}`,
    ...rest.map((line) => INDENT + ' '.repeat(LABEL) + line),
  ];
}
