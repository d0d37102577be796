/** Scans the merge base's and head's version of every changed Python file. */
import type { Change } from '../changes/change.ts';
import { selectChange, selectSource } from '../changes/selection.ts';
import type { Finding, Notice } from '../contract/scan.ts';
import { firstLine } from '../errors.ts';
import { decode } from '../python/source-file.ts';
import type { FileScan } from '../scan/scanner.ts';
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

/** What the scan needs of a comparison: the changes and their bytes. */
export type Scannable = Pick<Comparison, 'files' | 'read'>;

/** The scanner itself, or worker threads in front of it. */
export interface AnyScanner {
  scan(path: string, source: Uint8Array): FileScan | Promise<FileScan>;
}

interface Job {
  readonly path: string;
  readonly source: Uint8Array;
  readonly side: 'base' | 'head';
}

export async function scanSides(trees: Scannable, scanner: AnyScanner, progress: Progress): Promise<Sides> {
  const started = performance.now();
  const notices: Notice[] = [];
  const changes = trees.files.filter((change) => accept(change, notices));
  progress({
    step: 'scanning',
    detail: `${changes.length} changed Python ${changes.length === 1 ? 'file' : 'files'}`,
  });
  const sources = await trees.read(changes.flatMap(({ base, head }) => blobs(base, head)));
  const jobs = changes.flatMap((change) => jobsOf(change, sources, notices));
  // Together, for the worker threads' sake; taken in order, so that the answer never depends on who was first.
  const scans = await Promise.all(jobs.map((job) => scanOne(scanner, job)));
  const sides = { base: emptySide(), head: emptySide() };
  const troubles: string[] = [];
  for (const [index, job] of jobs.entries()) {
    const scan = scans[index];
    if (scan !== undefined) collect(job, scan, sides[job.side], notices, troubles);
  }
  const scannedFiles = jobs.filter(({ side }) => side === 'head').length;
  return { ...sides, notices, troubles, scannedFiles, milliseconds: Math.round(performance.now() - started) };
}

/** A renamed file is scanned under its new name on both sides, so that its old findings are known ones. */
function jobsOf(change: Change, sources: ReadonlyMap<string, Uint8Array>, notices: Notice[]): Job[] {
  return (['base', 'head'] as const).flatMap((side): Job[] => {
    const source = sources.get(change[side]?.blob ?? '');
    if (source === undefined || change[side]?.kind !== 'file') return [];
    const selection = selectSource(source);
    if (selection.scan) return [{ path: change.path, source, side }];
    // What is wrong with the merge base's version is not news.
    if (side === 'head' && selection.reason !== null)
      notices.push({ path: change.path, message: selection.reason });
    return [];
  });
}

async function scanOne(scanner: AnyScanner, { path, source }: Job): Promise<FileScan | { broke: string }> {
  try {
    return await scanner.scan(path, source);
  } catch (error) {
    return { broke: `the scan failed: ${firstLine(error)}` };
  }
}

function collect(
  { path, source, side: name }: Job,
  scan: FileScan | { broke: string },
  side: Side,
  notices: Notice[],
  troubles: string[],
): void {
  if ('broke' in scan) {
    if (name === 'head') notices.push({ path, message: scan.broke });
    troubles.push(`${path}: ${scan.broke}`);
    return;
  }
  troubles.push(...scan.failures.map((rule) => `${path}: the rule ${rule} failed`));
  side.findings.push(...scan.findings);
  if (name === 'head') notices.push(...scan.notices);
  const decoded = decode(source);
  if (scan.findings.length > 0 && 'text' in decoded) side.sources.set(path, decoded.text);
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
