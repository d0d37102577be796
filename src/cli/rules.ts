/** `leakcheck rules`. */
import { EXIT_OK } from '../errors.ts';
import { causes } from '../report/causes.ts';
import { rules } from '../rules/index.ts';
import { print, printJson, styleOf } from './output.ts';

export async function runRules(format: 'pretty' | 'json'): Promise<number> {
  if (format === 'json') {
    await printJson(
      rules.map(({ id, cause, confidence, summary, recipe }) => ({ id, cause, confidence, summary, recipe })),
    );
    return EXIT_OK;
  }
  const style = styleOf(process.stdout);
  const width = Math.max(...rules.map(({ id }) => id.length));
  const groups = Object.entries(causes).flatMap(([cause, { title }]) => {
    const own = rules.filter((rule) => rule.cause === cause);
    const rows = own.map(
      (rule) => `  ${rule.id.padEnd(width)}  ${rule.confidence.padEnd(6)}  ${style.dim(rule.summary)}`,
    );
    return own.length === 0 ? [] : [[style.bold(title), ...rows].join('\n')];
  });
  await print(`${groups.join('\n\n')}\n\n'leakcheck explain RULE' says more about one of them.\n`);
  return EXIT_OK;
}
