/** The check's title and summary; with the comments below it, the whole review in Markdown. */
import type { Conclusion, ReviewDocument, ReviewedFinding } from '../contract/review.ts';
import { counted, duration } from './amounts.ts';
import { comment } from './comment.ts';
import { measured } from './evidence.ts';
import { families } from './families.ts';
import { isolated } from './isolated.ts';
import { capBody, code, link, prose } from './markdown.ts';

const SIGNS: Readonly<Record<Conclusion['conclusion'], string>> = {
  success: '✅',
  neutral: '⚪',
  failure: '❌',
  action_required: '✋',
};

/** Of one kind; GitHub's page is for an overview. */
const MAX_LISTED = 50;

/** One line, without Markdown. */
export function checkTitle({ conclusion }: ReviewDocument): string {
  const { reason } = conclusion;
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

export function checkSummary(document: ReviewDocument): string {
  const { findings, notices } = document;
  const of = (test: (item: ReviewedFinding) => boolean) => findings.filter(test);
  return capBody(
    [
      `${prose(checkTitle(document))}. ${context(document)}`,
      list(
        'Confirmed',
        of((item) => isNew('confirmed')(item) && !item.verdict?.minor),
        amountOf,
      ),
      list(
        'Measured, and small enough for the garbage collector',
        of((item) => isNew('confirmed')(item) && item.verdict?.minor === true),
        amountOf,
      ),
      list(
        'Suspected',
        of((item) => isNew('suspected')(item) && item.placement.kind !== 'hidden'),
        ({ verdict }) => verdict?.reason ?? '',
      ),
      list('Cleared by the probe', of(isNew('cleared')), ({ verdict }) => verdict?.reason ?? ''),
      list(
        'Fixed by this change',
        of(({ state }) => state === 'fixed'),
        ({ finding }) => finding.message,
      ),
      list(
        'Already there, and not made worse',
        of(({ verdict }) => verdict?.origin === 'already-there'),
        ({ verdict }) => verdict?.reason ?? '',
      ),
      list(
        'Known from the merge base',
        of(({ state }) => state === 'known'),
        ({ finding }) => finding.message,
      ),
      list(
        'Too uncertain to comment on',
        of(({ placement }) => placement.kind === 'hidden'),
        ({ placement }) => placement.reason,
      ),
      bullets(
        'Notes',
        notices.map(({ path, message }) => `${code(path)}: ${prose(message)}`),
      ),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

/** For `--format markdown`: the title, the comments that would be posted, the summary. */
export function reviewInMarkdown(document: ReviewDocument, sources: ReadonlyMap<string, string>): string {
  const inline = document.findings.filter(
    ({ placement }) => placement.kind === 'inline' || placement.kind === 'annotation',
  );
  const title = `# ${SIGNS[document.conclusion.conclusion]} Leakcheck: ${prose(checkTitle(document))}`;
  const comments = families(inline).map(
    ({ lead, others }) =>
      `### ${code(`${lead.finding.path}:${lead.placement.line}`)}\n\n${comment(lead, sources.get(lead.finding.path), { others })}`,
  );
  return `${capBody([title, ...comments, `## Summary\n\n${checkSummary(document)}`].join('\n\n'))}\n`;
}

function context({ base, mergeBase, stats, probe }: ReviewDocument): string {
  const scanned = `Compared with ${code(base.name)} (merge base ${code(mergeBase.slice(0, 9))}): ${counted(stats.scannedFiles, 'Python file')} of ${counted(stats.changedFiles, 'changed file')} scanned in ${duration(stats.scanMilliseconds)}`;
  const { environment } = probe;
  const probed =
    environment === null
      ? probe.reason
      : `probed in ${duration(stats.probeMilliseconds)} with Python ${environment.python}, isolation ${isolated(environment)}${probe.reason === '' ? '' : ` (${probe.reason})`}`;
  return `${scanned}; ${prose(probed)}.`;
}

function amountOf({ result, verdict }: ReviewedFinding): string {
  return result?.head == null ? (verdict?.reason ?? '') : measured(result.head);
}

function isNew(word: 'confirmed' | 'suspected' | 'cleared'): (item: ReviewedFinding) => boolean {
  return ({ verdict }) => verdict?.verdict === word && verdict.origin !== 'already-there';
}

function list(
  title: string,
  items: readonly ReviewedFinding[],
  why: (item: ReviewedFinding) => string,
): string {
  return bullets(
    title,
    items.map((item) => {
      const { path, range, rule, url } = item.finding;
      return `${code(`${path}:${range.start.line}`)} ${link(rule, url)}: ${prose(why(item))}`;
    }),
  );
}

function bullets(title: string, rows: readonly string[]): string {
  if (rows.length === 0) return '';
  const more = rows.length - MAX_LISTED;
  const shown = [...rows.slice(0, MAX_LISTED), ...(more > 0 ? [`and ${more} more`] : [])];
  return [`#### ${title} (${rows.length})`, '', ...shown.map((row) => `- ${row}`)].join('\n');
}
