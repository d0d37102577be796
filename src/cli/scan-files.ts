/** Reads and scans many files: in this thread when they are few, else on all cores. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { tooLarge } from '../changes/selection.ts';
import type { ScanDocument } from '../contract/scan.ts';
import { firstLine } from '../errors.ts';
import { decode } from '../python/source-file.ts';
import { createScanPool, type ScanPool } from '../scan-pool/scan-pool.ts';
import { createScanner } from '../scan/create-scanner.ts';
import type { FileScan } from '../scan/scanner.ts';
import type { PythonFile } from './python-files.ts';

/** Files from which the start of worker threads, about 0.4 s each, pays. */
const MANY = 200;

export interface ScannedFiles {
  readonly document: ScanDocument;
  /** Path → text of the files with findings, for the excerpts. */
  readonly sources: ReadonlyMap<string, string>;
}

interface OneFile extends FileScan {
  readonly bytes: number;
  /** Undefined where nothing was found or the file was not scanned. */
  readonly text?: string;
}

/** @returns findings and notices in the order of the files, however many threads there are */
export async function scanFiles(
  files: readonly PythonFile[],
  threads: number = files.length < MANY ? 1 : availableParallelism(),
): Promise<ScannedFiles> {
  const started = performance.now();
  const scans = await scanAll(files, threads);
  const sources = new Map<string, string>();
  const document: ScanDocument = {
    schema: 'leakcheck/scan@1',
    findings: [],
    notices: [],
    stats: { files: 0, bytes: 0, milliseconds: 0 },
  };
  files.forEach(({ path }, index) => {
    const scan = scans[index];
    if (!scan) return;
    document.findings.push(...scan.findings);
    document.notices.push(...scan.notices);
    if (scan.bytes >= 0) {
      document.stats.files += 1;
      document.stats.bytes += scan.bytes;
    }
    if (scan.text !== undefined) sources.set(path, scan.text);
  });
  document.stats.milliseconds = Math.round(performance.now() - started);
  return { document, sources };
}

async function scanAll(files: readonly PythonFile[], threads: number): Promise<OneFile[]> {
  const pool = threads > 1 ? createScanPool({ threads }) : await inThisThread();
  const scans: OneFile[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      const file = files[index];
      if (file) scans[index] = await scanOne(file, pool);
    }
  };
  try {
    // Twice as many files as threads are in hand, so that no thread waits for the disk.
    await Promise.all(Array.from({ length: threads * 2 }, work));
    return scans;
  } finally {
    await pool.close();
  }
}

async function inThisThread(): Promise<ScanPool> {
  const scanner = await createScanner();
  return {
    scan: (path, source) => Promise.resolve().then(() => scanner.scan(path, source)),
    close: () => Promise.resolve(),
  };
}

async function scanOne({ absolute, path }: PythonFile, pool: ScanPool): Promise<OneFile> {
  const unscanned = (message: string): OneFile => ({
    findings: [],
    notices: [{ path, message }],
    failures: [],
    bytes: -1,
  });
  try {
    const source = await readFile(absolute);
    const size = tooLarge(source);
    if (size !== null) return unscanned(size);
    const scanned = await pool.scan(path, source);
    const decoded = scanned.findings.length > 0 ? decode(source) : undefined;
    const text = decoded && 'text' in decoded ? decoded.text : undefined;
    return { ...scanned, bytes: source.length, ...(text === undefined ? {} : { text }) };
  } catch (error) {
    return unscanned(`not scanned: ${firstLine(error)}`);
  }
}
