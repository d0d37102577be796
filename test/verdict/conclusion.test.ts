import { describe, expect, it } from 'vitest';
import { BlockOn } from '../../src/contract/review.ts';
import type { Conclusion, Origin, VerdictWord } from '../../src/contract/review.ts';
import type { Confidence } from '../../src/contract/words.ts';
import { conclude } from '../../src/verdict/conclusion.ts';
import type { Situation } from '../../src/verdict/conclusion.ts';
import { weigh } from '../../src/verdict/weight.ts';
import type { Weight } from '../../src/verdict/weight.ts';

describe('what a new finding weighs', () => {
  it('nothing when it is confirmed and small', () => {
    const verdict = { verdict: 'confirmed', reason: '', origin: 'introduced', minor: true } as const;

    expect(weigh('high', verdict)).toBe('none');
  });

  it.each<[Confidence, VerdictWord, Origin, Weight]>([
    ['high', 'confirmed', 'introduced', 'confirmed'],
    ['low', 'confirmed', 'unknown', 'confirmed'],
    ['high', 'confirmed', 'already-there', 'none'],
    ['high', 'suspected', 'unknown', 'suspected-high'],
    ['medium', 'suspected', 'unknown', 'suspected-medium'],
    ['low', 'suspected', 'unknown', 'none'],
    ['high', 'cleared', 'unknown', 'none'],
    ['medium', 'cleared', 'unknown', 'none'],
  ])('%s, %s, %s → %s', (confidence, verdict, origin, weight) => {
    expect(weigh(confidence, { verdict, reason: '', origin })).toBe(weight);
  });
});

function situation(given: Partial<Situation>): Situation {
  return { blockOn: 'confirmed', weights: [], probeRequired: false, troubles: [], nothing: null, ...given };
}

describe('the table of block-on', () => {
  const expected: Record<BlockOn, Record<Weight, Conclusion['conclusion']>> = {
    confirmed: {
      confirmed: 'failure',
      'suspected-high': 'neutral',
      'suspected-medium': 'neutral',
      none: 'success',
    },
    high: {
      confirmed: 'failure',
      'suspected-high': 'failure',
      'suspected-medium': 'neutral',
      none: 'success',
    },
    any: {
      confirmed: 'failure',
      'suspected-high': 'failure',
      'suspected-medium': 'failure',
      none: 'success',
    },
    never: {
      confirmed: 'neutral',
      'suspected-high': 'neutral',
      'suspected-medium': 'success',
      none: 'success',
    },
  };
  const rows = BlockOn.options.flatMap((blockOn) =>
    (Object.entries(expected[blockOn]) as [Weight, Conclusion['conclusion']][]).map(
      ([weight, conclusion]) => [blockOn, weight, conclusion] as const,
    ),
  );

  it.each(rows)('%s, %s → %s', (blockOn, weight, conclusion) => {
    const decided = conclude(situation({ blockOn, weights: [weight, 'none'] }));

    expect(decided).toMatchObject({ conclusion, blocks: conclusion === 'failure' });
  });
});

describe('besides the table', () => {
  it.each<[string, Partial<Situation>, Conclusion]>([
    [
      'nothing to look at',
      { nothing: 'no Python file to review was changed' },
      { conclusion: 'success', blocks: false, reason: 'no Python file to review was changed' },
    ],
    ['nothing found', {}, { conclusion: 'success', blocks: false, reason: 'no new leak' }],
    [
      'the worst decides',
      { weights: ['suspected-medium', 'confirmed', 'suspected-high', 'confirmed'] },
      { conclusion: 'failure', blocks: true, reason: "2 confirmed new leaks; block-on is 'confirmed'" },
    ],
    [
      'all that block are counted',
      { blockOn: 'any', weights: ['suspected-medium', 'confirmed', 'none'] },
      {
        conclusion: 'failure',
        blocks: true,
        reason: "1 confirmed and 1 suspected new leaks; block-on is 'any'",
      },
    ],
    [
      'a proof is required and missing',
      { probeRequired: true, weights: ['suspected-medium'] },
      {
        conclusion: 'action_required',
        blocks: true,
        reason: '1 suspected new leak without a proof, and a proof is required',
      },
    ],
    [
      'a proof is required and there',
      { probeRequired: true, blockOn: 'never', weights: ['confirmed'] },
      { conclusion: 'neutral', blocks: false, reason: "1 confirmed new leak; block-on is 'never'" },
    ],
    [
      'a failure comes before a missing proof',
      { probeRequired: true, weights: ['suspected-high', 'confirmed'] },
      { conclusion: 'failure', blocks: true, reason: "1 confirmed new leak; block-on is 'confirmed'" },
    ],
    [
      'our own failure is never a silent success',
      { troubles: ['a.py: the scan failed'] },
      { conclusion: 'neutral', blocks: false, reason: 'not everything was reviewed: a.py: the scan failed' },
    ],
    [
      'nor hides a failure',
      { troubles: ['a.py: the scan failed'], weights: ['confirmed'] },
      { conclusion: 'failure', blocks: true, reason: "1 confirmed new leak; block-on is 'confirmed'" },
    ],
  ])('%s', (_, given, expected) => {
    // prettier-ignore
    expect(conclude(situation(given))).toEqual(expected);
  });
});
