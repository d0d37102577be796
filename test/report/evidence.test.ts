import { describe, expect, it } from 'vitest';
import type { Measurement, ProbeResult } from '../../src/contract/report.ts';
import { baseLine, fixLine, keptBy, measured, pathLine } from '../../src/report/evidence.ts';
import { finding } from '../changes/sample-finding.ts';
import { measurement, path, result } from '../verdict/sample-result.ts';

const MIB = 1024 * 1024;
const held = (bytes: number, released: number, outcome: Measurement['outcome'] = 'peak') =>
  measurement({ outcome, calls: 1, held: { bytes, released } });
const resident = (grown: number, trim = true) =>
  measurement({
    outcome: 'fragmentation',
    calls: 5,
    resident: { grown, inUse: 1200, trimmed: 290 * MIB, trim },
  });

const onDevice = (given: Partial<NonNullable<Measurement['device']>>) => ({
  ...{ kind: 'gpu' as const, name: 'NVIDIA T4', unverified: false },
  ...{ allocated: 0, reserved: 0, inactive: 0, driver: 0 },
  ...given,
});

describe('what was measured', () => {
  it.each<[string, Measurement]>([
    [
      '1.00 MiB and 2 objects stay per call, over 64 calls',
      measurement({ perCall: { bytes: MIB, objects: 2 } }),
    ],
    ['100 B stays per call, over 64 calls', measurement({ perCall: { bytes: 100 } })],
    ['1 object stays per call, over 64 calls', measurement({ perCall: { objects: 1 } })],
    ['1 thread stays per call, over 112 calls', measurement({ perCall: { threads: 1 }, calls: 112 })],
    [
      '1 thread and 4.00 KiB stay per call, over 112 calls',
      measurement({ perCall: { threads: 1, bytes: 4096, objects: 12 }, calls: 112 }),
    ],
    [
      '3 file descriptors, 1 task, 0.5 timers and 1.00 KiB stay per call, over 64 calls',
      measurement({ perCall: { descriptors: 3, tasks: 1, timers: 0.5, bytes: 1024, objects: 9 } }),
    ],
    [
      '12.0 MiB of GPU memory and 1.50 KiB stay per call, over 368 calls',
      measurement({ perCall: { bytes: 1536, objects: 9, deviceBytes: 12 * MIB }, calls: 368 }),
    ],
    ['512 B of GPU memory stays per call, over 64 calls', measurement({ perCall: { deviceBytes: 512 } })],
    [
      'the pool of GPU memory stays 400 MiB up with 1.00 MiB more in use, over 496 calls',
      measurement({
        outcome: 'fragmentation',
        calls: 496,
        device: onDevice({ reserved: 400 * MIB, allocated: MIB }),
      }),
    ],
    [
      'nothing stays, over 64 calls; on the CPU, for there was no GPU',
      measurement({ outcome: 'clean', device: onDevice({ kind: 'cpu', unverified: true }) }),
    ],
    ['2 blocks of shared memory stay per call, over 64 calls', measurement({ perCall: { sharedMemory: 2 } })],
    [
      '0.02 objects stay per call, over 500 calls',
      measurement({ perCall: { bytes: 3, objects: 0.02 }, calls: 500 }),
    ],
    [
      '12 unreachable objects (9.50 MiB) per call that only the collector frees, over 64 calls',
      measurement({ outcome: 'cycle-garbage', perCall: { cycleObjects: 12, cycleBytes: 9.5 * MIB } }),
    ],
    ['81.0 MiB held there; 80.0 MiB come back when it is let go', held(81 * MIB, 80 * MIB)],
    [
      'resident memory stays 302 MiB up with 1.17 KiB more in use, over 5 calls; malloc_trim(0) gives 290 MiB back',
      resident(302 * MIB),
    ],
    [
      'resident memory stays 302 MiB up with 1.17 KiB more in use, over 5 calls; there is no malloc_trim here',
      resident(302 * MIB, false),
    ],
    ['nothing stays, over 64 calls', measurement({ outcome: 'clean' })],
    ['12.0 KiB would come back there', held(MIB, 12 * 1024, 'clean')],
    ['every call raised', measurement({ outcome: 'inconclusive', reason: 'every call raised' })],
  ])('%s', (text, given) => {
    // prettier-ignore
    expect(measured(given)).toBe(text);
  });
});

describe('base against head', () => {
  const leak = measurement({ perCall: { bytes: 2048, objects: 1 } });
  const clean = measurement({ outcome: 'clean' });

  it.each<[string, Measurement, ProbeResult['base']['status'], Measurement | null]>([
    ['merge base: 0 B per call', leak, 'measured', clean],
    ['merge base: 2.00 KiB per call', leak, 'measured', leak],
    [
      'merge base: 0 B of GPU memory per call',
      measurement({ perCall: { deviceBytes: MIB } }),
      'measured',
      clean,
    ],
    [
      'merge base: 512 B per call, worse now',
      leak,
      'measured',
      measurement({ perCall: { bytes: 512, objects: 1 } }),
    ],
    ['merge base: 0 threads per call', measurement({ perCall: { threads: 1 } }), 'measured', clean],
    [
      'merge base: 1 process per call, worse now',
      measurement({ perCall: { processes: 2 } }),
      'measured',
      measurement({ perCall: { processes: 1 } }),
    ],
    ['merge base: 0 objects per call', measurement({ perCall: { objects: 1 } }), 'measured', clean],
    [
      'merge base: 0 unreachable objects per call',
      measurement({ outcome: 'cycle-garbage', perCall: { cycleObjects: 3 } }),
      'measured',
      clean,
    ],
    ['merge base: 0 B held there', held(MIB, MIB), 'measured', held(0, 0, 'clean')],
    ['merge base: 0 B resident', resident(MIB), 'measured', clean],
    [
      'merge base: not measured (every call raised)',
      leak,
      'measured',
      measurement({ outcome: 'inconclusive', reason: 'every call raised' }),
    ],
    ['merge base: has no such code', leak, 'absent', null],
    ['merge base: not measured (no such import)', leak, 'failed', null],
    ['merge base: not measured', leak, 'not-run', null],
  ])('%s', (text, head, status, base) => {
    // prettier-ignore
    expect(baseLine(result({ head, base: { status, reason: 'no such import', measurement: base } }))).toBe(text);
  });
});

describe('the proof of the fix', () => {
  const leak = measurement({ perCall: { bytes: MIB, objects: 1 } });

  it.each<[string, ProbeResult['fix']['status'], Measurement | null, string]>([
    ['measured: 1.00 MiB → 0 B per call', 'fixed', measurement({ outcome: 'clean' }), ''],
    [
      'measured: 1.00 MiB → 0 B per call',
      'fixed',
      measurement({ outcome: 'clean', perCall: { bytes: -40 } }),
      '',
    ],
    [
      'measured, does not stop it: 1.00 MiB → 512 KiB per call',
      'not-fixed',
      measurement({ perCall: { bytes: MIB / 2 } }),
      '',
    ],
    ['not verified: returns another value', 'not-verified', null, 'returns another value'],
    ['not verified', 'not-run', null, ''],
  ])('%s', (text, status, found, reason) => {
    // prettier-ignore
    expect(fixLine(result({ head: leak, fix: { status, reason, measurement: found } }))).toBe(text);
  });
});

describe('who keeps it', () => {
  const foreign = { ...path('logging.root.handlers[*] -> Handler'), touchesRepository: false };
  const own = path('app.cache._seen[*] -> bytes');
  const other = path('app.cache._other[*] -> bytes');

  it.each([
    ['the path through the holder', [foreign, other, own], own],
    ['else one through the repository', [foreign, other], other],
    ['else the first', [foreign], foreign],
    ['else nobody', [], null],
  ])('%s', (_, paths, expected) => {
    expect(keptBy(finding(), result({ paths }))).toBe(expected);
  });

  it('with its rate where that is known', () => {
    expect(pathLine(own)).toBe('app.cache._seen[*] -> bytes, 1 for each call');
    expect(pathLine({ ...own, perCall: 0 })).toBe('app.cache._seen[*] -> bytes');
    const large = { ...own, count: 100, bytes: 102_400 };
    expect(pathLine(large)).toBe('app.cache._seen[*] -> bytes, 1 of 1.00 KiB for each call');
    expect(pathLine({ ...large, bytes: 1000 })).toBe('app.cache._seen[*] -> bytes, 1 for each call');
  });
});
