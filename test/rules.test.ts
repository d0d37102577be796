/** Every rule against its fixture `test/rules/<id>.py`: what is marked must be found, as sure as the mark says, and nothing else. */
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

  test.for(rules.map(({ id, confidence }) => [id, confidence] as const))('%s', ([id, usual], { skip }) => {
    if (!scanner) return skip('the native parser does not load on this machine');
    const source = readFileSync(new URL(`./rules/${id}.py`, import.meta.url));

    const { findings, notices } = scanner.scan('app/module.py', source);

    const lines = source.toString().split('\n');
    const shown = (line: number, confidence: string): string =>
      `${line} (${confidence}): ${lines[line - 1]?.trim() ?? ''}`;
    const found = findings
      .filter(({ rule }) => rule === id)
      .map(({ range, confidence }) => shown(range.start.line, confidence));
    const marked = leakMarkers(source.toString()).map(({ line, confidence }) =>
      shown(line, confidence ?? usual),
    );
    expect({
      missing: marked.filter((line) => !found.includes(line)),
      noisy: found.filter((line) => !marked.includes(line)),
    }).toEqual({ missing: [], noisy: [] });
    expect(notices).toEqual([]);
  });
});
