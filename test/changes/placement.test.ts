import { describe, expect, it } from 'vitest';
import { placeFindings } from '../../src/changes/placement.ts';
import type { FindingState, Origin, PlacementKind, VerdictWord } from '../../src/contract/review.ts';
import type { Confidence } from '../../src/contract/words.ts';
import { finding } from './sample-finding.ts';

type Row = [FindingState, Confidence, VerdictWord | null, Origin, onDiff: boolean, PlacementKind, RegExp];

const diff = new Map([['app/cache.py', { added: new Set([8]), shown: new Set([7, 8, 9]) }]]);

describe('where a finding is shown', () => {
  it.each<Row>([
    ['new', 'high', 'confirmed', 'introduced', true, 'inline', /confirmed/],
    ['new', 'medium', 'confirmed', 'introduced', true, 'inline', /confirmed/],
    ['new', 'low', 'confirmed', 'unknown', true, 'inline', /confirmed/],
    ['new', 'high', 'confirmed', 'introduced', false, 'annotation', /not on a line/],
    ['new', 'low', 'confirmed', 'introduced', false, 'annotation', /not on a line/],
    ['new', 'high', 'confirmed', 'already-there', true, 'summary', /merge base leaks as much/],
    ['new', 'high', 'suspected', 'unknown', true, 'inline', /high confidence/],
    ['new', 'high', 'suspected', 'unknown', false, 'annotation', /not on a line/],
    ['new', 'medium', 'suspected', 'unknown', true, 'summary', /did not confirm/],
    ['new', 'low', 'suspected', 'unknown', true, 'hidden', /low confidence/],
    ['new', 'high', 'cleared', 'unknown', true, 'summary', /cleared/],
    ['new', 'medium', 'cleared', 'unknown', true, 'summary', /cleared/],
    ['new', 'low', 'cleared', 'unknown', true, 'summary', /cleared/],
    ['known', 'high', null, 'unknown', true, 'summary', /merge base/],
    ['known', 'low', null, 'unknown', true, 'summary', /merge base/],
    ['fixed', 'high', null, 'unknown', true, 'summary', /removed/],
  ])('%s, %s, %s, %s, on the diff: %s → %s', (state, confidence, verdict, origin, onDiff, kind, reason) => {
    const item = {
      finding: finding({ confidence, line: onDiff ? 8 : 80 }),
      state,
      verdict: verdict === null ? null : { verdict, reason: '', origin },
    };

    const [placement] = placeFindings([item], diff);

    expect(placement).toEqual({
      kind,
      line: onDiff ? 8 : 80,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('anchors at an added line of the finding before one of context', () => {
    const range = { start: { line: 7, column: 1 }, end: { line: 9, column: 4 } };
    const item = { finding: finding({ range }), state: 'new' as const, verdict: null };

    expect(placeFindings([item], diff)[0]).toMatchObject({ kind: 'inline', line: 8 });
    expect(
      placeFindings(
        [item],
        new Map([['app/cache.py', { added: new Set<number>(), shown: new Set([9]) }]]),
      )[0],
    ).toMatchObject({ line: 9 });
  });

  it('does not count the line on which a range ends before its first column', () => {
    const range = { start: { line: 6, column: 1 }, end: { line: 7, column: 1 } };

    expect(placeFindings([{ finding: finding({ range }), state: 'new', verdict: null }], diff)[0]?.kind).toBe(
      'annotation',
    );
  });

  it('keeps the first 25 comments inline, the others as annotations; a family is one comment', () => {
    const item = (family: number) => ({
      finding: finding({ family: `family ${family}` }),
      state: 'new' as const,
      verdict: null,
    });

    const many = placeFindings(
      Array.from({ length: 27 }, (_, index) => item(index)),
      diff,
    ).map(({ kind }) => kind);
    const alike = placeFindings(
      Array.from({ length: 54 }, (_, index) => item(index % 2)),
      diff,
    ).map(({ kind }) => kind);

    expect(many.filter((kind) => kind === 'inline')).toHaveLength(25);
    expect(many.slice(25)).toEqual(['annotation', 'annotation']);
    expect(new Set(alike)).toEqual(new Set(['inline']));
  });
});
