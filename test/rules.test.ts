/** Every rule against its fixture `test/rules/<id>.py`: what is marked must be found, and nothing else. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../src/rules/index.ts';
import { createScanner } from '../src/scan/create-scanner.ts';
import type { Scanner } from '../src/scan/scanner.ts';
import { leakMarkers } from './support/markers.ts';

describe.each(['wasm', 'native'] as const)('with the %s parser', (backend) => {
  let scanner: Scanner | undefined;

  beforeAll(async () => {
    scanner = await createScanner({ backend }).catch(() => undefined);
  });

  test.for(rules.map(({ id }) => id))('%s', (id, { skip }) => {
    if (!scanner) return skip('the native parser does not load on this machine');
    const source = readFileSync(new URL(`./rules/${id}.py`, import.meta.url));

    const { findings, notices } = scanner.scan('app/module.py', source);

    const lines = source.toString().split('\n');
    const shown = (line: number): string => `${line}: ${lines[line - 1]?.trim() ?? ''}`;
    const found = findings.filter(({ rule }) => rule === id).map(({ range }) => range.start.line);
    const marked = leakMarkers(source.toString()).map(({ line }) => line);
    expect({
      missing: marked.filter((line) => !found.includes(line)).map(shown),
      noisy: found.filter((line) => !marked.includes(line)).map(shown),
    }).toEqual({ missing: [], noisy: [] });
    expect(notices).toEqual([]);
  });
});
