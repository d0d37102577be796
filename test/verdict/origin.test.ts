import { describe, expect, it } from 'vitest';
import type { Measurement, ProbeResult } from '../../src/contract/report.ts';
import type { Origin } from '../../src/contract/review.ts';
import { origin } from '../../src/verdict/origin.ts';
import { measurement, result } from './sample-result.ts';

const leak = (bytes: number, objects = 1) => measurement({ perCall: { bytes, objects } });
const threads = (count: number) => measurement({ perCall: { bytes: 1024, objects: 1, threads: count } });
const clean = measurement({ outcome: 'clean' });
const held = (released: number) => measurement({ outcome: 'peak', held: { bytes: released, released } });
const grown = (bytes: number) =>
  measurement({ outcome: 'fragmentation', resident: { grown: bytes, inUse: 0, trimmed: 0, trim: true } });
const cycle = (cycleObjects: number) => measurement({ outcome: 'cycle-garbage', perCall: { cycleObjects } });

describe('introduced, worse or already there', () => {
  it.each<[string, ProbeResult['base']['status'], Measurement | null, Measurement | null, Origin]>([
    ['the base was clean', 'measured', clean, leak(1024), 'introduced'],
    ['the base leaked as much', 'measured', leak(1024), leak(1024), 'already-there'],
    ['the base leaked nearly as much', 'measured', leak(1024), leak(1400), 'already-there'],
    ['the base leaked more', 'measured', leak(4096), leak(1024), 'already-there'],
    ['it leaks twice as much now', 'measured', leak(1024), leak(2048), 'worse'],
    ['it leaks more objects now', 'measured', leak(1024, 1), leak(1024, 3), 'worse'],
    ['as many threads', 'measured', threads(1), threads(1), 'already-there'],
    ['threads beside the memory that leaked', 'measured', leak(1024), threads(1), 'worse'],
    ['more threads', 'measured', threads(1), threads(2), 'worse'],
    ['the base leaked in another way', 'measured', cycle(3), leak(1024), 'introduced'],
    ['as many cycles', 'measured', cycle(3), cycle(3), 'already-there'],
    ['more cycles', 'measured', cycle(3), cycle(9), 'worse'],
    ['as much held', 'measured', held(1e6), held(1e6), 'already-there'],
    ['more held', 'measured', held(1e5), held(1e6), 'worse'],
    ['as fragmented', 'measured', grown(1e7), grown(1e7), 'already-there'],
    ['more fragmented', 'measured', grown(1e6), grown(1e7), 'worse'],
    ['the base says nothing', 'measured', measurement({ outcome: 'inconclusive' }), leak(1024), 'unknown'],
    ['the base has no figures', 'measured', null, leak(1024), 'unknown'],
    ['it is new code', 'absent', null, leak(1024), 'introduced'],
    ['the base failed', 'failed', null, leak(1024), 'unknown'],
    ['the base was not run', 'not-run', null, leak(1024), 'unknown'],
    ['head has no figures', 'measured', clean, null, 'unknown'],
  ])('%s', (_, status, base, head, expected) => {
    expect(origin(result({ head, base: { status, reason: '', measurement: base } }))).toBe(expected);
  });
});
