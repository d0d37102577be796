/** One probe plan → one for each lane, small enough to be dispatched. */
import { gzipSync } from 'node:zlib';
import type { Config } from '../config/schema.ts';
import type { ProbePlan, ProbeTarget } from '../contract/plan.ts';
import type { Planned } from '../probe/plan.ts';
import { withDrivers } from './configured.ts';
import type { Sources } from './examine.ts';

export type Lane = 'cpu' | 'gpu';

export interface LanePlan {
  readonly lane: Lane;
  /** Base64 of the compressed plan. */
  readonly encoded: string;
  readonly targets: readonly string[];
}

/** GitHub takes 65,535 characters for all inputs together. */
const MAX_ENCODED = 40_000;

const DEVICE_LIBRARY =
  /^[ \t]*(?:from[ \t]+|import[ \t]+(?:[\w.]+(?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*)*)(?:torch|tensorflow|jax|cupy)\b/m;

/** Plans without targets are left out. */
export function lanePlans(planned: Planned, sources: Sources, config: Config): LanePlan[] {
  const { plan } = withDrivers(planned, config);
  if (plan === null) return [];
  const hasGpu = config.probe.runners.gpu !== null;
  const laneOf = ({ target }: ProbeTarget): Lane =>
    hasGpu && DEVICE_LIBRARY.test(sources.get(fileOf(target)) ?? '') ? 'gpu' : 'cpu';
  return (['cpu', 'gpu'] as const).flatMap((lane) => {
    const own = plan.targets.filter((target) => laneOf(target) === lane);
    return fit(lane, plan, own);
  });
}

/** The last targets, which matter least, are left out of a plan that is too large. */
function fit(lane: Lane, plan: ProbePlan, targets: readonly ProbeTarget[]): LanePlan[] {
  if (targets.length === 0) return [];
  const encoded = gzipSync(JSON.stringify({ ...plan, targets, device: lane })).toString('base64');
  if (encoded.length > MAX_ENCODED)
    return fit(lane, plan, targets.slice(0, Math.floor(targets.length * 0.8)));
  return [{ lane, encoded, targets: targets.map(({ id }) => id) }];
}

function fileOf(target: string): string {
  return target.slice(0, target.indexOf('::'));
}
