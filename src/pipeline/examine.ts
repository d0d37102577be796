/** What the change brought, left and took away: the part of a review that needs no probe. */
import { compareFindings } from '../changes/comparison.ts';
import type { Compared } from '../changes/comparison.ts';
import { diffLines } from '../changes/diff-lines.ts';
import type { DiffLines } from '../changes/diff-lines.ts';
import type { Notice } from '../contract/scan.ts';
import type { Progress, Revision } from './ports.ts';
import { scanSides } from './scan-sides.ts';
import type { AnyScanner, Scannable, Sides } from './scan-sides.ts';

/** Plain data: the App stores it while the probe runs elsewhere. */
export interface Examined {
  readonly base: Revision;
  readonly head: Revision;
  readonly mergeBase: string;
  readonly compared: Compared;
  /** Path in head → its diff. */
  readonly diff: ReadonlyMap<string, DiffLines>;
  readonly notices: readonly Notice[];
  readonly troubles: readonly string[];
  readonly changedFiles: number;
  readonly scannedFiles: number;
  readonly scanMilliseconds: number;
}

/** Path → text of the files with findings: head's, or the merge base's where head has none. */
export type Sources = ReadonlyMap<string, string>;

export type Trees = Scannable & Pick<Examined, 'base' | 'head' | 'mergeBase' | 'notices'>;

export async function examine(
  trees: Trees,
  scanner: AnyScanner,
  progress: Progress,
): Promise<{ examined: Examined; sources: Sources }> {
  // Both sides of every changed Python file.
  const sides = await scanSides(trees, scanner, progress);

  // New, known and fixed.
  const diff = new Map(trees.files.map((file) => [file.path, diffLines(file.patch)]));
  const compared = compareFindings(sides.base.findings, sides.head.findings, diff);

  const examined: Examined = {
    base: trees.base,
    head: trees.head,
    mergeBase: trees.mergeBase,
    compared,
    diff,
    notices: [...trees.notices, ...sides.notices],
    troubles: sides.troubles,
    changedFiles: trees.files.length,
    scannedFiles: sides.scannedFiles,
    scanMilliseconds: sides.milliseconds,
  };
  return { examined, sources: sourcesOf(compared, sides) };
}

function sourcesOf(compared: Compared, { head, base }: Sides): Sources {
  const paths = new Set(
    [...compared.fresh, ...compared.known, ...compared.fixed].map((finding) => finding.path),
  );
  return new Map([...paths].map((path) => [path, head.sources.get(path) ?? base.sources.get(path) ?? '']));
}
