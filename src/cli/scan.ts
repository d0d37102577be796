/** `leakcheck scan`. */
import { readFile } from 'node:fs/promises';
import { tooLarge } from '../changes/selection.ts';
import type { ScanDocument } from '../contract/scan.ts';
import type { Confidence } from '../contract/words.ts';
import { EXIT_FINDINGS, EXIT_OK, firstLine } from '../errors.ts';
import { decode } from '../python/source-file.ts';
import { scanOnTerminal } from '../report/terminal/scan.ts';
import { createScanner } from '../scan/create-scanner.ts';
import { print, printJson, styleOf } from './output.ts';
import { findPythonFiles } from './python-files.ts';
import type { PythonFile } from './python-files.ts';

export interface ScanOptions {
  readonly failOn: Confidence;
  readonly format: 'pretty' | 'json';
}

const LEVELS: readonly Confidence[] = ['high', 'medium', 'low'];

export async function runScan(paths: readonly string[], { failOn, format }: ScanOptions): Promise<number> {
  const { document, sources } = await scanFiles(await findPythonFiles(paths, process.cwd()));
  if (format === 'json') await printJson(document);
  else await print(scanOnTerminal(document, sources, styleOf(process.stdout)));
  const failing = LEVELS.slice(0, LEVELS.indexOf(failOn) + 1);
  return document.findings.some(({ confidence }) => failing.includes(confidence)) ? EXIT_FINDINGS : EXIT_OK;
}

async function scanFiles(
  files: readonly PythonFile[],
): Promise<{ document: ScanDocument; sources: Map<string, string> }> {
  const scanner = await createScanner();
  const started = performance.now();
  const sources = new Map<string, string>();
  const document: ScanDocument = {
    schema: 'leakcheck/scan@1',
    findings: [],
    notices: [],
    stats: { files: 0, bytes: 0, milliseconds: 0 },
  };
  for (const { absolute, path } of files) {
    const note = (message: string) => document.notices.push({ path, message });
    try {
      const source = await readFile(absolute);
      const size = tooLarge(source);
      if (size !== null) {
        note(size);
        continue;
      }
      const { findings, notices } = scanner.scan(path, source);
      document.findings.push(...findings);
      document.notices.push(...notices);
      document.stats.files += 1;
      document.stats.bytes += source.length;
      const decoded = decode(source);
      if (findings.length > 0 && 'text' in decoded) sources.set(path, decoded.text);
    } catch (error) {
      note(`not scanned: ${firstLine(error)}`);
    }
  }
  document.stats.milliseconds = Math.round(performance.now() - started);
  return { document, sources };
}
