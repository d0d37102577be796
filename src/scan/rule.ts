/** What a rule is. One leak pattern is one file in `src/rules`, and its default export is one of these. */
import type { Edit, Range } from '../contract/position.ts';
import type { Hold } from '../contract/scan.ts';
import type { Cause, Confidence, Outcome, Recipe, Safety } from '../contract/words.ts';
import type { FileFacts } from '../facts/file-facts.ts';

export interface Rule {
  /** The same word everywhere: file name, fixture, docs page, config key, suppression. Names the bad pattern. */
  readonly id: string;
  readonly cause: Cause;
  /** The most that the syntax alone can say; a hit may say less. */
  readonly confidence: Confidence;
  /** One line without a full stop, such as "A cache on a method keeps every instance alive". */
  readonly summary: string;
  /** One paragraph: the mechanism, and when it hurts. */
  readonly why: string;
  /** One or two sentences: what to do about it. */
  readonly remedy: string;
  /** Look-alikes that `check` leaves alone, one sentence each. */
  readonly notWhen: readonly string[];
  /** What the probe must measure on every `bad` example. */
  readonly predicts: Outcome;
  readonly recipe: Recipe;
  readonly examples: readonly Example[];
  readonly links: readonly string[];
  /** Reports every hit in the file. Asks the facts; does not walk the tree again. */
  readonly check: (file: FileFacts, report: (hit: Hit) => void) => void;
}

/** Python modules that the test suite scans and runs under the probe. */
export interface Example {
  /** Must be flagged, and must measure as the rule predicts. */
  readonly bad: string;
  /** The same code mended: must be silent, and must measure clean. */
  readonly good: string;
  /** Looks like it and is not: must be silent. */
  readonly ok?: string;
  /** Library without which the example cannot run. */
  readonly needs?: 'numpy' | 'torch';
}

export interface Hit {
  readonly range: Range;
  /** Qualified name of the enclosing class or function; empty at module level. */
  readonly symbol: string;
  /** One sentence: what is kept, and by whom. */
  readonly message: string;
  readonly holder: string;
  readonly payload: string;
  /** Less than the rule's own when the evidence is weaker. */
  readonly confidence?: Confidence;
  readonly fix?: { readonly title: string; readonly safety: Safety; readonly edits: readonly Edit[] };
  readonly probe?: {
    /** Qualified name of what to call in this file. */
    readonly target: string;
    readonly vary?: readonly string[];
    readonly hold?: Hold;
  };
}

export const defineRule = (rule: Rule): Rule => rule;
