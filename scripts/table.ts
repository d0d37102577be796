/**
 * The six causes, measured: for each rule its first example under the probe, as it is and with the suggested fix.
 *
 *     npm run table [-- --write]      --write puts it into the README
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { causes } from '../src/report/causes.ts';
import { fixLine, measured } from '../src/report/evidence.ts';
import { rules } from '../src/rules/index.ts';
import type { Rule } from '../src/scan/rule.ts';
import { probeEachExample, type ProbedExample } from './probe-examples.ts';

export interface TableRow {
  readonly rule: Rule;
  /** Null where the library of the example is missing. */
  readonly probed: ProbedExample | null;
}

/** One or two rules for each cause, in the order of the causes. */
const SHOWN = [
  'parent-child-cycle',
  'self-referencing-closure',
  'large-local-outlives-use',
  'exception-kept',
  'module-container-grows',
  'cached-method',
  'unbounded-function-cache',
  'fragmenting-churn',
  'array-view-kept',
  'graph-kept-by-accumulation',
];

/** One row for each of these rules. */
export async function tableRows(): Promise<TableRow[]> {
  const first = SHOWN.flatMap((id) =>
    rules
      .filter((rule) => rule.id === id)
      .flatMap((rule) => rule.examples.slice(0, 1).map((example) => ({ rule, example }))),
  );
  const probed = new Map([...(await probeEachExample(first))].map(([{ rule }, row]) => [rule, row]));
  return first.map(({ rule }) => ({ rule, probed: probed.get(rule) ?? null }));
}

function markdown(rows: readonly TableRow[]): string {
  const lines = rows.map(({ rule, probed }) => {
    const fix = probed?.finding.fix?.title ?? rule.remedy;
    const before = probed?.bad.head ? measured(probed.bad.head) : 'not measured: the library is missing here';
    const after = probed ? fixLine(probed.bad) : '';
    return `| **${causes[rule.cause].title}**: ${causes[rule.cause].remedy} | \`${rule.id}\` | ${fix} | ${before} | ${after} |`;
  });
  return [
    '| cause, and what helps | rule | fix shown | measured | with the fix |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

if (import.meta.main) {
  const table = markdown(await tableRows());
  console.log(table);
  if (process.argv.includes('--write')) {
    const readme = fileURLToPath(new URL('../README.md', import.meta.url));
    const text = readFileSync(readme, 'utf8');
    writeFileSync(
      readme,
      text.replace(
        /(<!-- measured: table -->)[\s\S]*(<!-- end: table -->)/,
        (_, open: string, close: string) => `${open}\n\n${table}\n\n${close}`,
      ),
    );
  }
}
