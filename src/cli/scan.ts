/** `leakcheck scan`. */
import type { ScanDocument } from '../contract/scan.ts';
import type { Confidence } from '../contract/words.ts';
import { EXIT_FINDINGS, EXIT_OK } from '../errors.ts';
import { sarif } from '../report/sarif.ts';
import { scanOnTerminal } from '../report/terminal/scan.ts';
import { workflowCommands } from '../report/workflow-commands.ts';
import { rules } from '../rules/index.ts';
import { print, printJson, styleOf } from './output.ts';
import { findPythonFiles } from './python-files.ts';
import { scanFiles } from './scan-files.ts';
import { version } from './version.ts';

export interface ScanOptions {
  readonly failOn: Confidence;
  readonly jobs?: number;
  readonly format: 'pretty' | 'json' | 'sarif' | 'github';
}

const LEVELS: readonly Confidence[] = ['high', 'medium', 'low'];

export async function runScan(
  paths: readonly string[],
  { failOn, jobs, format }: ScanOptions,
): Promise<number> {
  const { document, sources } = await scanFiles(await findPythonFiles(paths, process.cwd()), jobs);
  await printAs(format, document, sources);
  const failing = LEVELS.slice(0, LEVELS.indexOf(failOn) + 1);
  return document.findings.some(({ confidence }) => failing.includes(confidence)) ? EXIT_FINDINGS : EXIT_OK;
}

async function printAs(
  format: ScanOptions['format'],
  document: ScanDocument,
  sources: ReadonlyMap<string, string>,
): Promise<void> {
  switch (format) {
    case 'json':
      return printJson(document);
    case 'sarif':
      return printJson(sarif(document, rules, version()));
    case 'github':
      return print(workflowCommands(document));
    case 'pretty':
      return print(scanOnTerminal(document, sources, styleOf(process.stdout)));
  }
}
