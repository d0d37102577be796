/** The weights of the new findings → the conclusion of the check, as the table in this file says. */
import type { BlockOn, Conclusion } from '../contract/review.ts';
import type { Weight } from './weight.ts';

interface Row {
  readonly failure: readonly Weight[];
  readonly neutral: readonly Weight[];
}

const TABLE: Readonly<Record<BlockOn, Row>> = {
  confirmed: { failure: ['confirmed'], neutral: ['suspected-high', 'suspected-medium'] },
  high: { failure: ['confirmed', 'suspected-high'], neutral: ['suspected-medium'] },
  any: { failure: ['confirmed', 'suspected-high', 'suspected-medium'], neutral: [] },
  never: { failure: [], neutral: ['confirmed', 'suspected-high'] },
};

export interface Situation {
  readonly blockOn: BlockOn;
  /** One for each new finding. */
  readonly weights: readonly Weight[];
  /** Whether every `high` and `medium` finding must be proved or cleared. */
  readonly probeRequired: boolean;
  /** What we could not do, such as a file that the scan failed on. */
  readonly troubles: readonly string[];
  /** Why there was nothing to look at. */
  readonly nothing: string | null;
}

export function conclude(situation: Situation): Conclusion {
  const { blockOn, weights, troubles, nothing } = situation;
  const row = TABLE[blockOn];
  const blocking = weights.filter((weight) => row.failure.includes(weight));
  if (blocking.length > 0)
    return { conclusion: 'failure', blocks: true, reason: `${count(blocking)}; block-on is '${blockOn}'` };
  const unproved = weights.filter((weight) => weight === 'suspected-high' || weight === 'suspected-medium');
  if (situation.probeRequired && unproved.length > 0) {
    return {
      conclusion: 'action_required',
      blocks: true,
      reason: `${count(unproved)} without a proof, and a proof is required`,
    };
  }
  if (troubles[0] !== undefined)
    return pass('neutral', `not everything was reviewed: ${troubles.join('; ')}`);
  const noted = weights.filter((weight) => row.neutral.includes(weight));
  if (noted.length > 0) return pass('neutral', `${count(noted)}; block-on is '${blockOn}'`);
  return pass('success', nothing ?? 'no new leak');
}

function pass(conclusion: 'success' | 'neutral', reason: string): Conclusion {
  return { conclusion, blocks: false, reason };
}

const WORDS = {
  confirmed: 'confirmed',
  'suspected-high': 'suspected',
  'suspected-medium': 'suspected',
} as const;

/** `2 confirmed and 1 suspected new leaks`. */
function count(weights: readonly Weight[]): string {
  const kinds = weights.flatMap((weight) => (weight === 'none' ? [] : [WORDS[weight]]));
  const parts = (['confirmed', 'suspected'] as const).flatMap((word) => {
    const number = kinds.filter((kind) => kind === word).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  return `${parts.join(' and ')} new ${kinds.length === 1 ? 'leak' : 'leaks'}`;
}
