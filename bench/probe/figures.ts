/** Measurements → tables. Pure. */
import { Cause } from '../../src/contract/words.ts';
import type { Case } from './cases.ts';
import { TOOLS, type Measured, type Tool } from './tools.ts';

const TOOL_NAMES = Object.keys(TOOLS) as Tool[];
/** Only the recipes `peak` and `fragmentation` look for these: the other tools are shown apart on them. */
const GROWTH: readonly string[] = ['leak', 'cycle-garbage'];

/** @returns lines: one row a tool, then what was found of each cause, then what went wrong */
export function tables(all: readonly Measured[]): string[] {
  const tools = TOOL_NAMES.filter((tool) => all.some((one) => one.tool === tool));
  const versions = [...new Set(all.map(({ version }) => version))];
  return [
    ...versions.flatMap((version) =>
      table(
        `Python ${version}`,
        all.filter((one) => one.version === version),
        tools,
      ),
    ),
    ...(versions.length > 1 ? table('all versions', all, tools) : []),
    ...causes(all, tools),
    ...tools.flatMap((tool) =>
      troubles(
        tool,
        all.filter((one) => one.tool === tool),
      ),
    ),
  ];
}

function table(title: string, all: readonly Measured[], tools: readonly Tool[]): string[] {
  const head = ['found', 'peak, fragm.', 'false alarms', 'no answer', 'calls', 'median', 'p90'];
  const rows = tools.map((tool) => {
    const own = all.filter((one) => one.tool === tool);
    const answers = own.flatMap((one) => ('error' in one.answer ? [] : [{ ...one.answer, case: one.case }]));
    const growing = answers.filter((one) => GROWTH.includes(one.case.outcome));
    const others = answers.filter(
      (one) => one.case.outcome !== 'clean' && !GROWTH.includes(one.case.outcome),
    );
    const clean = answers.filter((one) => one.case.outcome === 'clean');
    if (answers.length === 0) return [TOOLS[tool], 'cannot run here', '', '', String(own.length), '', '', ''];
    return [
      TOOLS[tool],
      share(growing),
      share(others),
      share(clean),
      String(own.length - answers.length),
      String(
        Math.round(
          quantile(
            answers.map(({ calls }) => calls),
            0.5,
          ),
        ),
      ),
      time(
        quantile(
          answers.map(({ seconds }) => seconds),
          0.5,
        ),
      ),
      time(
        quantile(
          answers.map(({ seconds }) => seconds),
          0.9,
        ),
      ),
    ];
  });
  return ['', title, '', ...aligned([['', ...head], ...rows])];
}

function causes(all: readonly Measured[], tools: readonly Tool[]): string[] {
  const rows = Cause.options.map((cause) => {
    const own = all.filter((one) => one.case.cause === cause && one.case.outcome !== 'clean');
    return [cause, ...tools.map((tool) => share(answered(own.filter((one) => one.tool === tool))))];
  });
  return ['', 'found, by cause', '', ...aligned([['', ...tools], ...rows])];
}

/** The cases on which a tool was wrong or silent, with how often. */
function troubles(tool: Tool, own: readonly Measured[]): string[] {
  const kinds: Record<string, Map<string, { times: number; reason: string }>> = {};
  const note = (kind: string, item: Case, reason: string): void => {
    const cases = (kinds[kind] ??= new Map());
    const entry = cases.get(item.name) ?? { times: 0, reason: reason.split('\n')[0] ?? '' };
    cases.set(item.name, { ...entry, times: entry.times + 1 });
  };
  for (const { answer, case: item } of own) {
    if ('error' in answer) note('no answer', item, answer.error);
    else if (answer.alarm && item.outcome === 'clean') note('false alarm', item, answer.reason);
    else if (!answer.alarm && item.outcome !== 'clean') note('missed', item, answer.reason);
    else if (answer.outcome !== undefined && answer.outcome !== item.outcome)
      note(answer.outcome, item, answer.reason);
  }
  return Object.entries(kinds).flatMap(([kind, cases]) => {
    // One sentence for a tool that cannot run at all.
    const rows = cases.size > 20 ? [...cases].slice(0, 3) : [...cases];
    const more = cases.size > rows.length ? [`    and ${cases.size - rows.length} more`] : [];
    return [
      '',
      `${TOOLS[tool]}: ${kind} (${cases.size} cases)`,
      ...rows.map(([name, { times, reason }]) => `    ${name} ×${times}  ${reason.slice(0, 150)}`),
      ...more,
    ];
  });
}

function answered(own: readonly Measured[]): { alarm: boolean }[] {
  return own.flatMap(({ answer }) => ('error' in answer ? [] : [answer]));
}

function share(answers: readonly { alarm: boolean }[]): string {
  return `${answers.filter(({ alarm }) => alarm).length}/${answers.length}`;
}

/** @param at between 0 and 1 */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? 0;
}

function time(seconds: number): string {
  return seconds < 0.1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
