/** The summary of the job: hostile texts stay texts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { result } from '../verdict/sample-result.ts';
import { ACTION } from './run-action.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function summary(text: string): string[] {
  const path = join(folder, 'report.json');
  writeFileSync(path, text);
  return execaSync('python3', ['-I', join(ACTION, 'summary.py'), path]).stdout.split('\n');
}

test('one line for each target', () => {
  const lines = summary(JSON.stringify({ results: [result({ target: 'a.py::f', outcome: 'leak' }), result()] }));

  expect(lines).toHaveLength(6);
  expect(lines[4]).toMatch(/^\| `a\.py::f` \| `leak` \| [\d,.]+ \| [\d,.]+ \| `.+` \|$/);
}); // prettier-ignore

test('nothing in it is Markdown, ends a cell or turns the direction of text', () => {
  const [, , , , line] = summary(
    JSON.stringify({
      results: [result({ target: '` | <img src=x> @everyone\n\n# \u202e', reason: 'x'.repeat(5_000) })],
    }),
  );

  expect(line?.split('|')).toHaveLength(7);
  expect(line?.split('`')).toHaveLength(7);
  expect(line).not.toContain('\u202e');
  expect(line?.length).toBeLessThan(600);
});

test.each(['', '[]', '{"results": 5}', '{"results": [{}]}', '['.repeat(100_000), '{"results": [null]}'])(
  'says that %j is no report',
  (text) => {
    expect(summary(text)).toContain('The report is not of the form `leakcheck/report@1`.');
  },
);
