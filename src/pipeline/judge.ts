/** Puts verdict and placement to every finding, most important first. */
import type { Compared } from '../changes/comparison.ts';
import type { DiffLines } from '../changes/diff-lines.ts';
import { placeFindings } from '../changes/placement.ts';
import type { Placeable } from '../changes/placement.ts';
import type { ProbeResult } from '../contract/report.ts';
import type { ReviewedFinding } from '../contract/review.ts';
import type { Finding } from '../contract/scan.ts';
import type { Planned } from '../probe/plan.ts';
import { decideVerdict } from '../verdict/verdict.ts';
import { weigh } from '../verdict/weight.ts';
import type { Weight } from '../verdict/weight.ts';
import type { Probed } from './probe-fresh.ts';

type Judged = Placeable & { readonly result: ProbeResult | null };

export function judgeFindings(
  compared: Compared,
  planned: Planned,
  probed: Probed,
  diff: ReadonlyMap<string, DiffLines>,
): ReviewedFinding[] {
  const fresh = compared.fresh.map((finding) => judge(finding, planned, probed)).sort(byImportance);
  const judged: Judged[] = [
    ...fresh,
    ...unjudged(compared.known, 'known'),
    ...unjudged(compared.fixed, 'fixed'),
  ];
  const placements = placeFindings(judged, diff);
  return judged.flatMap((item, index) => {
    const placement = placements[index];
    return placement === undefined ? [] : [{ ...item, placement }];
  });
}

export function weighAll(findings: readonly ReviewedFinding[]): Weight[] {
  return findings.flatMap(({ finding, verdict }) =>
    verdict === null ? [] : [weigh(finding.confidence, verdict)],
  );
}

function judge(finding: Finding, planned: Planned, probed: Probed): Judged {
  const result = probed.results.get(planned.ids.get(finding) ?? '') ?? null;
  const verdict = decideVerdict(finding, result, planned.left.get(finding) ?? probed.missing, {
    isolation: probed.isolation,
    fork: false,
    driverUnchanged: false,
  });
  return { finding, state: 'new', verdict, result };
}

function unjudged(findings: readonly Finding[], state: 'known' | 'fixed'): Judged[] {
  return findings.map((finding) => ({ finding, state, verdict: null, result: null }));
}

const ORDER: readonly Weight[] = ['confirmed', 'suspected-high', 'suspected-medium', 'none'];

function byImportance(a: Judged, b: Judged): number {
  return (
    rank(a) - rank(b) ||
    (a.finding.path < b.finding.path ? -1 : a.finding.path > b.finding.path ? 1 : lineOf(a) - lineOf(b))
  );
}

function rank({ finding, verdict }: Judged): number {
  return verdict === null ? ORDER.length : ORDER.indexOf(weigh(finding.confidence, verdict));
}

function lineOf({ finding }: Judged): number {
  return finding.range.start.line;
}
