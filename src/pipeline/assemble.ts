/** What was examined and what was measured → the review. */
import type { BlockOn, ReviewDocument } from '../contract/review.ts';
import type { Planned } from '../probe/plan.ts';
import { conclude } from '../verdict/conclusion.ts';
import type { Examined } from './examine.ts';
import { judgeFindings, weighAll } from './judge.ts';
import type { Probed } from './probe-fresh.ts';

export interface Policy {
  readonly blockOn: BlockOn;
  readonly probeRequired: boolean;
}

export function assembleReview(
  examined: Examined,
  planned: Planned,
  probed: Probed,
  policy: Policy,
): ReviewDocument {
  // Verdicts, and where each finding is shown.
  const findings = judgeFindings(examined.compared, planned, probed, examined.diff);

  // What the check says.
  const conclusion = conclude({
    ...policy,
    weights: weighAll(findings),
    troubles: examined.troubles,
    nothing: examined.scannedFiles === 0 ? 'no Python file to review was changed' : null,
  });
  return {
    schema: 'leakcheck/review@1',
    base: examined.base,
    head: examined.head,
    mergeBase: examined.mergeBase,
    conclusion,
    findings,
    notices: [...examined.notices],
    probe: probed.summary,
    stats: {
      changedFiles: examined.changedFiles,
      scannedFiles: examined.scannedFiles,
      scanMilliseconds: examined.scanMilliseconds,
      probeMilliseconds: probed.milliseconds,
    },
  };
}
