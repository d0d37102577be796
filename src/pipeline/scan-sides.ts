/** Scans the merge base's and head's version of every changed Python file. */
import type { Change } from '../changes/change.ts';
import { selectChange, selectSource } from '../changes/selection.ts';
import type { Finding, Notice } from '../contract/scan.ts';
import { firstLine } from '../errors.ts';
import { decode } from '../python/source-file.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Comparison, Progress } from './ports.ts';

export interface Side {
  readonly findings: Finding[];
  /** Path in head → text. */
  readonly sources: Map<string, string>;
}

export interface Sides {
  readonly base: Side;
  readonly head: Side;
  readonly notices: Notice[];
  /** What we failed on; a review with one of these is never a plain success. */
  readonly troubles: string[];
  readonly scannedFiles: number;
  readonly milliseconds: number;
}

export async function scanSides(trees: Comparison, scanner: Scanner, progress: Progress): Promise<Sides> {
  const started = performance.now();
  const notices: Notice[] = [];
  const changes = trees.files.filter((change) => accept(change, notices));
  progress({
    step: 'scanning',
    detail: `${changes.length} changed Python ${changes.length === 1 ? 'file' : 'files'}`,
  });
  const sources = await trees.read(changes.flatMap(({ base, head }) => blobs(base, head)));
  const sides = { base: emptySide(), head: emptySide() };
  const troubles: string[] = [];
  let scannedFiles = 0;
  for (const change of changes) {
    for (const name of ['base', 'head'] as const) {
      const source = sources.get(change[name]?.blob ?? '');
      if (source === undefined || change[name]?.kind !== 'file') continue;
      const selection = selectSource(source);
      // What is wrong with the merge base's version is not news.
      const own = name === 'head' ? notices : [];
      if (!selection.scan) {
        if (selection.reason !== null) own.push({ path: change.path, message: selection.reason });
        continue;
      }
      if (name === 'head') scannedFiles += 1;
      scanOne(scanner, change.path, source, sides[name], own, troubles);
    }
  }
  return { ...sides, notices, troubles, scannedFiles, milliseconds: Math.round(performance.now() - started) };
}

/** A renamed file is scanned under its new name on both sides, so that its old findings are known ones. */
function scanOne(
  scanner: Scanner,
  path: string,
  source: Uint8Array,
  side: Side,
  notices: Notice[],
  troubles: string[],
): void {
  try {
    const { findings, notices: own, failures } = scanner.scan(path, source);
    troubles.push(...failures.map((rule) => `${path}: the rule ${rule} failed`));
    side.findings.push(...findings);
    notices.push(...own);
    const decoded = decode(source);
    if (findings.length > 0 && 'text' in decoded) side.sources.set(path, decoded.text);
  } catch (error) {
    const message = `the scan failed: ${firstLine(error)}`;
    notices.push({ path, message });
    troubles.push(`${path}: ${message}`);
  }
}

function accept(change: Change, notices: Notice[]): boolean {
  const selection = selectChange(change);
  if (!selection.scan && selection.reason !== null)
    notices.push({ path: change.path, message: selection.reason });
  return selection.scan;
}

function blobs(...versions: Change['base'][]): string[] {
  return versions.flatMap((version) => (version?.kind === 'file' ? [version.blob] : []));
}

function emptySide(): Side {
  return { findings: [], sources: new Map() };
}
