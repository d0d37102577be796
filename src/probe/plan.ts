/** Findings → probe plan: one target for each finding that says how it can be run. */
import type { ProbePlan, ProbeTarget } from '../contract/plan.ts';
import type { Finding } from '../contract/scan.ts';
import { Confidence } from '../contract/words.ts';

export interface Planned {
  /** Null when no finding can be probed. */
  readonly plan: ProbePlan | null;
  /** Finding → id of its target in the plan. */
  readonly ids: ReadonlyMap<Finding, string>;
  /** Finding → why it has no target. */
  readonly left: ReadonlyMap<Finding, string>;
}

export const LIMITS: ProbePlan['limits'] = { seconds: 300, secondsPerTarget: 60, megabytes: 2048 };

const MAX_TARGETS = 100;

/** Above 100 findings those of low confidence are left out first. */
export function planProbe(findings: readonly Finding[], limits: ProbePlan['limits'] = LIMITS): Planned {
  const ids = new Map<Finding, string>();
  const left = new Map<Finding, string>();
  const targets: ProbeTarget[] = [];
  for (const finding of [...findings].sort(byConfidence)) {
    if (finding.probe === undefined) {
      left.set(finding, 'the code is not inside a function that could be called');
    } else if (targets.length === MAX_TARGETS) {
      left.set(finding, `the plan is full: the first ${MAX_TARGETS} findings are probed`);
    } else {
      const id = uniqueId(finding, targets.length, new Set(ids.values()));
      ids.set(finding, id);
      targets.push(toTarget(finding, finding.probe, id));
    }
  }
  return { plan: targets.length === 0 ? null : { schema: 'leakcheck/plan@1', limits, targets }, ids, left };
}

function byConfidence(a: Finding, b: Finding): number {
  return Confidence.options.indexOf(a.confidence) - Confidence.options.indexOf(b.confidence);
}

/** Two equal findings in one file share a fingerprint; their targets may not share an id. */
function uniqueId(finding: Finding, index: number, taken: ReadonlySet<string>): string {
  return taken.has(finding.fingerprint)
    ? `${finding.fingerprint.slice(0, 56)}-${index}`
    : finding.fingerprint;
}

function toTarget(finding: Finding, hint: NonNullable<Finding['probe']>, id: string): ProbeTarget {
  const { start, end } = finding.range;
  return {
    id,
    target: hint.target,
    lines: { start: start.line, end: end.column === 1 && end.line > start.line ? end.line - 1 : end.line },
    recipe: hint.recipe,
    vary: hint.vary,
    hold: hint.hold ?? null,
    driver: null,
    fix: finding.fix === undefined ? null : { edits: finding.fix.edits },
  };
}
