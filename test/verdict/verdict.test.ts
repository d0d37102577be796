import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../src/contract/report.ts';
import type { VerdictWord } from '../../src/contract/review.ts';
import type { Finding } from '../../src/contract/scan.ts';
import { decideVerdict } from '../../src/verdict/verdict.ts';
import type { Circumstances } from '../../src/verdict/verdict.ts';
import { finding } from '../changes/sample-finding.ts';
import { measurement, path, result } from './sample-result.ts';

interface Row {
  readonly name: string;
  readonly finding?: Partial<Finding>;
  readonly result: Partial<ProbeResult> | null;
  readonly circumstances?: Partial<Circumstances>;
  readonly verdict: VerdictWord;
  readonly reason: RegExp;
  /** Confirmed, and too small to stop a merge for. */
  readonly minor?: boolean;
}

const driver = result().driver;
const varying: Partial<Finding> = {
  probe: { target: 'app/cache.py::remember', recipe: 'growth', vary: ['key', 'n'] },
};
const through = [path('app.cache._seen[*] -> bytes')];

const rows: Row[] = [
  { name: 'no result', result: null, verdict: 'suspected', reason: /not probed: no Python/ },
  { name: 'inconclusive', result: { outcome: 'inconclusive', reason: 'every call raised' }, verdict: 'suspected', reason: /every call raised/ },

  { name: 'clean', result: { outcome: 'clean' }, verdict: 'cleared', reason: /nothing stayed/ },
  { name: 'clean, line not reached', result: { outcome: 'clean', driver: { ...driver, reached: false } }, verdict: 'suspected', reason: /flagged line/ },
  { name: 'clean, all varied', finding: varying, result: { outcome: 'clean', driver: { ...driver, varied: ['n', 'key', 'other'] } }, verdict: 'cleared', reason: /nothing stayed/ },
  { name: 'clean, one not varied', finding: varying, result: { outcome: 'clean', driver: { ...driver, varied: ['key'] } }, verdict: 'suspected', reason: /could not vary n$/ },
  { name: 'clean, declared driver', result: { outcome: 'clean', driver: { ...driver, kind: 'declared' } }, verdict: 'suspected', reason: /altered the driver/ },
  { name: 'clean, tests as driver', result: { outcome: 'clean', driver: { ...driver, kind: 'tests' } }, verdict: 'suspected', reason: /altered the driver/ },
  { name: 'clean, declared and unchanged', result: { outcome: 'clean', driver: { ...driver, kind: 'declared' } }, circumstances: { driverUnchanged: true }, verdict: 'cleared', reason: /nothing stayed/ },
  { name: 'clean, on the CPU instead of a GPU', result: { outcome: 'clean', head: measurement({ outcome: 'clean', device: { kind: 'cpu', name: 'CPU', unverified: true, allocated: 0, reserved: 0, inactive: 0, driver: 0 } }) }, verdict: 'suspected', reason: /no GPU/ },
  { name: 'clean, no isolation', result: { outcome: 'clean' }, circumstances: { isolation: 'none' }, verdict: 'suspected', reason: /without isolation/ },
  { name: "clean, a fork's word", result: { outcome: 'clean' }, circumstances: { fork: true }, verdict: 'suspected', reason: /fork/ },

  { name: 'leak through the holder', result: { paths: through }, verdict: 'confirmed', reason: /kept by app\.cache\._seen/ },
  { name: 'leak through the holder on a fork', result: { paths: through }, circumstances: { fork: true, isolation: 'none' }, verdict: 'confirmed', reason: /kept by/ },
  { name: 'leak, line not reached', result: { paths: through, driver: { ...driver, reached: false } }, verdict: 'suspected', reason: /flagged line/ },
  { name: 'leak, second process disagreed', result: { paths: through, confirmed: false }, verdict: 'suspected', reason: /second process/ },
  { name: 'leak held by another', result: { paths: [path('app.cache._other[*] -> bytes')] }, verdict: 'suspected', reason: /passes through _seen \(app\.cache\._other/ },
  { name: 'leak without a path', result: {}, verdict: 'suspected', reason: /passes through _seen$/ },
  { name: 'leak allocated on the line', result: { allocations: [{ path: 'app/cache.py', line: 8, bytes: 9, objects: 1 }] }, verdict: 'confirmed', reason: /line 8/ },
  { name: 'leak allocated on another line', result: { allocations: [{ path: 'app/cache.py', line: 9, bytes: 9, objects: 1 }] }, verdict: 'suspected', reason: /passes through/ },
  { name: 'leak allocated in another file', result: { allocations: [{ path: 'app/b.py', line: 8, bytes: 9, objects: 1 }] }, verdict: 'suspected', reason: /passes through/ },

  { name: 'cycles through the holder', finding: { holder: 'self.redraw' }, result: { outcome: 'cycle-garbage', recipe: 'cycle', paths: [path('method.__self__ -> Label.redraw -> method')] }, verdict: 'confirmed', reason: /kept by method/ },
  { name: 'other cycles in the same function', finding: { holder: 'self.redraw', probe: { target: 't', recipe: 'cycle', vary: [] } }, result: { outcome: 'cycle-garbage', recipe: 'cycle', paths: [path('Node.parent -> Node.children -> list')] }, verdict: 'suspected', reason: /passes through self.redraw/ },

  { name: 'small cycles through the holder', finding: { holder: 'self.redraw' }, result: { outcome: 'cycle-garbage', recipe: 'cycle', paths: [path('method.__self__ -> Label.redraw -> method')], head: measurement({ outcome: 'cycle-garbage', perCall: { cycleBytes: 500 } }) }, verdict: 'confirmed', minor: true, reason: /kept by method/ },
  { name: 'large cycles through the holder', finding: { holder: 'self.redraw' }, result: { outcome: 'cycle-garbage', recipe: 'cycle', paths: [path('method.__self__ -> Label.redraw -> method')], head: measurement({ outcome: 'cycle-garbage', perCall: { cycleBytes: 65_536 } }) }, verdict: 'confirmed', minor: false, reason: /kept by method/ },

  ...(['peak', 'fragmentation'] as const).flatMap((outcome): Row[] => {
    const hinted: Partial<Finding> = { probe: { target: 'app/cache.py::remember', recipe: outcome, vary: [], hold: { line: 9, names: ['raw'] } } };
    return [
      { name: `${outcome}, which the rule predicted`, finding: hinted, result: { outcome, recipe: outcome }, verdict: 'confirmed', reason: /./ },
      { name: `${outcome}, which the rule did not predict`, result: { outcome, recipe: outcome }, verdict: 'suspected', reason: /passes through/ },
      { name: `${outcome} by another recipe`, finding: hinted, result: { outcome, recipe: 'growth' }, verdict: 'suspected', reason: /passes through/ },
    ];
  }),
  { name: 'a leak where a cycle was predicted', finding: { probe: { target: 't', recipe: 'cycle', vary: [] } }, result: { recipe: 'cycle' }, verdict: 'suspected', reason: /passes through/ },
]; // prettier-ignore

describe('finding and outcome → verdict', () => {
  it.each(rows)(
    '$name → $verdict',
    ({ finding: given, result: measured, circumstances, verdict, reason, minor }) => {
      const decided = decideVerdict(
        finding(given),
        measured === null ? null : result(measured),
        'no Python',
        {
          isolation: 'process',
          fork: false,
          driverUnchanged: false,
          ...circumstances,
        },
      );

      expect(decided).toMatchObject({ verdict, reason: expect.stringMatching(reason) as string });
      if (minor !== undefined) expect(decided.minor ?? false).toBe(minor);
    },
  );
});
