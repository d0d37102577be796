/** The whole review for a terminal. */
import type { Conclusion, ReviewDocument, ReviewedFinding } from '../../contract/review.ts';
import { counted, duration } from '../amounts.ts';
import { measured } from '../evidence.ts';
import { oneLine } from '../visible.ts';
import { place, reviewedFinding } from './finding.ts';
import { wrap } from './style.ts';
import type { Style } from './style.ts';

/** Lists are for an overview; what matters is shown in full. */
const MAX_LISTED = 10;

/** @param sources path → text, for the excerpts */
export function reviewOnTerminal(
  document: ReviewDocument,
  sources: ReadonlyMap<string, string>,
  style: Style,
): string {
  const shown = document.findings.filter(isShownInFull);
  const blocks = [
    header(document, style),
    ...shown.map((item) => reviewedFinding(item, sources.get(item.finding.path), style)),
    ...sections(document, style),
    conclusion(document.conclusion, style),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function isShownInFull({ placement, state, verdict }: ReviewedFinding): boolean {
  if (state !== 'new' || placement.kind === 'hidden') return false;
  return verdict?.verdict !== 'cleared' && verdict?.origin !== 'already-there' && !verdict?.minor;
}

function header({ base, head, mergeBase, stats, probe }: ReviewDocument, style: Style): string[] {
  const files = `${counted(stats.changedFiles, 'changed file')}, ${counted(stats.scannedFiles, 'Python file')} scanned in ${duration(stats.scanMilliseconds)}`;
  const python = probe.environment === null ? '' : ` on Python ${probe.environment.python}`;
  const probed = {
    ran: `probed in ${duration(stats.probeMilliseconds)}${python}${probe.reason === '' ? '' : ` (${probe.reason})`}`,
    off: 'not probed: the probe is switched off',
    failed: `not probed: ${probe.reason}`,
    'nothing-to-probe': 'nothing to probe',
  }[probe.status];
  return [
    ...wrap(
      oneLine(`Review of ${revision(head)} against ${base.name} (merge base ${mergeBase.slice(0, 9)})`),
      style.width,
    ).map(style.bold),
    ...wrap(oneLine(`${files}; ${probed}`), style.width).map(style.dim),
  ];
}

/** `feature (1a2b3c4d5)`, or the hash alone when that is what was asked for. */
function revision({ name, commit }: ReviewDocument['head']): string {
  if (commit === null) return name;
  const short = commit.slice(0, 9);
  return commit.startsWith(name) ? short : `${name} (${short})`;
}

function sections({ findings, notices }: ReviewDocument, style: Style): string[][] {
  const cleared = findings.filter(({ verdict }) => verdict?.verdict === 'cleared');
  const there = findings.filter(({ verdict }) => verdict?.origin === 'already-there');
  const small = findings.filter(({ verdict }) => verdict?.minor && verdict.origin !== 'already-there');
  const hidden = findings.filter(({ placement }) => placement.kind === 'hidden');
  return [
    section('Cleared by the probe', style.green('✓'), cleared, (item) => clearedBecause(item), style),
    section(
      'Measured, and small enough for the garbage collector',
      '·',
      small,
      ({ finding, result }) => (result?.head == null ? finding.message : measured(result.head)),
      style,
    ),
    section(
      'Fixed by this change',
      style.green('✓'),
      findings.filter(isState('fixed')),
      ({ finding }) => finding.message,
      style,
    ),
    section(
      'Already there, and not made worse',
      style.dim('·'),
      there,
      ({ verdict }) => verdict?.reason ?? '',
      style,
    ),
    section(
      'Known from the merge base',
      style.dim('·'),
      findings.filter(isState('known')),
      ({ finding }) => finding.message,
      style,
    ),
    section(
      'Too uncertain to comment on',
      style.dim('·'),
      hidden,
      ({ placement }) => placement.reason,
      style,
    ),
    list(
      'Notes',
      notices.map(({ path, message }) => `${style.dim('·')} ${oneLine(path)}: ${oneLine(message)}`),
      style,
    ),
  ];
}

function isState(state: ReviewedFinding['state']): (item: ReviewedFinding) => boolean {
  return (item) => item.state === state;
}

function clearedBecause({ result, verdict }: ReviewedFinding): string {
  return result?.head == null ? (verdict?.reason ?? '') : measured(result.head);
}

function section(
  title: string,
  sign: string,
  items: readonly ReviewedFinding[],
  why: (item: ReviewedFinding) => string,
  style: Style,
): string[] {
  const rows = items
    .slice(0, MAX_LISTED)
    .flatMap((item) => [
      `${sign} ${style.cyan(place(item.finding))}  ${item.finding.rule}`,
      ...wrap(oneLine(why(item)), style.width - 4).map((line) => `  ${style.dim(line)}`),
    ]);
  const more = items.length - MAX_LISTED;
  const rest = more > 0 ? [style.dim(`… and ${more} more: --format json has all of them`)] : [];
  return list(`${title} (${items.length})`, [...rows, ...rest], style);
}

function list(title: string, rows: readonly string[], style: Style): string[] {
  return rows.length === 0 ? [] : [style.bold(title), ...rows.map((row) => `  ${row}`)];
}

/** One sentence: would the check block, and why. */
export function concludingSentence({ conclusion, blocks, reason }: Conclusion): string {
  return `The check ${blocks ? 'would block' : 'would not block'} (${conclusion}): ${reason}.`;
}

function conclusion(decided: Conclusion, style: Style): string[] {
  const colour = decided.blocks ? style.red : decided.conclusion === 'success' ? style.green : style.yellow;
  return wrap(oneLine(concludingSentence(decided)), style.width).map((line) => colour(style.bold(line)));
}
