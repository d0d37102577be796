/** What a new finding weighs in a conclusion. */
import type { Verdict } from '../contract/review.ts';
import type { Confidence } from '../contract/words.ts';

/** `none`: cleared, already there, too small, or too weak to be shown. */
export type Weight = 'confirmed' | 'suspected-high' | 'suspected-medium' | 'none';

export function weigh(confidence: Confidence, verdict: Verdict): Weight {
  if (verdict.verdict === 'cleared' || verdict.origin === 'already-there' || verdict.minor) return 'none';
  if (verdict.verdict === 'confirmed') return 'confirmed';
  if (confidence === 'low') return 'none';
  return confidence === 'high' ? 'suspected-high' : 'suspected-medium';
}
