/** Findings of head against those of the merge base: what is new, what was known, what is gone. */
import type { Finding } from '../contract/scan.ts';
import type { DiffLines } from './diff-lines.ts';

export interface Compared {
  readonly fresh: readonly Finding[];
  readonly known: readonly Finding[];
  /** In the merge base and no more in head. */
  readonly fixed: readonly Finding[];
}

type Key = (finding: Finding) => string;

/** Code that moved to another file keeps its rule, its symbol and its words. */
const MOVED: Key = (finding) => [finding.rule, finding.symbol, finding.holder, finding.message].join('\0');
const SAME: Key = (finding) => finding.fingerprint;

/**
 * Compares as multisets: a second copy of a known finding is new.
 *
 * @param diff path in head → its diff; of equal findings those on added lines count as the new ones
 */
export function compareFindings(
  base: readonly Finding[],
  head: readonly Finding[],
  diff: ReadonlyMap<string, DiffLines>,
): Compared {
  const added = (finding: Finding) => diff.get(finding.path)?.added.has(finding.range.start.line) === true;
  const oldLinesFirst = [...head].sort((a, b) => Number(added(a)) - Number(added(b)));
  const same = pair(base, oldLinesFirst, SAME);
  const moved = pair(same.gone, same.fresh, MOVED);
  const fresh = new Set(moved.fresh);
  return {
    fresh: head.filter((finding) => fresh.has(finding)),
    known: head.filter((finding) => !fresh.has(finding)),
    fixed: moved.gone,
  };
}

/** Takes one from each side for every pair of equal keys. */
function pair(
  base: readonly Finding[],
  head: readonly Finding[],
  key: Key,
): { gone: Finding[]; fresh: Finding[] } {
  const waiting = new Map<string, Finding[]>();
  for (const finding of base) {
    const list = waiting.get(key(finding));
    if (list === undefined) waiting.set(key(finding), [finding]);
    else list.push(finding);
  }
  const fresh = head.filter((finding) => waiting.get(key(finding))?.shift() === undefined);
  const left = new Set([...waiting.values()].flat());
  return { gone: base.filter((finding) => left.has(finding)), fresh };
}
