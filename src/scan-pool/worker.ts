/** Runs in a worker thread: one scanner a thread, one file a call. */
import { createScanner } from '../scan/create-scanner.ts';
import type { FileScan } from '../scan/scanner.ts';

export interface ScanTask {
  readonly path: string;
  readonly source: Uint8Array;
}

const scanner = await createScanner();

export default function scan({ path, source }: ScanTask): FileScan {
  return scanner.scan(path, source);
}
