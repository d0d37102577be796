/** Puts parser, facts and rules together. */
import { ParseTimeout } from '../python/backends/backend.ts';
import { createParser, type PythonParser } from '../python/parser.ts';
import { decode } from '../python/source-file.ts';
import { rules as allRules } from '../rules/index.ts';
import type { Rule } from './rule.ts';
import { scanFile } from './scan-file.ts';
import type { FileScan, Scanner } from './scanner.ts';

export interface ScannerOptions {
  readonly backend?: PythonParser['backend'];
  readonly rules?: readonly Rule[];
}

export async function createScanner({ backend, rules = allRules }: ScannerOptions = {}): Promise<Scanner> {
  const parser = await createParser(backend);
  return {
    scan(path, source) {
      const decoded = decode(source);
      if ('problem' in decoded) return unscanned(path, decoded.problem);
      try {
        return scanFile(path, parser.parse(decoded.text), rules);
      } catch (error) {
        if (!(error instanceof ParseTimeout)) throw error;
        return unscanned(path, 'took too long to parse: not scanned');
      }
    },
  };
}

function unscanned(path: string, message: string): FileScan {
  return { findings: [], notices: [{ path, message }], failures: [] };
}
