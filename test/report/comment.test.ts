import { describe, expect, it } from 'vitest';
import type { ReviewedFinding } from '../../src/contract/review.ts';
import type { Finding } from '../../src/contract/scan.ts';
import { comment } from '../../src/report/comment.ts';
import { finding } from '../changes/sample-finding.ts';
import { measurement, path, result } from '../verdict/sample-result.ts';

const source = `_seen = {}\n\n\ndef remember(key, value):\n    _seen[key] = value\n    return value\n`;
const at = (line: number, column: number) => ({ start: { line, column }, end: { line, column } });

function reviewed(given: Partial<Finding> = {}, rest: Partial<ReviewedFinding> = {}): ReviewedFinding {
  const windows = [8, 16, 32].map((calls) => ({ calls, bytes: calls * 1024, objects: 0, cycleObjects: 0 }));
  const clean = measurement({ outcome: 'clean' });
  return {
    finding: finding({
      line: 5,
      range: { start: { line: 5, column: 5 }, end: { line: 5, column: 23 } },
      ...given,
    }),
    state: 'new',
    verdict: { verdict: 'confirmed', reason: 'kept', origin: 'introduced' },
    placement: { kind: 'inline', line: 5, reason: 'confirmed' },
    result: result({
      head: measurement({ perCall: { bytes: 1024 * 1024 }, calls: 56, windows }),
      base: { status: 'measured', reason: '', measurement: clean },
      fix: { status: 'fixed', reason: '', measurement: clean },
      paths: [path('app.cache._seen[*] -> bytes')],
    }),
    ...rest,
  };
}

describe('an inline comment', () => {
  it('says what is kept, the evidence, the measured fix, where to read on, how to ignore it', () => {
    const fix = {
      title: 'Bound it',
      safety: 'safe' as const,
      edits: [{ range: at(6, 1), text: '    _seen.clear()\n' }],
    };

    expect(comment(reviewed({ fix }), source)).toMatchInlineSnapshot(`
      "**\`_seen\` keeps every value**

      Measured: 1.00 MiB stays per call, over 56 calls ▁▂▃▃▄▅▆▆▇█ · merge base: 0 B per call

      Kept by \`app.cache._seen[*] -> bytes\`, 1 for each call

      Bound it (measured: 1.00 MiB → 0 B per call):

      \`\`\`suggestion
          _seen[key] = value
          _seen.clear()
      \`\`\`

      <sub>Global variable: clear it, bound it or scope it; \`del globals()["name"]\` where the name itself must go · [\`module-container-grows\`](https://example.org/rules/module-container-grows.md) · to ignore: \`# leakcheck: ignore[module-container-grows] reason\`</sub>"
    `);
  });

  it.each<[string, Partial<NonNullable<Finding['fix']>>, string]>([
    [
      'a replacement of the line',
      { edits: [{ range: { start: { line: 5, column: 5 }, end: { line: 5, column: 23 } }, text: 'pass' }] },
      '```suggestion\n    pass\n```',
    ],
    [
      'an insertion before it',
      { edits: [{ range: at(5, 1), text: '    a\n' }] },
      '```suggestion\n    a\n    _seen[key] = value\n```',
    ],
    [
      'the line goes',
      { edits: [{ range: { start: { line: 5, column: 1 }, end: { line: 6, column: 1 } }, text: '' }] },
      '```suggestion\n```',
    ],
    [
      'to be reviewed',
      { safety: 'review', edits: [{ range: at(6, 1), text: '    a\n' }] },
      '```diff\n+    a\n```',
    ],
    ['elsewhere', { edits: [{ range: at(1, 1), text: 'a\n' }] }, '```diff\n+a\n```'],
    [
      'at two places',
      {
        edits: [
          { range: at(1, 1), text: 'a\n' },
          { range: at(6, 1), text: '    b\n' },
        ],
      },
      '```diff\n@@ line 1 @@\n+a\n@@ line 6 @@\n+    b\n```',
    ],
    [
      'text that deceives',
      { edits: [{ range: at(6, 1), text: '    a\u202e\n' }] },
      '```diff\n+    a\\u{202e}\n```',
    ],
    [
      'text that would close the fence',
      { edits: [{ range: at(6, 1), text: '```\n' }] },
      '````suggestion\n    _seen[key] = value\n```\n````',
    ],
  ])('shows a fix: %s', (_, fix, expected) => {
    // prettier-ignore
    const given = { title: 'Mend it', safety: 'safe' as const, edits: [], ...fix };

    expect(comment(reviewed({ fix: given }), source)).toContain(`\n\n${expected}\n\n`);
  });

  it('of a suspected finding says why it was not measured', () => {
    const verdict = {
      verdict: 'suspected' as const,
      reason: 'every call raised `KeyError`',
      origin: 'unknown' as const,
    };

    const text = comment(reviewed({}, { verdict, result: null }), source);

    expect(text).toContain('\n\nSuspected, not measured: every call raised `KeyError`\n\n');
    expect(text).not.toContain('Measured');
  });

  it('says when the fix does not help, or was not verified', () => {
    const fix = { title: 'Bound it', safety: 'safe' as const, edits: [{ range: at(6, 1), text: 'x\n' }] };
    const head = measurement({ perCall: { bytes: 2048 } });
    const still = measurement({ perCall: { bytes: 1024 } });
    const say = (
      status: 'not-fixed' | 'not-verified' | 'not-run',
      reason: string,
      found: typeof still | null,
    ) =>
      comment(
        reviewed({ fix }, { result: result({ head, fix: { status, reason, measurement: found } }) }),
        source,
      );

    expect(say('not-fixed', '', still)).toContain(
      'Bound it (measured, does not stop it: 2.00 KiB → 1.00 KiB per call):',
    );
    expect(say('not-verified', 'the fixed code returns another value', null)).toContain(
      '(not verified: the fixed code returns another value):',
    );
    expect(say('not-run', '', null)).toContain('(not verified):');
  });

  it('names the other places of its family, with what was measured of each', () => {
    const other = reviewed({ message: '`_urls` keeps every key', symbol: 'fetch', range: at(40, 5) });
    const unproved = {
      verdict: { verdict: 'suspected', reason: 'not run', origin: 'unknown' },
      result: null,
    } as const;

    const text = comment(reviewed(), source, { others: [other, reviewed({ range: at(52, 1) }, unproved)] });

    expect(text).toContain(
      'The same here:\n\n' +
        '- line 40 in `fetch`: `_urls` keeps every key (1.00 MiB stays per call, over 56 calls)\n' +
        '- line 52 in `remember`: `_seen` keeps every value (not measured)\n\n',
    );
  });

  it('stays itself whatever the analysed code is called', () => {
    const evil = '](https://evil.example) @octocat <img src=x> `x` ``` #1';
    const text = comment(
      reviewed(
        { message: evil, rule: 'cached-method' },
        { result: result({ head: measurement({ perCall: { bytes: 99 } }), paths: [path(`${evil} -> x`)] }) },
      ),
      source,
    );

    expect(text.split('\n')[0]).not.toMatch(/\]\(https:\/\/|<img|@octocat/);
  });
});
