/**
 * Finding and outcome → verdict. The first row that fits decides:
 *
 * | outcome                     | and                                                        | verdict   |
 * |-----------------------------|------------------------------------------------------------|-----------|
 * | none                        |                                                            | suspected |
 * | inconclusive                |                                                            | suspected |
 * | any                         | no flagged line ran                                        | suspected |
 * | clean                       | a parameter that matters was not varied                    | suspected |
 * | clean                       | driver not ours, and not known to be the merge base's      | suspected |
 * | clean                       | a GPU was asked for, and there was none                    | suspected |
 * | clean                       | no isolation attested, or the change comes from a fork     | suspected |
 * | clean                       |                                                            | cleared   |
 * | leak … fragmentation        | no second process agreed                                   | suspected |
 * | leak … fragmentation        | nothing measured passes through the holder or the range    | suspected |
 * | leak … fragmentation        |                                                            | confirmed |
 *
 * Clearing asks for more than confirming: the figures come from the tested code's own process and can be forged, and the
 * worst that forging may win is silence about one's own leak.
 */
import type { Origin, Verdict, VerdictWord } from '../contract/review.ts';
import type { ProbeResult } from '../contract/report.ts';
import type { Finding } from '../contract/scan.ts';
import type { Isolation } from '../contract/words.ts';
import { findLink } from './link.ts';
import { origin } from './origin.ts';

export interface Circumstances {
  readonly isolation: Isolation;
  /** The change comes from someone without write permission. */
  readonly fork: boolean;
  /** The driver's source is byte-identical at the merge base. */
  readonly driverUnchanged: boolean;
}

/** @param missing why there is no result; used when `result` is null */
export function decideVerdict(
  finding: Finding,
  result: ProbeResult | null,
  missing: string,
  circumstances: Circumstances,
): Verdict {
  if (result === null) return say('suspected', `not probed: ${missing}`);
  if (result.outcome === 'inconclusive') return say('suspected', result.reason);
  if (!result.driver.reached) return say('suspected', 'the probe ran the code, but not the flagged line');
  return result.outcome === 'clean'
    ? decideClean(finding, result, circumstances)
    : decideLeak(finding, result);
}

function decideClean(finding: Finding, result: ProbeResult, circumstances: Circumstances): Verdict {
  const constant = (finding.probe?.vary ?? []).filter((name) => !result.driver.varied.includes(name));
  if (constant.length > 0) {
    return say('suspected', `nothing stayed, but the probe could not vary ${constant.join(', ')}`);
  }
  if (result.driver.kind !== 'synthesised' && !circumstances.driverUnchanged) {
    return say('suspected', 'nothing stayed, but the change may have altered the driver that was used');
  }
  if (result.head?.device?.unverified === true)
    return say('suspected', 'nothing stayed on the CPU, but there was no GPU to measure on');
  if (circumstances.isolation === 'none')
    return say('suspected', 'nothing stayed, but the probe ran without isolation');
  if (circumstances.fork)
    return say('suspected', "nothing stayed, but a fork's own measurement clears nothing");
  return say('cleared', result.reason);
}

function decideLeak(finding: Finding, result: ProbeResult): Verdict {
  if (!result.confirmed) return say('suspected', `a second process did not agree: ${result.reason}`);
  const link = findLink(finding, result);
  if (link === null) {
    const elsewhere = result.paths[0]?.path ?? result.allocations[0]?.path;
    const where = elsewhere === undefined ? '' : ` (${elsewhere})`;
    return say('suspected', `memory stays, but nothing measured passes through ${finding.holder}${where}`);
  }
  return { ...say('confirmed', link), origin: origin(result), ...(isMinor(result) ? { minor: true } : {}) };
}

/**
 * The collector starts after some 700 new containers (2,000 since 3.13), which is a few hundred cycles: below this many
 * bytes in each, the garbage between two runs stays under some 20 MiB, and breaking the cycle gains nothing.
 */
const SMALL_CYCLE = 64 * 1024;

function isMinor({ outcome, head }: ProbeResult): boolean {
  return outcome === 'cycle-garbage' && (head?.perCall.cycleBytes ?? 0) < SMALL_CYCLE;
}

function say(verdict: VerdictWord, reason: string, from: Origin = 'unknown'): Verdict {
  return { verdict, reason, origin: from };
}
