/** What is measured: the labelled cases of this folder, those of the probe's own tests, and the examples of the rules. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cause, Outcome, Recipe } from '../../src/contract/words.ts';
import { planProbe } from '../../src/probe/plan.ts';
import { rules } from '../../src/rules/index.ts';
import { createScanner } from '../../src/scan/create-scanner.ts';

export interface Case {
  readonly name: string;
  readonly set: 'written' | 'tests' | 'examples';
  readonly outcome: Outcome;
  /** Undefined in the tests' own cases, which do not say it. */
  readonly cause: Cause | undefined;
  readonly root: string;
  /** Relative to the root. */
  readonly file: string;
  readonly target: string;
  readonly vary: readonly string[];
  /** FILE::FUNCTION that makes one call; null: our driver makes the call that every tool measures. */
  readonly declared: string | null;
  readonly line: number | null;
  readonly recipe: Recipe;
  readonly hold: { readonly line: number; readonly names: readonly string[] } | null;
}

const WRITTEN = fileURLToPath(new URL('cases/', import.meta.url));
const TESTS = fileURLToPath(new URL('../../python-runner/tests/cases/', import.meta.url));
/** `# leak cache | target: PriceBook.quote | vary: symbol` above the function that makes one call. */
const LABEL =
  /^# (?<outcome>[a-z-]+) (?<cause>[a-z-]+) \| (?<words>.*)\n(?:async )?def (?<name>case_\w+)\(/gm;

/** @throws Error when a label cannot be read */
export function writtenCases(): Case[] {
  return pythonFiles(WRITTEN).flatMap((file) => {
    const source = readFileSync(join(WRITTEN, file), 'utf8');
    return [...source.matchAll(LABEL)].map(({ groups: label = {} }): Case => {
      const words = pairs((label['words'] ?? '').split(' | '));
      const [text, names = ''] = words.get('hold')?.split(/:(?=[\w ]+$)/) ?? [];
      const outcome = Outcome.parse(label['outcome']);
      const line = text === undefined ? 0 : source.slice(0, source.indexOf(text)).split('\n').length;
      const name = label['name'] ?? '';
      return {
        name,
        set: 'written',
        outcome,
        cause: Cause.parse(label['cause']),
        root: WRITTEN,
        file,
        target: words.get('target') ?? name,
        vary: words.get('vary')?.split(' ') ?? [],
        declared: `${file}::${name}`,
        line: null,
        recipe: Recipe.parse(words.get('recipe') ?? (text === undefined ? recipeOf(outcome) : 'peak')),
        hold: text === undefined ? null : { line, names: names.split(' ') },
      };
    });
  });
}

/** Those that can be measured without a library, and that are either clean or leak. */
export function testCases(): Case[] {
  return pythonFiles(TESTS).flatMap((file): Case[] => {
    const [first = ''] = readFileSync(join(TESTS, file), 'utf8').split('\n');
    const words = pairs(first.replace(/^# /, '').split(', '));
    const outcome = Outcome.parse(words.get('outcome'));
    if (outcome === 'inconclusive' || words.has('needs')) return [];
    const [line = '', names = ''] = words.get('hold')?.split(':') ?? [];
    return [
      {
        name: file.replace('.py', ''),
        set: 'tests',
        outcome,
        cause: undefined,
        root: TESTS,
        file,
        target: words.get('target') ?? 'target',
        vary: words.get('vary')?.split(' ') ?? [],
        declared: null,
        line: words.has('line') ? Number(words.get('line')) : null,
        recipe: Recipe.parse(words.get('recipe') ?? 'growth'),
        hold: line === '' ? null : { line: Number(line), names: names.split(' ') },
      },
    ];
  });
}

/** The `bad` and `good` examples of the rules that need no library. @param folder empty; the examples are written there */
export async function exampleCases(folder: string): Promise<Case[]> {
  const scanner = await createScanner();
  return rules.flatMap((rule) =>
    rule.examples.flatMap((example, index): Case[] => {
      if (example.needs || example.notMeasured) return [];
      const name = `${rule.id.replaceAll('-', '_')}_${index + 1}`;
      const { findings } = scanner.scan(`${name}.py`, Buffer.from(example.bad));
      const finding = findings.find((candidate) => candidate.rule === rule.id && candidate.probe);
      const planned = finding && planProbe([finding]).plan?.targets[0];
      if (!finding || !planned) return [];
      writeFileSync(join(folder, `${name}.py`), example.bad);
      writeFileSync(join(folder, `${name}_good.py`), example.good);
      const bad: Case = {
        name: `${rule.id} ${index + 1} bad`,
        set: 'examples',
        outcome: example.predicts ?? rule.predicts,
        cause: finding.cause,
        root: folder,
        file: `${name}.py`,
        target: planned.target.split('::')[1] ?? '',
        vary: planned.vary,
        declared: null,
        line: planned.lines?.start ?? null,
        recipe: planned.recipe,
        hold: planned.hold && { line: planned.hold.line, names: planned.hold.names },
      };
      if (planned.recipe === 'peak') return [bad];
      const good: Case = {
        ...bad,
        name: `${rule.id} ${index + 1} good`,
        outcome: 'clean',
        file: `${name}_good.py`,
        line: null,
      };
      return [bad, good];
    }),
  );
}

function recipeOf(outcome: Outcome): Recipe {
  return outcome === 'fragmentation' ? 'fragmentation' : 'growth';
}

function pythonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .sort();
}

function pairs(parts: readonly string[]): Map<string, string> {
  return new Map(
    parts.map((part) => {
      const at = part.indexOf(':');
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
}
