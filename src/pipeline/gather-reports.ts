/** The reports of all lanes → one answer of the probe. */
import type { ProbeReport } from '../contract/report.ts';
import { Isolation } from '../contract/words.ts';
import type { Planned } from '../probe/plan.ts';
import type { Lane } from './lanes.ts';
import type { Probed } from './probe-fresh.ts';

export interface LaneReport {
  readonly lane: Lane;
  /** Ids of the targets that went there. */
  readonly targets: readonly string[];
  /** Null when there is none; then the reason says why. */
  readonly report: ProbeReport | null;
  readonly reason: string;
}

/** @returns also the plan, with the reason at every finding that its lane has no report for */
export function gather(
  planned: Planned,
  lanes: readonly LaneReport[],
  milliseconds: number,
): { planned: Planned; probed: Probed } {
  const left = new Map(planned.left);
  for (const [finding, id] of planned.ids) {
    const reason = whyLeft(id, lanes);
    if (reason !== null) left.set(finding, reason);
  }
  const reports = lanes.flatMap(({ report }) => (report === null ? [] : [report]));
  const [first] = reports;
  const reasons = lanes.flatMap(({ lane, reason }) => (reason === '' ? [] : [`${lane} lane: ${reason}`]));
  return {
    planned: { ...planned, left },
    probed: {
      results: new Map(reports.flatMap(({ results }) => results.map((result) => [result.id, result]))),
      missing: 'the probe report has no result for it',
      isolation: weakest(reports),
      summary: {
        status: first === undefined ? 'failed' : 'ran',
        reason: reasons.join('; '),
        environment: first?.environment ?? null,
      },
      milliseconds,
    },
  };
}

function whyLeft(id: string, lanes: readonly LaneReport[]): string | null {
  const lane = lanes.find(({ targets }) => targets.includes(id));
  if (lane === undefined) return 'the plan was too large to be sent whole';
  return lane.report === null ? lane.reason : null;
}

/** A finding is cleared only as well as the worst lane was walled off. */
function weakest(reports: readonly ProbeReport[]): Isolation {
  const levels = reports.map(({ environment }) => Isolation.options.indexOf(environment.isolation));
  return levels.length === 0 ? 'none' : (Isolation.options[Math.min(...levels)] ?? 'none');
}
