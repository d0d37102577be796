/** The story of a review, from two revisions to a conclusion. */
import { compareFindings } from '../changes/comparison.ts';
import type { Compared } from '../changes/comparison.ts';
import { diffLines } from '../changes/diff-lines.ts';
import type { BlockOn, ReviewDocument } from '../contract/review.ts';
import { planProbe } from '../probe/plan.ts';
import { conclude } from '../verdict/conclusion.ts';
import { judgeFindings, weighAll } from './judge.ts';
import type { Comparison, Progress, Prober, Repository } from './ports.ts';
import { probeFresh } from './probe-fresh.ts';
import { scanSides } from './scan-sides.ts';
import type { Scanner } from '../scan/scanner.ts';

export interface ReviewPorts {
  readonly repository: Repository;
  readonly scanner: Scanner;
  /** Null: the probe is off. */
  readonly prober: Prober | null;
  readonly progress: Progress;
}

export interface ReviewOptions {
  readonly base: string;
  /** Undefined: the working tree as it is. */
  readonly head: string | undefined;
  readonly blockOn: BlockOn;
  readonly probeRequired: boolean;
}

export interface Review {
  readonly document: ReviewDocument;
  /** Path → text of the files with findings: head's, or the merge base's where head has none. */
  readonly sources: ReadonlyMap<string, string>;
}

/** @throws UserError when the revisions do not fit the repository; MachineError when git is missing or fails */
export async function review(ports: ReviewPorts, options: ReviewOptions): Promise<Review> {
  const { progress } = ports;
  // 1. Which commits, and 2. what changed between the merge base and head.
  progress({ step: 'comparing', detail: `${options.base} with ${options.head ?? 'the working tree'}` });
  const trees = await ports.repository.compare(options.base, options.head);
  try {
    return await reviewTrees(ports, options, trees);
  } finally {
    trees.close();
  }
}

async function reviewTrees(ports: ReviewPorts, options: ReviewOptions, trees: Comparison): Promise<Review> {
  // 3. Scan both sides of every changed Python file.
  const sides = await scanSides(trees, ports.scanner, ports.progress);

  // 4. New, known and fixed.
  const diff = new Map(trees.files.map((file) => [file.path, diffLines(file.patch)]));
  const compared = compareFindings(sides.base.findings, sides.head.findings, diff);

  // 5. and 6. Run what is new under the probe.
  const plan = planProbe(compared.fresh);
  const probed = await probeFresh(plan, ports.prober, trees, ports.progress);

  // 7. and 8. Verdicts, and where each finding is shown.
  const findings = judgeFindings(compared, plan, probed, diff);

  // 9. What the check says.
  const conclusion = conclude({
    blockOn: options.blockOn,
    weights: weighAll(findings),
    probeRequired: options.probeRequired,
    troubles: sides.troubles,
    nothing: sides.scannedFiles === 0 ? 'no Python file was changed' : null,
  });
  ports.progress({ step: 'done', detail: conclusion.reason });
  return {
    document: {
      schema: 'leakcheck/review@1',
      base: trees.base,
      head: trees.head,
      mergeBase: trees.mergeBase,
      conclusion,
      findings,
      notices: [...trees.notices, ...sides.notices],
      probe: probed.summary,
      stats: {
        changedFiles: trees.files.length,
        scannedFiles: sides.scannedFiles,
        scanMilliseconds: sides.milliseconds,
        probeMilliseconds: probed.milliseconds,
      },
    },
    sources: sourcesOf(compared, sides.head.sources, sides.base.sources),
  };
}

function sourcesOf(
  compared: Compared,
  head: ReadonlyMap<string, string>,
  base: ReadonlyMap<string, string>,
): Map<string, string> {
  const paths = new Set(
    [...compared.fresh, ...compared.known, ...compared.fixed].map((finding) => finding.path),
  );
  return new Map([...paths].map((path) => [path, head.get(path) ?? base.get(path) ?? '']));
}
