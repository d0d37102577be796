/** What the probed code was walled off from, as the probe saw it from outside. */
import type { ProbeReport } from '../contract/report.ts';

export function isolated({ isolation, walls }: ProbeReport['environment']): string {
  return walls.length === 0 ? isolation : `${isolation} (${walls.join(', ')})`;
}
