/** Did the change bring the leak, make it worse, or was it there? */
import type { Origin } from '../contract/review.ts';
import type { Measurement, ProbeResult } from '../contract/report.ts';

/**
 * "As much" allows for half as much again, or one small allocation: head and merge base run in different processes, and the
 * containers that grow in them double at different calls.
 */
const FACTOR = 1.5;
const SLACK_BYTES = 16;
const SLACK_OBJECTS = 0.5;

/** Of these less than one per call counts as well. */
const THINGS = ['threads', 'descriptors', 'processes', 'sharedMemory'] as const;

export function origin(result: ProbeResult): Origin {
  const { base, head } = result;
  if (base.status === 'absent') return 'introduced';
  if (base.status !== 'measured' || base.measurement === null || head === null) return 'unknown';
  if (base.measurement.outcome === 'inconclusive') return 'unknown';
  if (base.measurement.outcome !== head.outcome) return 'introduced';
  const before = amounts(base.measurement);
  const after = amounts(head);
  const more =
    after.bytes > before.bytes * FACTOR + SLACK_BYTES ||
    after.objects > before.objects * FACTOR + SLACK_OBJECTS ||
    THINGS.some((kind) => (head.perCall[kind] ?? 0) > (base.measurement?.perCall[kind] ?? 0) * FACTOR);
  return more ? 'worse' : 'already-there';
}

function amounts(measurement: Measurement): { bytes: number; objects: number } {
  const { perCall } = measurement;
  switch (measurement.outcome) {
    case 'cycle-garbage':
      return { bytes: perCall.cycleBytes, objects: perCall.cycleObjects };
    case 'peak':
      return { bytes: measurement.held?.released ?? 0, objects: 0 };
    case 'fragmentation':
      return { bytes: measurement.resident?.grown ?? measurement.device?.reserved ?? 0, objects: 0 };
    case 'leak':
    case 'clean':
    case 'inconclusive':
      return { bytes: perCall.bytes + (perCall.deviceBytes ?? 0), objects: perCall.objects };
  }
}
