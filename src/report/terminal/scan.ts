/** What a scan found, for a terminal. */
import type { ScanDocument } from '../../contract/scan.ts';
import { bytes, counted, duration } from '../amounts.ts';
import { families } from '../families.ts';
import { oneLine } from '../visible.ts';
import { scannedFinding } from './finding.ts';
import type { Style } from './style.ts';

const LEVELS = ['high', 'medium', 'low'] as const;

/** @param sources path → text, for the excerpts */
export function scanOnTerminal(
  { findings, notices, stats }: ScanDocument,
  sources: ReadonlyMap<string, string>,
  style: Style,
): string {
  const levels = LEVELS.map((level) => ({
    level,
    count: findings.filter(({ confidence }) => confidence === level).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${count} ${level}`);
  const total = `${counted(findings.length, 'finding')}${levels.length === 0 ? '' : ` (${levels.join(', ')})`}`;
  const blocks = [
    ...families(findings.map((finding) => ({ finding }))).map((family) => {
      const [lead, ...others] = [family.lead, ...family.others]
        .map(({ finding }) => finding)
        .sort((a, b) => LEVELS.indexOf(a.confidence) - LEVELS.indexOf(b.confidence));
      return lead ? scannedFinding(lead, others, sources.get(lead.path), style) : [];
    }),
    notices.map(({ path, message }) => `${style.dim('·')} ${oneLine(path)}: ${oneLine(message)}`),
    [
      style.bold(`${total} in ${counted(stats.files, 'file')}`) +
        style.dim(`, ${bytes(stats.bytes)}, ${duration(stats.milliseconds)}`),
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
