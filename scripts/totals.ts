/**
 * Adds up what vitest and unittest say in the logs of CI, and ends with the line `N passed, N failed, N skipped`.
 *
 *     node scripts/totals.ts LOG-FOLDER [FAILED-STEP…]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [folder = '.', ...failedSteps] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const name of readdirSync(folder)) {
  const log = stripVTControlCharacters(readFileSync(join(folder, name), 'utf8'));
  for (const [, counts = ''] of log.matchAll(/^\s*Tests {2}(.*\(\d+\))$/gm)) {
    for (const [, count, kind] of counts.matchAll(/(\d+) (passed|failed|skipped)/g)) {
      total[kind as keyof typeof total] += Number(count);
    }
  }
  for (const [, ran, outcome = ''] of log.matchAll(/^Ran (\d+) tests? in .*\n+(OK.*|FAILED.*)$/gm)) {
    const count = (...words: string[]): number =>
      words.reduce((sum, word) => sum + Number(new RegExp(`\\b${word}=(\\d+)`).exec(outcome)?.[1] ?? 0), 0);
    const [failed, skipped] = [count('failures', 'errors'), count('skipped')];
    total.failed += failed;
    total.skipped += skipped;
    total.passed += Number(ran) - failed - skipped;
  }
}

if (failedSteps.length > 0) console.log(`failed: ${failedSteps.join(', ')}`);
// A step that fails without a failed test (lint, say) must still turn the total red.
total.failed = Math.max(total.failed, failedSteps.length);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
