import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/changes/edits.ts';
import { fixHunks } from '../../src/changes/fix-hunks.ts';
import type { Edit } from '../../src/contract/position.ts';

const source = 'import x\n\n@cache\ndef f(a):\n    return a\n';

function edit(
  startLine: number,
  startColumn: number,
  endLine: number,
  endColumn: number,
  text: string,
): Edit {
  return {
    range: { start: { line: startLine, column: startColumn }, end: { line: endLine, column: endColumn } },
    text,
  };
}

describe('applying edits', () => {
  it.each([
    ['nothing', [], source],
    ['a word', [edit(4, 7, 4, 8, 'b')], source.replace('(a)', '(b)')],
    ['a whole line goes', [edit(3, 1, 4, 1, '')], source.replace('@cache\n', '')],
    ['an insertion before a line', [edit(4, 1, 4, 1, '# new\n')], source.replace('def', '# new\ndef')],
    [
      'several, given in any order',
      [edit(5, 12, 5, 13, 'z'), edit(1, 8, 1, 9, 'y')],
      source.replace('import x', 'import y').replace('return a', 'return z'),
    ],
    ['at the very end', [edit(6, 1, 6, 1, 'end\n')], `${source}end\n`],
  ])('%s', (_, edits, expected) => {
    expect(applyEdits(source, edits)).toBe(expected);
  });

  it('counts columns in code points, and keeps CRLF', () => {
    expect(applyEdits('a = "😀😀"; b\r\nc\r\n', [edit(1, 11, 1, 12, 'B'), edit(2, 1, 2, 2, 'C')])).toBe(
      'a = "😀😀"; B\r\nC\r\n',
    );
  });

  it.each([
    ['overlap', [edit(1, 1, 1, 5, ''), edit(1, 3, 1, 6, '')]],
    ['a line that is not there', [edit(9, 1, 9, 1, '')]],
    ['an end before the start', [edit(1, 5, 1, 2, '')]],
  ])('refuses %s', (_, edits) => {
    expect(() => applyEdits(source, edits)).toThrow(RangeError);
  });
});

describe('the lines that a fix replaces', () => {
  it.each([
    [
      'a word in a line',
      [edit(4, 7, 4, 8, 'b')],
      [{ start: 4, removed: ['def f(a):'], added: ['def f(b):'] }],
    ],
    ['a line that goes', [edit(3, 1, 4, 1, '')], [{ start: 3, removed: ['@cache'], added: [] }]],
    ['a line that comes', [edit(4, 1, 4, 1, '# new\n')], [{ start: 4, removed: [], added: ['# new'] }]],
    [
      'a line into two',
      [edit(5, 5, 5, 13, 'b = a\n    return b')],
      [{ start: 5, removed: ['    return a'], added: ['    b = a', '    return b'] }],
    ],
    ['an edit that changes nothing', [edit(3, 1, 3, 7, '@cache')], []],
  ])('%s', (_, edits, expected) => {
    expect(fixHunks(source, edits)).toEqual(expected);
  });

  it('shows edits that are far apart as two', () => {
    const long = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');

    expect(
      fixHunks(long, [edit(2, 1, 2, 2, 'L'), edit(15, 1, 15, 2, 'L')]).map(({ start }) => start),
    ).toEqual([2, 15]);
  });

  it('gives the patched text when its hunks are put in', () => {
    const text = fc.stringMatching(/^[ab\n]{0,12}$/);
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[abc]{0,4}$/), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        text,
        (rows, a, b, added) => {
          const before = rows.join('\n');
          const [from, to] = [a % rows.length, b % rows.length].sort((x, y) => x - y) as [number, number];
          const change = edit(from + 1, 1, to + 1, (rows[to]?.length ?? 0) + 1, added);
          const patched = before.split('\n');
          for (const hunk of fixHunks(before, [change]).reverse()) {
            patched.splice(hunk.start - 1, hunk.removed.length, ...hunk.added);
          }
          expect(patched.join('\n')).toBe(applyEdits(before, [change]));
        },
      ),
    );
  });
});
