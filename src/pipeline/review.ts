/** The story of a review on one machine, from two revisions to a conclusion. */
import type { ReviewDocument } from '../contract/review.ts';
import { planProbe } from '../probe/plan.ts';
import type { Scanner } from '../scan/scanner.ts';
import { assembleReview } from './assemble.ts';
import type { Policy } from './assemble.ts';
import { examine } from './examine.ts';
import type { Sources } from './examine.ts';
import type { Comparison, Progress, Prober, Repository } from './ports.ts';
import { probeFresh } from './probe-fresh.ts';

export interface ReviewPorts {
  readonly repository: Repository;
  readonly scanner: Scanner;
  /** Null: the probe is off. */
  readonly prober: Prober | null;
  readonly progress: Progress;
}

export interface ReviewOptions extends Policy {
  readonly base: string;
  /** Undefined: the working tree as it is. */
  readonly head: string | undefined;
}

export interface Review {
  readonly document: ReviewDocument;
  readonly sources: Sources;
}

/** @throws UserError when the revisions do not fit the repository; MachineError when git is missing or fails */
export async function review(ports: ReviewPorts, options: ReviewOptions): Promise<Review> {
  const { progress } = ports;
  // 1. Which commits, and what changed between the merge base and head.
  progress({ step: 'comparing', detail: `${options.base} with ${options.head ?? 'the working tree'}` });
  const trees = await ports.repository.compare(options.base, options.head);
  try {
    return await reviewTrees(ports, options, trees);
  } finally {
    trees.close();
  }
}

async function reviewTrees(
  ports: ReviewPorts,
  { blockOn, probeRequired }: Policy,
  trees: Comparison,
): Promise<Review> {
  // 2. Scan both sides; new, known and fixed.
  const { examined, sources } = await examine(trees, ports.scanner, ports.progress);

  // 3. Run what is new under the probe.
  const planned = planProbe(examined.compared.fresh);
  const probed = await probeFresh(planned, ports.prober, trees, ports.progress);

  // 4. Verdicts, placements, and what the check says.
  const document = assembleReview(examined, planned, probed, { blockOn, probeRequired });
  ports.progress({ step: 'done', detail: document.conclusion.reason });
  return { document, sources };
}
