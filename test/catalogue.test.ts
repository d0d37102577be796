/** What every rule must have besides its code. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/changes/edits.ts';
import { rules } from '../src/rules/index.ts';
import { createScanner } from '../src/scan/create-scanner.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const scanner = await createScanner();

const scan = (code: string) => scanner.scan('app/example.py', Buffer.from(code));
const rulesIn = (code: string): string[] => scan(code).findings.map(({ rule }) => rule);

test('rules, fixtures and pages name the same ids', () => {
  const ids = rules.map(({ id }) => id);
  const names = (path: string, ending: string) =>
    readdirSync(folder(path)).flatMap((name) =>
      name.endsWith(ending) ? [name.slice(0, -ending.length)] : [],
    );

  expect(new Set(ids).size).toBe(ids.length);
  expect(names('../src/rules', '.ts').filter((name) => name !== 'index')).toEqual([...ids].sort());
  expect(names('rules', '.py').sort()).toEqual([...ids].sort());
  expect(names('../docs/rules', '.md').sort()).toEqual([...ids].sort());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('is described in full', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(rule.summary).toMatch(/^[A-Z][^\n]*[^.]$/);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.remedy).toMatch(/\.$/);
    expect(rule.notWhen.length).toBeGreaterThan(0);
    expect(rule.notWhen.every((reason) => /^[A-Z].*\.$/.test(reason))).toBe(true);
    expect(rule.examples.length).toBeGreaterThan(0);
    expect(existsSync(folder(`../src/rules/${id}.ts`))).toBe(true);
  });

  test.each(rule.examples.map((example, index) => [index + 1, example] as const))(
    'example %i',
    (_, example) => {
      expect(scan(example.bad).notices).toEqual([]);
      expect(rulesIn(example.bad)).toContain(id);
      expect(rulesIn(example.good)).toEqual([]);
      if (example.ok !== undefined) expect(rulesIn(example.ok)).not.toContain(id);
    },
  );

  test('its fixes parse, silence it, add nothing, and are done after one go', () => {
    for (const { bad } of rule.examples) {
      for (const { fix } of scan(bad).findings.filter((finding) => finding.rule === id)) {
        if (!fix) continue;
        const fixed = applyEdits(bad, fix.edits);
        const after = scan(fixed);

        expect(fixed).not.toBe(bad);
        expect(after.notices).toEqual([]);
        expect(after.findings.length).toBeLessThan(scan(bad).findings.length);
      }
    }
  });
});
