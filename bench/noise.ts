/**
 * How much the scan says about well-kept code: findings per 1,000 files of the standard library, by rule.
 *
 *     npm run bench:noise [-- --list]
 */
import type { Confidence } from '../src/contract/words.ts';
import { rules } from '../src/rules/index.ts';
import { createScanner } from '../src/scan/create-scanner.ts';
import { standardLibrary } from './python-files.ts';

const files = standardLibrary();
const scanner = await createScanner();
const counts = new Map<string, Record<Confidence, number>>(
  rules.map(({ id }) => [id, { high: 0, medium: 0, low: 0 }]),
);
for (const { path, bytes } of files) {
  for (const finding of scanner.scan(path, bytes).findings) {
    const count = counts.get(finding.rule);
    if (count) count[finding.confidence]++;
    if (process.argv.includes('--list')) {
      console.log(
        `${finding.confidence.padEnd(6)} ${path}:${finding.range.start.line} ${finding.rule}: ${finding.message}`,
      );
    }
  }
}

const per1000 = (count: number): string => ((count / files.length) * 1000).toFixed(1).padStart(7);
console.log(`${files.length} files; findings per 1,000 files\n`);
console.log(`${''.padEnd(32)}    high  medium     low`);
const total = { high: 0, medium: 0, low: 0 };
for (const [id, count] of counts) {
  console.log(`${id.padEnd(32)} ${per1000(count.high)} ${per1000(count.medium)} ${per1000(count.low)}`);
  for (const confidence of ['high', 'medium', 'low'] as const) total[confidence] += count[confidence];
}
console.log(`${'all'.padEnd(32)} ${per1000(total.high)} ${per1000(total.medium)} ${per1000(total.low)}`);
