/** Scans one file after another with all rules. */
import type { Finding, Notice } from '../contract/scan.ts';

export interface Scanner {
  /**
   * @param path relative to the root of the tree, with forward slashes
   * @param source the bytes of the file, in whatever encoding it declares
   */
  scan(path: string, source: Uint8Array): FileScan;
}

export interface FileScan {
  readonly findings: Finding[];
  readonly notices: Notice[];
  /** Ids of rules that broke on the file, which is our fault: a review with one of these is no plain success. */
  readonly failures: string[];
}
