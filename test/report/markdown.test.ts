import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capBody, code, fence, link, prose } from '../../src/report/markdown.ts';

/** Strings that are more likely to do harm than random ones. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom(
        '`', '``', '```', '~~~', '\n', '\r', '\\', '<', '>', '<!--', '-->', '<img src=x>', '&', '&#64;', '&lt;', '@', '@octocat', '@org/team',
        '#1', 'a/b#12', 'GH-7', 'JIRA-9', 'deadbeef', '0123456789abcdef0123456789abcdef01234567', 'https://evil.example', 'www.evil.example', 'x@y.zz',
        '![', '](', '[x]', '[x]: y', '|', '* ', '- ', '+ ', '1. ', '# ', '> ', '===', '---', '$', '$$', ':smile:', '{', '}', '\u202e', '\u200b', '\t',
      ), // prettier-ignore
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('a fenced block', () => {
  it('ends at its own fence only', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rows = fence(text, 'py').split('\n');
        const ticks = /^`{3,}/.exec(rows[0] ?? '')?.[0] ?? '';
        // CommonMark: a closing fence is as long or longer, indented by at most three spaces, with nothing after it.
        const closing = rows
          .slice(1)
          .filter((row) => new RegExp(`^ {0,3}\`{${ticks.length},}[ \\t]*$`).test(row));
        expect(closing).toEqual([ticks]);
        expect(rows.at(-1)).toBe(ticks);
      }),
    );
  });

  it.each([
    ['', '```py\n```'],
    ['a\n', '```py\na\n```'],
    ['```\nb', '````py\n```\nb\n````'],
    ['x = "\u202e"', '```py\nx = "\\u{202e}"\n```'],
  ])('%j', (text, expected) => {
    expect(fence(text, 'py')).toBe(expected);
  });
});

describe('a code span', () => {
  it('holds the whole text on one line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = code(text);
        const ticks = /^`+/.exec(span)?.[0] ?? '';
        const inside = span.slice(ticks.length, -ticks.length);
        expect(span.endsWith(ticks)).toBe(true);
        expect(inside.match(/`+/g)?.map((run) => run.length) ?? []).not.toContain(ticks.length);
        expect(inside).not.toMatch(/^`|`$|\n/);
      }),
    );
  });

  it.each([
    ['', '` `'],
    ['a', '`a`'],
    ['`', '`` ` ``'],
    ['a``b', '```a``b```'],
    ['two\nlines', '`two lines`'],
    ['@octocat #1', '`@octocat #1`'],
  ])('%j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('is cut when long', () => {
    expect(code('x'.repeat(5000)).length).toBeLessThan(310);
  });
});

describe('a sentence', () => {
  it('has no markup, link, mention or reference outside its code spans', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // What is left when code spans and what we write ourselves are taken out.
        const bare = prose(text)
          .replace(/\\[\\`*_[\]~|!{}#+=-]|(`+)(?!`).*?(?<!`)\1(?!`)/g, '¤')
          .replaceAll('<span>$</span>', '¤');
        expect(bare).not.toMatch(/[<>`*_[\]~|!{}$]/);
        expect(bare).not.toMatch(/&(?!amp;|lt;|gt;|#8203;)/);
        expect(bare).not.toMatch(/@[\w-]/);
        expect(bare).not.toMatch(/(?<!&)#\d/);
        expect(bare).not.toMatch(/\w:\/\/|www\./i);
        expect(bare).not.toMatch(/\bGH-\d/i);
        expect(bare).not.toMatch(/\b[0-9a-f]{7,}\b/i);
        expect(bare).not.toMatch(/^\s*([#+=-]|\d+[.)](\s|$))/);
        expect(bare).not.toMatch(/\n/);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['`_seen` keeps every value', '`_seen` keeps every value'],
    ['keeps a_b and *c*', 'keeps a\\_b and \\*c\\*'],
    ['thanks @octocat', 'thanks @&#8203;octocat'],
    ['closes #12 and a/b#3', 'closes #&#8203;12 and a/b#&#8203;3'],
    ['<img src=x onerror=y>', '&lt;img src=x onerror=y&gt;'],
    ['[x](https://evil.example)', '\\[x\\](https:&#8203;//evil.example)'],
    ['1. first', '1&#8203;. first'],
    ['# title', '\\# title'],
    ['costs $5$', 'costs <span>$</span>5<span>$</span>'],
    ['open ` tick', 'open \\` tick'],
    ['\\`<`', '\\\\`<`'],
    ['app.cache._seen[*] -> bytes', 'app.cache.\\_seen\\[\\*\\] -&gt; bytes'],
    ['in 0123456789abcdef', 'in 012345&#8203;6789ab&#8203;cdef'],
    ['`@octocat`', '`@octocat`'],
    ['1.00 MiB → 0 B per call', '1.00 MiB → 0 B per call'],
  ])('%j', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

describe('a link', () => {
  it('keeps its address whatever it holds', () => {
    expect(link('cached-method', 'https://example.org/a b(c).md')).toBe(
      '[`cached-method`](https://example.org/a%20b%28c%29.md)',
    );
    expect(link('](x)', 'https://example.org/')).toBe('[`](x)`](https://example.org/)');
  });
});

describe('a body', () => {
  it('is cut between its sections', () => {
    const section = (name: string) => `### ${name}\n\n${fence('x'.repeat(400), 'py')}`;
    const body = ['# Title', section('one'), section('two'), section('three')].join('\n\n');

    const cut = capBody(body, 1000);

    expect(cut.length).toBeLessThanOrEqual(1000);
    expect(cut).toContain('### two');
    expect(cut).not.toContain('### three');
    expect(cut).toContain('(cut: the review is longer');
    expect(cut.match(/```/g)).toHaveLength(4);
  });

  it('that fits is left alone', () => {
    expect(capBody('short')).toBe('short');
  });
});
