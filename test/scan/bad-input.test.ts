/** Files that nobody expects: none may crash the scan, hang it, or pass in silence. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createScanner } from '../../src/scan/create-scanner.ts';
import type { Scanner } from '../../src/scan/scanner.ts';

const LEAK =
  'import functools\n\n\nclass Repo:\n    @functools.cache\n    def load(self, key):\n        return key\n';

const deep = (open: string, close: string, depth: number): string =>
  `x = ${open.repeat(depth)}${close.repeat(depth)}\n`;

describe.each(['wasm', 'native'] as const)('with the %s parser', (backend) => {
  let scanner: Scanner | undefined;

  beforeAll(async () => {
    scanner = await createScanner({ backend }).catch(() => undefined);
  });

  const scan = (source: string | Uint8Array) => scanner?.scan('app/repo.py', Buffer.from(source));

  test.for([
    ['an empty file', ''],
    ['only a comment', '# nothing here'],
    ['only white space', ' \n\t\n'],
    ['no line ending at the end', 'x = 1'],
    ['tabs', 'def f():\n\tx = [1]\n\treturn x\n'],
  ])('%s is silent', ([, source], { skip }) => {
    if (!scanner) return skip('the native parser does not load on this machine');
    expect(scan(source ?? '')).toEqual({ findings: [], notices: [], failures: [] });
  });

  test.for([
    ['5,000 nested parentheses', LEAK + deep('(', ')', 5000)],
    ['5,000 nested lists', LEAK + deep('[', ']', 5000)],
    ['20,000 chained attributes', `${LEAK}x = a${'.b'.repeat(20_000)}\n`],
    ['20,000 chained subscripts', `${LEAK}x = a${'[0]'.repeat(20_000)}\n`],
    ['20,000 chained calls', `${LEAK}x = a${'.b()'.repeat(20_000)}\n`],
    ['a line of 1 MB', `${LEAK}x = "${'y'.repeat(1_000_000)}"\n`],
    ['a sum of 20,000 terms', `${LEAK}x = ${'1 + '.repeat(20_000)}1\n`],
    [
      '300 nested blocks',
      `${LEAK}${Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}if x:\n`).join('')}${' '.repeat(300)}pass\n`,
    ],
  ])('%s is scanned all the same', ([, source], { skip }) => {
    if (!scanner) return skip('the native parser does not load on this machine');

    const result = scan(source ?? '');

    expect(result?.findings.map(({ rule, symbol }) => [rule, symbol])).toEqual([
      ['cached-method', 'Repo.load'],
    ]);
    expect(result?.notices.filter(({ message }) => message.includes('failed'))).toEqual([]);
  });

  test('a syntax error is reported, and the rest is scanned', ({ skip }) => {
    if (!scanner) return skip('the native parser does not load on this machine');

    const result = scan(`${LEAK}\n\ndef broken(:\n    pass\n`);

    expect(result?.findings).toHaveLength(1);
    expect(result?.notices).toEqual([
      { path: 'app/repo.py', message: 'line 10 does not parse; the rest of the file was scanned' },
    ]);
  });
});

test('a file of 5 MB is scanned all the same', async () => {
  const scanner = await createScanner();
  const source = `${LEAK}${'value = compute(1, 2, 3)\n'.repeat(200_000)}`;

  const { findings, notices } = scanner.scan('app/repo.py', Buffer.from(source));

  expect(findings).toHaveLength(1);
  expect(notices).toEqual([]);
});
