/** What a rule is. One leak pattern is one file in `src/rules`, and its default export is one of these. */
import type { Edit } from '../contract/position.ts';
import type { Hold } from '../contract/scan.ts';
import type { Cause, Confidence, Outcome, Recipe, Safety } from '../contract/words.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';

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
  /** What the probe must measure on a `bad` example that says nothing else. */
  readonly predicts: Outcome;
  /** What the probe measures first for a hit that says nothing else. */
  readonly recipe: Recipe;
  readonly examples: readonly Example[];
  readonly links: readonly string[];
  /** Codes of other linters whose `noqa` or `pylint: disable` comments silence this rule too. */
  readonly knownAs?: readonly string[];
  /** Reports every hit in the file. Asks the facts; does not walk the tree again. */
  readonly check: (file: FileFacts, report: (hit: Hit) => void) => void;
}

/** Python modules that the test suite scans and runs under the probe. */
export interface Example {
  /** Must be flagged, and must measure as predicted: `clean` where the rule only advises. */
  readonly bad: string;
  /** The same code mended: must be silent, and must measure clean. */
  readonly good: string;
  /** Looks like it and is not: must be silent. */
  readonly ok?: string;
  /** What `bad` must measure as, where that is not what the rule predicts. */
  readonly predicts?: Outcome;
  /** Library without which the example cannot run. */
  readonly needs?: Library;
  /** Why the probe cannot run `bad`: what the rule says of it rests on the code alone. */
  readonly notMeasured?: string;
}

/** Libraries that examples may need, with the name that people know them by. */
export const LIBRARIES = {
  numpy: 'NumPy',
  pandas: 'pandas',
  matplotlib: 'Matplotlib',
  torch: 'PyTorch',
  tensorflow: 'TensorFlow',
  jax: 'JAX',
} as const;
export type Library = keyof typeof LIBRARIES;

export interface Hit {
  /** The code that creates the retention. The finding is shown on the first line of it. */
  readonly anchor: Node;
  /** Qualified name of what the finding is about, where it is not the class or function around the anchor. */
  readonly symbol?: string;
  /** One sentence: what is kept, and by whom. */
  readonly message: string;
  /** What keeps it: a name or path of names, such as `_seen` or `Repo.load`. */
  readonly holder: string;
  /** What is kept, in a few words. */
  readonly payload: string;
  /** Less than the rule's own when the evidence is weaker. */
  readonly confidence?: Confidence;
  /** Where this hit is of another cause than most of the rule: what an instance keeps, not the module. */
  readonly cause?: Cause;
  readonly fix?: ProposedFix;
  readonly probe?: {
    /** Qualified name of what to call in this file. */
    readonly target: string;
    readonly vary?: readonly string[];
    readonly hold?: Hold;
    /** What to measure first, where the hit is of another kind than most of the rule. */
    readonly recipe?: Recipe;
  };
}

export interface ProposedFix {
  readonly title: string;
  readonly safety: Safety;
  readonly edits: readonly Edit[];
}

export const defineRule = (rule: Rule): Rule => rule;
