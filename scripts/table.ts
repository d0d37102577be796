/**
 * The six causes, measured: for each rule its first example under the probe, as it is and with the suggested fix.
 *
 *     npm run table [-- --write]      --write puts it into the README
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cause } from '../src/contract/words.ts';
import { causes } from '../src/report/causes.ts';
import { fixLine, measured } from '../src/report/evidence.ts';
import { rules } from '../src/rules/index.ts';
import type { Rule } from '../src/scan/rule.ts';
import { probeExamples, pythonWith, type ProbedExample } from './probe-examples.ts';

export interface TableRow {
  readonly rule: Rule;
  /** Null where the library of the example is missing. */
  readonly probed: ProbedExample | null;
}

/** One row a rule, in the order of the causes. */
export async function tableRows(): Promise<TableRow[]> {
  const first = Cause.options.flatMap((cause) =>
    rules
      .filter((rule) => rule.cause === cause)
      .flatMap((rule) => rule.examples.slice(0, 1).map((example) => ({ rule, example }))),
  );
  const probed = new Map<Rule, ProbedExample>();
  for (const needs of [undefined, 'numpy', 'torch'] as const) {
    const examples = first.filter(({ example }) => example.needs === needs);
    const python = pythonWith(...(needs ? [needs] : []));
    if (!python || examples.length === 0) continue;
    for (const row of await probeExamples(examples, python)) probed.set(row.rule, row);
  }
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
