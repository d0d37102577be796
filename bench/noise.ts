/**
 * How much the scan says about well-kept code: findings per 1,000 files of the standard library and of pinned packages,
 * by rule and confidence, against the budget of `noise-budget.json`. Fails when a rule is over its budget.
 *
 *     npm run noise [-- --list | --write]      --list prints every finding, --write takes what is found as the budget
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scanFiles } from '../src/cli/scan-files.ts';
import { Confidence } from '../src/contract/words.ts';
import type { Finding } from '../src/contract/scan.ts';
import { rules } from '../src/rules/index.ts';
import { packages, standardLibrary } from './trees.ts';

const Rates = z.strictObject({ high: z.number(), medium: z.number(), low: z.number() });
type Rates = z.infer<typeof Rates>;

const BUDGET = fileURLToPath(new URL('noise-budget.json', import.meta.url));
/** Of all rules together. */
const TOTAL = { high: 3, 'high or medium': 60, low: 60 };
/** Other versions of the standard library find a little more or less. */
const SLACK = 1.2;

const levels = Confidence.options;
const trees = [standardLibrary(), packages()];
const files = trees.flatMap(({ root, files }) => files.map((path) => ({ path, absolute: join(root, path) })));
const { document } = await scanFiles(files);

if (process.argv.includes('--list')) {
  for (const { confidence, path, range, rule, message } of document.findings)
    console.log(`${confidence.padEnd(6)} ${path}:${range.start.line} ${rule}: ${message}`);
}

const found = new Map(
  rules.map(({ id }) => [id, ratesOf(document.findings.filter(({ rule }) => rule === id))]),
);
if (process.argv.includes('--write')) {
  const budget = [...found].map(([id, rates]) => [
    id,
    { high: allowed(rates.high), medium: allowed(rates.medium), low: allowed(rates.low) },
  ]);
  writeFileSync(BUDGET, `${JSON.stringify(Object.fromEntries(budget), null, 2)}\n`);
}

const budget = z.record(z.string(), Rates).parse(JSON.parse(readFileSync(BUDGET, 'utf8')));
const over: string[] = [];
console.log(`${files.length} files; findings per 1,000 files\n`);
console.log(`${''.padEnd(36)}   high  medium     low`);
for (const [id, rates] of found) {
  row(id, rates);
  const limit = budget[id];
  if (!limit) over.push(`${id} has no budget: npm run noise -- --write`);
  for (const level of levels) {
    if (limit && rates[level] > limit[level])
      over.push(
        `${id}: ${rates[level].toFixed(2)} ${level} per 1,000 files, and its budget is ${limit[level]}`,
      );
  }
}
const total = ratesOf(document.findings);
row('all', total);
const sums = { high: total.high, 'high or medium': total.high + total.medium, low: total.low };
for (const [level, limit] of Object.entries(TOTAL)) {
  const sum = sums[level as keyof typeof sums];
  if (sum > limit)
    over.push(`all rules: ${sum.toFixed(1)} ${level} per 1,000 files, and the budget is ${limit}`);
}
console.log(over.length === 0 ? '\nwithin the budget' : `\nover the budget:\n  ${over.join('\n  ')}`);
process.exitCode = over.length === 0 ? 0 : 1;

function ratesOf(findings: readonly Finding[]): Rates {
  const rate = (level: Confidence): number =>
    (findings.filter(({ confidence }) => confidence === level).length / files.length) * 1000;
  return { high: rate('high'), medium: rate('medium'), low: rate('low') };
}

function allowed(rate: number): number {
  return Math.ceil((rate * SLACK + 0.1) * 10) / 10;
}

function row(name: string, { high, medium, low }: Rates): void {
  console.log(
    `${name.padEnd(36)} ${[high, medium, low].map((rate) => rate.toFixed(2).padStart(7)).join('')}`,
  );
}
