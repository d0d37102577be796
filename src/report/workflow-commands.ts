/** Lines that GitHub Actions turns into annotations when a step prints them. */
import type { Finding, ScanDocument } from '../contract/scan.ts';
import { oneLine } from './visible.ts';

/** GitHub shows at most ten warnings and ten notices of one step; the log keeps all of them. */
export function workflowCommands({ findings, notices }: ScanDocument): string {
  const lines = [
    ...findings.map(annotation),
    ...notices.map(
      ({ path, message }) =>
        `::notice file=${property(path)},title=${property('Leakcheck')}::${text(message)}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function annotation({ confidence, path, range, rule, message, url }: Finding): string {
  const { start, end } = range;
  const properties = {
    file: path,
    line: String(start.line),
    endLine: String(end.line),
    col: String(start.column),
    title: `Leakcheck: ${rule} (${confidence})`,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${confidence === 'low' ? 'notice' : 'warning'} ${list.join(',')}::${text(`${message}. ${url}`)}`;
}

/** As the runner decodes it again; line breaks would end the command. */
function text(value: string): string {
  return oneLine(value).replaceAll('%', '%25');
}

function property(value: string): string {
  return text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
