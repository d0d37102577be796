import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, LineIndex } from '../../src/python/source-file.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);

describe('decode', () => {
  test.each([
    ['an empty file', bytes(''), ''],
    ['UTF-8 without a cookie', bytes('x = "é"\n'), 'x = "é"\n'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes('x = 1\n')]), 'x = 1\n'],
    [
      'Latin-1 by cookie',
      bytes('# -*- coding: latin-1 -*-\nx = "é"\n', 'latin1'),
      '# -*- coding: latin-1 -*-\nx = "é"\n',
    ],
    [
      'a cookie in the second line',
      bytes('#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\nx = "é"\n', 'latin1'),
      '#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\nx = "é"\n',
    ],
    ['Windows line endings', bytes('x = 1\r\ny = 2\r\n'), 'x = 1\r\ny = 2\r\n'],
    ['old Macintosh line endings', bytes('x = 1\ry = 2\r'), 'x = 1\ny = 2\n'],
  ])('reads %s', (_, source, text) => {
    expect(decode(source)).toEqual({ text });
  });

  test.each([
    ['NUL bytes', bytes('x = 1\0\n'), /NUL bytes/],
    ['invalid UTF-8', Buffer.from([0x78, 0xff, 0xfe]), /not valid UTF-8/],
    ['an unknown encoding', bytes('# coding: klingon\n'), /unknown encoding "klingon"/],
    [
      'a cookie that does not count, after code',
      bytes('x = 1\n# coding: latin-1\ny = "é"', 'latin1'),
      /not valid UTF-8/,
    ],
  ])('refuses %s in one sentence', (_, source, problem) => {
    expect(decode(source)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});

describe('LineIndex', () => {
  test('counts columns in code points', () => {
    const index = new LineIndex('a\n😀 = "é"\n');

    expect(index.position('a\n😀'.length)).toEqual({ line: 2, column: 2 });
    expect(index.text(2)).toBe('😀 = "é"');
  });

  test('finds the way back from every position', () => {
    const source = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '😀', 'é', '\t') });
    fc.assert(
      fc.property(source, (text) => {
        const index = new LineIndex(text);
        for (let at = 0; at <= text.length; at++) {
          const isHalf = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
          if (!isHalf) expect(index.offset(index.position(at))).toBe(at);
        }
      }),
    );
  });
});
