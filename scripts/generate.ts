/**
 * Writes everything that is generated, or with `--check` says what is out of date.
 *
 *     npm run generate [-- --check]
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { configSchema } from '../src/config/schema.ts';
import { ProbePlan } from '../src/contract/plan.ts';
import { ProbeReport } from '../src/contract/report.ts';
import { ReviewDocument } from '../src/contract/review.ts';
import { ScanDocument } from '../src/contract/scan.ts';
import type { Rule } from '../src/scan/rule.ts';
import { configurationTable } from './generate-configuration.ts';
import { ruleIds, ruleIndex, rulePage, ruleTable } from './generate-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Path below the root → its whole content. */
type Generated = ReadonlyMap<string, string>;

async function generated(): Promise<Generated> {
  const ids = ruleIds();
  const rules = await Promise.all(ids.map(loadRule));
  const config = configSchema(rules);
  return new Map([
    ...Object.entries({
      scan: ScanDocument,
      plan: ProbePlan,
      report: ProbeReport,
      review: ReviewDocument,
    }).map(([name, schema]): [string, string] => [`contract/${name}.schema.json`, jsonSchema(schema)]),
    ['contract/config.schema.json', jsonSchema(config, 'input')],
    [
      'docs/configuration.md',
      await pretty(
        'docs/configuration.md',
        withRegion('docs/configuration.md', 'keys', configurationTable(config)),
      ),
    ],
    ['src/rules/index.ts', await pretty('src/rules/index.ts', ruleIndex(ids))],
    ...rules.map((rule): [string, string] => [`docs/rules/${rule.id}.md`, rulePage(rule)]),
    ['README.md', await pretty('README.md', withRegion('README.md', 'rules', ruleTable(rules)))],
  ]);
}

async function loadRule(id: string): Promise<Rule> {
  const module = (await import(`../src/rules/${id}.ts`)) as { default: Rule };
  return module.default;
}

/** @param io `input` for what people write: keys with a default may be left out */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io }), null, 2)}\n`;
}

async function pretty(path: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(`${root}${path}`)), filepath: path });
}

/** The file with the text between `<!-- generated: name -->` and `<!-- end: name -->` replaced. */
function withRegion(path: string, name: string, text: string): string {
  const [open, close] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const whole = readFileSync(`${root}${path}`, 'utf8');
  const [before, rest] = whole.split(open);
  const after = rest?.split(close)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${path} lacks the marks ${open} and ${close}`);
  return `${before}${open}\n\n${text}\n\n${close}${after}`;
}

/** Files in generated folders that nothing generates any more. */
function leftOver(files: Generated): string[] {
  return readdirSync(`${root}docs/rules`)
    .map((name) => `docs/rules/${name}`)
    .filter((path) => !files.has(path));
}

mkdirSync(`${root}docs/rules`, { recursive: true });
const files = await generated();
const stale = [...files].filter(
  ([path, text]) => !existsSync(`${root}${path}`) || readFileSync(`${root}${path}`, 'utf8') !== text,
);
const gone = leftOver(files);

if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...gone])
    console.error(`${path} is out of date: run 'npm run generate'`);
  process.exitCode = stale.length + gone.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, text);
    console.log(`wrote ${relative(process.cwd(), `${root}${path}`)}`);
  }
  for (const path of gone) rmSync(`${root}${path}`);
}
