/** Probe results of which a test says only what matters to it. */
import type { Measurement, PerCall, ProbeResult } from '../../src/contract/report.ts';

export const NOTHING: PerCall = { bytes: 0, objects: 0, cycleObjects: 0, cycleBytes: 0 };

export function measurement(
  given: Partial<Omit<Measurement, 'perCall'>> & { perCall?: Partial<PerCall> } = {},
): Measurement {
  const { perCall, ...rest } = given;
  return {
    outcome: 'leak',
    reason: 'every window grew',
    calls: 64,
    milliseconds: 12,
    windows: [],
    held: null,
    resident: null,
    ...rest,
    perCall: { ...NOTHING, ...perCall },
  };
}

export function result(given: Partial<ProbeResult> = {}): ProbeResult {
  const outcome = given.outcome ?? 'leak';
  return {
    id: 'f00dfeed00000001',
    target: 'app/cache.py::remember',
    outcome,
    reason: outcome === 'clean' ? 'nothing stayed over 64 calls' : 'every window grew',
    confidence: 'high',
    recipe: 'growth',
    driver: {
      kind: 'synthesised',
      call: "remember('a')",
      instance: 'none',
      varied: [],
      stubs: [],
      reached: true,
      files: [],
    },
    head: measurement({ outcome, perCall: outcome === 'clean' ? {} : { bytes: 1024, objects: 2 } }),
    confirmed: outcome !== 'clean' && outcome !== 'inconclusive',
    base: { status: 'not-run', reason: '', measurement: null },
    fix: { status: 'not-run', reason: '', measurement: null },
    paths: [],
    allocations: [],
    suggestedDriver: null,
    notes: [],
    ...given,
  };
}

export function path(text: string): ProbeResult['paths'][number] {
  return { path: text, count: 64, perCall: 1, bounded: false, maximum: null, touchesRepository: true };
}
