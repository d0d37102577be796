/** What the probe measured, for a terminal. */
import type { ProbeReport, ProbeResult } from '../../contract/report.ts';
import { bytes, counted } from '../amounts.ts';
import { chart, measured, pathLine } from '../evidence.ts';
import { isolated } from '../isolated.ts';
import { oneLine, visible } from '../visible.ts';
import { labelled } from './finding.ts';
import type { Style } from './style.ts';

export function probeOnTerminal({ results, environment }: ProbeReport, style: Style): string {
  const where = `Python ${environment.python} on ${environment.platform}, counted by ${environment.counter}, isolation ${isolated(environment)}`;
  const blocks = results.map((result) => block(result, style).join('\n'));
  return `${[...blocks, style.dim(oneLine(where))].join('\n\n')}\n`;
}

function block(result: ProbeResult, style: Style): string[] {
  const { outcome, head, driver } = result;
  const colour = outcome === 'clean' ? style.green : outcome === 'inconclusive' ? style.yellow : style.red;
  const bars = head === null ? '' : chart(head);
  return [
    `${colour(style.bold(outcome))}  ${style.bold(oneLine(result.target))}`,
    ...(outcome === 'clean' || outcome === 'inconclusive' ? labelled('because', result.reason, style) : []),
    ...(head === null || outcome === 'inconclusive'
      ? []
      : labelled('measured', `${measured(head)}${bars === '' ? '' : `  ${bars}`}`, style)),
    ...(driver.kind === 'none' ? [] : labelled('called', calledAs(driver), style)),
    ...result.paths.slice(0, 5).flatMap((path) => labelled('kept by', pathLine(path), style)),
    ...result.allocations
      .slice(0, 5)
      .flatMap(({ path, line, bytes: size, objects }) =>
        size === 0
          ? labelled('made', `${path}:${line}  ${counted(objects, 'time')}`, style)
          : labelled('allocated', `${path}:${line}  ${bytes(size)}`, style),
      ),
    ...result.notes.flatMap((note) => labelled('note', note, style)),
    ...suggestion(result.suggestedDriver, style),
  ];
}

function calledAs({ call, varied, stubs, kind }: ProbeResult['driver']): string {
  const parts = [
    kind,
    ...(varied.length === 0 ? [] : [`new on every call: ${varied.join(', ')}`]),
    ...(stubs.length === 0 ? [] : [`stand-ins: ${stubs.join(', ')}`]),
  ];
  return `${call} (${parts.join('; ')})`;
}

function suggestion(driver: string | null, style: Style): string[] {
  if (driver === null) return [];
  const lines = visible(driver).trimEnd().split('\n');
  return [
    ...labelled('try', 'put this beside the function, and fill it in:', style),
    '',
    ...lines.map((line) => `    ${line}`),
  ];
}
