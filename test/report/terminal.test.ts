import { describe, expect, it } from 'vitest';
import type { ReviewDocument, ReviewedFinding } from '../../src/contract/review.ts';
import { checkSummary, checkTitle, reviewInMarkdown } from '../../src/report/check.ts';
import { reviewOnTerminal } from '../../src/report/terminal/review.ts';
import { scanOnTerminal } from '../../src/report/terminal/scan.ts';
import { terminalStyle, wrap } from '../../src/report/terminal/style.ts';
import { finding } from '../changes/sample-finding.ts';
import { measurement, path, result } from '../verdict/sample-result.ts';

const source = '_seen = {}\n\n\ndef remember(key, value):\n    _seen[key] = value\n    return value\n';
const sources = new Map([['app/cache.py', source]]);
const range = { start: { line: 5, column: 5 }, end: { line: 5, column: 23 } };
const end = { start: { line: 6, column: 1 }, end: { line: 6, column: 1 } };
const clean = measurement({ outcome: 'clean' });

const confirmed: ReviewedFinding = {
  finding: finding({
    range,
    fix: { title: 'Bound it', safety: 'review', edits: [{ range: end, text: '    _seen.clear()\n' }] },
  }),
  state: 'new',
  verdict: { verdict: 'confirmed', reason: 'kept by it', origin: 'introduced' },
  placement: { kind: 'inline', line: 5, reason: 'confirmed' },
  result: result({
    head: measurement({ perCall: { bytes: 2048, objects: 1 } }),
    base: { status: 'measured', reason: '', measurement: clean },
    fix: { status: 'fixed', reason: '', measurement: clean },
    paths: [path('app.cache._seen[*] -> bytes')],
  }),
};

function other(name: string, given: Partial<ReviewedFinding>): ReviewedFinding {
  const item = {
    ...confirmed,
    finding: finding({ range, message: `${name} keeps it`, rule: `rule-${name}` }),
    result: null,
  };
  return { ...item, verdict: null, placement: { kind: 'summary', line: 5, reason: 'why' }, ...given };
}

const findings: ReviewedFinding[] = [
  confirmed,
  other('unclear', { verdict: { verdict: 'suspected', reason: 'every call raised', origin: 'unknown' } }),
  other('innocent', { verdict: { verdict: 'cleared', reason: 'clean', origin: 'unknown' }, result: result({ outcome: 'clean', head: clean }) }),
  other('ancient', { verdict: { verdict: 'confirmed', reason: 'kept by ancient', origin: 'already-there' } }),
  other('faint', { verdict: { verdict: 'suspected', reason: 'not run', origin: 'unknown' }, placement: { kind: 'hidden', line: 5, reason: 'low confidence' } }),
  other('known', { state: 'known' }),
  other('gone', { state: 'fixed' }),
]; // prettier-ignore

const document: ReviewDocument = {
  schema: 'leakcheck/review@1',
  base: { name: 'main', commit: 'a'.repeat(40) },
  head: { name: 'working tree', commit: null },
  mergeBase: 'b'.repeat(40),
  conclusion: {
    conclusion: 'failure',
    blocks: true,
    reason: "1 confirmed new leak; block-on is 'confirmed'",
  },
  findings,
  notices: [{ path: 'vendor/x.py', message: 'not scanned' }],
  probe: { status: 'off', reason: 'the probe is switched off', environment: null },
  stats: { changedFiles: 3, scannedFiles: 1, scanMilliseconds: 12, probeMilliseconds: 0 },
};

const plain = terminalStyle(false, 80);

describe('a review on the terminal', () => {
  it('reads like this', () => {
    expect(reviewOnTerminal(document, sources, plain)).toMatchInlineSnapshot(`
      "Review of working tree against main (merge base bbbbbbbbb)
      3 changed files, 1 Python file scanned in 12 ms; not probed: the probe is
      switched off

      ✖ confirmed  module-container-grows                               app/cache.py:5
        \`_seen\` keeps every value

          4 │ def remember(key, value):
        ▶ 5 │     _seen[key] = value
          6 │     return value

        measured  2.00 KiB and 1 object stay per call, over 64 calls
                  merge base: 0 B per call
        kept by   app.cache._seen[*] -> bytes, 1 for each call
        fix       Bound it
                  measured: 2.00 KiB → 0 B per call
                  +     _seen.clear()
        rule      https://example.org/rules/module-container-grows.md

      ? suspected  rule-unclear                                         app/cache.py:5
        unclear keeps it

          4 │ def remember(key, value):
        ▶ 5 │     _seen[key] = value
          6 │     return value

        because   every call raised
        rule      https://example.org/rules/module-container-grows.md

      Cleared by the probe (1)
        ✓ app/cache.py:5  rule-innocent
          nothing stays, over 64 calls

      Fixed by this change (1)
        ✓ app/cache.py:5  rule-gone
          gone keeps it

      Already there, and not made worse (1)
        · app/cache.py:5  rule-ancient
          kept by ancient

      Known from the merge base (1)
        · app/cache.py:5  rule-known
          known keeps it

      Too uncertain to comment on (1)
        · app/cache.py:5  rule-faint
          low confidence

      Notes
        · vendor/x.py: not scanned

      The check would block (failure): 1 confirmed new leak; block-on is 'confirmed'.
      "
    `);
  });

  it('has colours only when asked for, and the same words', () => {
    const coloured = reviewOnTerminal(document, sources, terminalStyle(true, 80));

    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(reviewOnTerminal(document, sources, plain));
  });

  it('lets no escape sequence of the analysed code through', () => {
    const evil = 'x\u001b[2J\u001b]0;title\u0007\u009b31m';
    const item = {
      ...confirmed,
      finding: {
        ...confirmed.finding,
        message: evil,
        path: `${evil}.py`,
        fix: { title: evil, safety: 'review' as const, edits: [{ range: end, text: `${evil}\n` }] },
      },
    };
    const text = reviewOnTerminal(
      { ...document, findings: [item], notices: [{ path: evil, message: evil }] },
      new Map([[`${evil}.py`, `${evil}\n${source}`]]),
      plain,
    );

    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('keeps within the width', () => {
    for (const columns of [60, 80, 200]) {
      const rows = reviewOnTerminal(document, sources, terminalStyle(false, columns)).split('\n');
      // The rule's address is never broken.
      const long = rows.filter((row) => row.length > Math.min(columns, 110) && !row.includes('https://'));
      expect(long).toEqual([]);
    }
  });
});

describe('what is long or has several parts', () => {
  it('lists ten of a kind, and says how many more there are', () => {
    const many = Array.from({ length: 12 }, (_, index) => other(`k${index}`, { state: 'known' }));

    const text = reviewOnTerminal({ ...document, findings: many }, sources, plain);

    expect(text).toContain('Known from the merge base (12)');
    expect(text.match(/ rule-k\d+$/gm)).toHaveLength(10);
    expect(text).toContain('… and 2 more');
  });

  it('numbers the places of a fix when there are several', () => {
    const edits = [
      { range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }, text: 'import weakref\n' },
      { range: end, text: '    _seen.clear()\n' },
    ];
    const item = {
      ...confirmed,
      finding: { ...confirmed.finding, fix: { title: 'Mend', safety: 'review' as const, edits } },
    };

    const text = reviewOnTerminal({ ...document, findings: [item] }, sources, plain);

    expect(text).toContain(
      '@ line 1\n            + import weakref\n            @ line 6\n            +     _seen.clear()',
    );
  });

  it('names a revision by its hash once', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';

    const text = reviewOnTerminal({ ...document, head: { name: commit, commit } }, sources, plain);

    expect(text).toMatch(/^Review of 012345678 against main \(merge base bbbbbbbbb\)$/m);
  });
});

describe('a scan on the terminal', () => {
  it('reads like this', () => {
    const scan = {
      schema: 'leakcheck/scan@1' as const,
      findings: [confirmed.finding],
      notices: [{ path: 'b.py', message: 'line 3 does not parse' }],
      stats: { files: 2, bytes: 2048, milliseconds: 5 },
    };

    expect(scanOnTerminal(scan, sources, plain)).toMatchInlineSnapshot(`
      "high  module-container-grows                                      app/cache.py:5
        \`_seen\` keeps every value

          4 │ def remember(key, value):
        ▶ 5 │     _seen[key] = value
          6 │     return value

        fix       Bound it
                  +     _seen.clear()
        rule      https://example.org/rules/module-container-grows.md

      · b.py: line 3 does not parse

      1 finding (1 high) in 2 files, 2.00 KiB, 5 ms
      "
    `);
  });
});

describe('a check', () => {
  it('has a title of one line', () => {
    expect(checkTitle(document)).toBe("1 confirmed new leak; block-on is 'confirmed'");
  });

  it('has every finding in its summary once, those that are hidden too', () => {
    const summary = checkSummary(document);

    for (const name of ['unclear', 'innocent', 'ancient', 'faint', 'known', 'gone']) {
      expect(summary.split(`rule-${name}\``)).toHaveLength(2);
    }
    expect(summary).toContain('`vendor/x.py`: not scanned');
  });

  it('as Markdown shows the comments, then the summary', () => {
    const text = reviewInMarkdown(document, sources);

    expect(text).toMatch(/^# ❌ Leakcheck: 1 confirmed new leak/);
    expect(text.match(/^### .*$/gm)).toEqual(['### `app/cache.py:5`']);
    expect(text).toContain('\n## Summary\n');
  });
});

describe('wrapping', () => {
  it.each([
    ['a b c', 3, ['a b', 'c']],
    ['', 5, ['']],
    ['unbreakable words', 4, ['unbreakable', 'words']],
  ])('%j at %d', (text, width, rows) => {
    expect(wrap(text, width)).toEqual(rows);
  });
});
