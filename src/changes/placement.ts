/** Where a finding is shown, and why there. */
import type { FindingState, Placement, PlacementKind, Verdict } from '../contract/review.ts';
import type { Finding } from '../contract/scan.ts';
import type { DiffLines } from './diff-lines.ts';

/** More comments than this are noise, whatever they say. */
export const MAX_INLINE = 25;

export interface Placeable {
  readonly finding: Finding;
  readonly state: FindingState;
  /** Null unless the finding is new. */
  readonly verdict: Verdict | null;
}

/**
 * Inline are new findings that are confirmed or of high confidence, on a line of the diff; the most important first.
 *
 * @param findings most important first
 * @param diff path in head → its diff
 */
export function placeFindings(
  findings: readonly Placeable[],
  diff: ReadonlyMap<string, DiffLines>,
  maximum = MAX_INLINE,
): Placement[] {
  const inline = new Set<string>();
  return findings.map((item) => {
    const placement = place(item, diff.get(item.finding.path));
    if (placement.kind !== 'inline') return placement;
    // A family is one comment.
    inline.add(item.finding.family);
    return inline.size <= maximum
      ? placement
      : { ...placement, kind: 'annotation', reason: `more than ${maximum} findings would be comments` };
  });
}

function place({ finding, state, verdict }: Placeable, diff: DiffLines | undefined): Placement {
  const at = (kind: PlacementKind, reason: string): Placement => ({
    kind,
    line: finding.range.start.line,
    reason,
  });
  if (state === 'known') return at('summary', 'also in the merge base');
  if (state === 'fixed') return at('summary', 'the change removed it');
  if (verdict?.verdict === 'cleared') return at('summary', 'the probe cleared it');
  if (verdict?.origin === 'already-there') return at('summary', 'the merge base leaks as much');
  if (verdict?.minor) return at('summary', 'small enough for the garbage collector');
  if (verdict?.verdict !== 'confirmed') {
    if (finding.confidence === 'low') return at('hidden', 'low confidence, and the probe did not confirm it');
    if (finding.confidence === 'medium')
      return at('summary', 'medium confidence, and the probe did not confirm it');
  }
  const line = anchor(finding, diff);
  if (line === undefined) return at('annotation', 'not on a line of the diff');
  return { kind: 'inline', line, reason: verdict?.verdict === 'confirmed' ? 'confirmed' : 'high confidence' };
}

/** The first line of the finding that was added, else the first that the diff shows. */
function anchor(finding: Finding, diff: DiffLines | undefined): number | undefined {
  const { start, end } = finding.range;
  const last = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  const lines = Array.from({ length: last - start.line + 1 }, (_, index) => start.line + index);
  return lines.find((line) => diff?.added.has(line)) ?? lines.find((line) => diff?.shown.has(line));
}
