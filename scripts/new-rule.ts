/**
 * Makes the skeleton of a rule: `src/rules/ID.ts` and its fixture `test/rules/ID.py`.
 *
 *     npm run new-rule ID
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [id = ''] = process.argv.slice(2);
const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const files = {
  [`src/rules/${id}.ts`]: 'scripts/new-rule/rule.ts.txt',
  [`test/rules/${id}.py`]: 'scripts/new-rule/fixture.py.txt',
};

const problem = !/^[a-z]+(-[a-z]+)+$/.test(id)
  ? `'${id}' is no rule id: name the bad pattern in two words or more, such as 'cached-method'`
  : Object.keys(files).find((name) => existsSync(path(name)));
if (problem !== undefined) {
  console.error(`new-rule: ${problem}${problem.includes("'") ? '' : ' exists already: choose another id'}`);
  process.exitCode = 2;
} else {
  for (const [name, template] of Object.entries(files)) {
    writeFileSync(path(name), readFileSync(path(template), 'utf8').replaceAll('RULE-ID', id));
    console.log(`wrote ${name}`);
  }
  console.log(
    `\nThe skeleton passes the tests below and reports calls of keep_forever(…). Make it your rule, then:\n` +
      `  npm run generate\n  npx vitest run --project main rules catalogue -t ${id}\n  RULES=${id} npm run test:rules`,
  );
}
