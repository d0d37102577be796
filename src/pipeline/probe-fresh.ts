/** Runs the plan and reads off what came of it. */
import type { ProbeResult } from '../contract/report.ts';
import type { ReviewDocument } from '../contract/review.ts';
import type { Isolation } from '../contract/words.ts';
import type { Planned } from '../probe/plan.ts';
import type { Comparison, Prober, Progress } from './ports.ts';

export interface Probed {
  readonly results: ReadonlyMap<string, ProbeResult>;
  /** Why a planned target may have no result. */
  readonly missing: string;
  readonly isolation: Isolation;
  readonly summary: ReviewDocument['probe'];
  readonly milliseconds: number;
}

export async function probeFresh(
  planned: Planned,
  prober: Prober | null,
  trees: Comparison,
  progress: Progress,
): Promise<Probed> {
  if (prober === null) return withoutProbe('off', 'the probe is switched off');
  const { plan } = planned;
  if (plan === null) return withoutProbe('nothing-to-probe', 'there is nothing to probe');
  const started = performance.now();
  const count = plan.targets.length;
  progress({ step: 'probing', detail: `${count} ${count === 1 ? 'target' : 'targets'}` });
  const { report, reason } = await prober.probe(plan, trees, (event) => {
    progress({ step: 'probe', event });
  });
  const milliseconds = Math.round(performance.now() - started);
  if (report === null) return { ...withoutProbe('failed', reason), milliseconds };
  return {
    results: new Map(report.results.map((result) => [result.id, result])),
    missing: 'the probe report has no result for it',
    isolation: report.environment.isolation,
    summary: { status: 'ran', reason, environment: report.environment },
    milliseconds,
  };
}

export function withoutProbe(status: ReviewDocument['probe']['status'], reason: string): Probed {
  return {
    results: new Map(),
    missing: reason,
    isolation: 'none',
    summary: { status, reason, environment: null },
    milliseconds: 0,
  };
}
