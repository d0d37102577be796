/**
 * How many findings are right, by confidence: the findings that a person read and labelled in `labels.jsonl`, as far as
 * the scan still reports them on the standard library and the pinned packages.
 *
 *     npm run precision                     the figures
 *     npm run precision -- --sample 40      with code, 40 findings of each confidence that nobody has labelled yet
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { scanFiles } from '../src/cli/scan-files.ts';
import type { Finding } from '../src/contract/scan.ts';
import { Confidence } from '../src/contract/words.ts';
import { packages, standardLibrary } from './trees.ts';

/** One line of the file: what a reader thought of one finding. */
const Label = z.strictObject({
  fingerprint: z.string(),
  rule: z.string(),
  where: z.string().describe('PATH:LINE when it was read'),
  right: z.boolean().describe('A maintainer would agree that this keeps memory for longer than meant'),
  why: z.string(),
});

/** Lines of code around a finding. */
const AROUND = 12;

const { values } = parseArgs({ options: { sample: { type: 'string' }, confidence: { type: 'string' } } });
const labels = new Map(
  readFileSync(fileURLToPath(new URL('labels.jsonl', import.meta.url)), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => Label.parse(JSON.parse(line)))
    .map((label) => [label.fingerprint, label]),
);
const files = [standardLibrary(), packages()].flatMap(({ root, files }) =>
  files.map((path) => ({ path, absolute: join(root, path) })),
);
const { document } = await scanFiles(files);

if (values.sample === undefined) figures();
else sample(Number(values.sample));

function figures(): void {
  console.log('confidence  found  read  right  precision');
  for (const level of Confidence.options) {
    const found = document.findings.filter(({ confidence }) => confidence === level);
    const read = found.flatMap(({ fingerprint }) => labels.get(fingerprint) ?? []);
    const right = read.filter((label) => label.right).length;
    const share = read.length === 0 ? '-' : `${((right / read.length) * 100).toFixed(0)} %`;
    console.log(
      `${level.padEnd(10)} ${[found.length, read.length, right].map((count) => String(count).padStart(6)).join('')}  ${share.padStart(9)}`,
    );
  }
  const present = new Set(document.findings.map(({ fingerprint }) => fingerprint));
  const gone = [...labels.values()].filter(({ fingerprint }) => !present.has(fingerprint));
  const mended = gone.filter(({ right }) => !right).length;
  console.log(`\n${gone.length} labelled findings are no longer reported, ${mended} of them were wrong`);
}

/** Fingerprints are hashes, so the first ones in their order are a fair sample. */
function sample(count: number): void {
  for (const level of Confidence.options.filter((name) => (values.confidence ?? name) === name)) {
    document.findings
      .filter(({ confidence, fingerprint }) => confidence === level && !labels.has(fingerprint))
      .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
      .slice(0, count)
      .forEach(show);
  }
}

function show({ fingerprint, confidence, path, range, rule, message }: Finding): void {
  const absolute = files.find((file) => file.path === path)?.absolute ?? '';
  const { line } = range.start;
  const code = readFileSync(absolute, 'utf8')
    .split('\n')
    .map((text, index) => `${index + 1 === line ? '>' : ' '} ${index + 1} ${text}`)
    .slice(Math.max(0, line - AROUND), line + AROUND);
  console.log(
    `\n=== ${fingerprint} ${confidence} ${rule} ${path}:${line}\n${message}\n${absolute}\n${code.join('\n')}`,
  );
}
