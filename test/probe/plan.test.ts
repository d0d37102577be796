import { describe, expect, it } from 'vitest';
import { ProbePlan } from '../../src/contract/plan.ts';
import { LIMITS, planProbe } from '../../src/probe/plan.ts';
import { finding } from '../changes/sample-finding.ts';

const edits = [{ range: { start: { line: 8, column: 1 }, end: { line: 9, column: 1 } }, text: '' }];

describe('findings → probe plan', () => {
  it('makes one target for each finding, in the words of the contract', () => {
    const one = finding({
      range: { start: { line: 8, column: 5 }, end: { line: 10, column: 1 } },
      probe: {
        target: 'app/cache.py::remember',
        recipe: 'peak',
        vary: ['key'],
        hold: { line: 9, names: ['raw'] },
      },
      fix: { title: 'Let it go', safety: 'safe', edits },
    });

    const { plan, ids } = planProbe([one]);

    expect(ProbePlan.parse(plan)).toEqual({
      schema: 'leakcheck/plan@1',
      limits: LIMITS,
      targets: [
        {
          id: one.fingerprint,
          target: 'app/cache.py::remember',
          lines: { start: 8, end: 9 },
          recipe: 'peak',
          vary: ['key'],
          hold: { line: 9, names: ['raw'] },
          driver: null,
          fix: { edits },
        },
      ],
    });
    expect(ids.get(one)).toBe(one.fingerprint);
  });

  it('is null when no finding can be run, and says why', () => {
    const { probe, ...rest } = finding();
    expect(probe).toBeDefined();

    const { plan, left } = planProbe([rest]);

    expect(plan).toBeNull();
    expect(left.get(rest)).toMatch(/not inside a function/);
  });

  it('gives findings with the same fingerprint ids of their own', () => {
    const twins = [
      finding(),
      finding(),
      finding({ fingerprint: 'x'.repeat(64) }),
      finding({ fingerprint: 'x'.repeat(64) }),
    ];

    const { plan, ids } = planProbe(twins);

    expect(new Set(ids.values()).size).toBe(4);
    expect(ProbePlan.safeParse(plan).success).toBe(true);
  });

  it('takes 100 targets, those of low confidence last', () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      finding({ confidence: index < 60 ? 'low' : 'high', line: index + 1 }),
    );

    const { plan, ids, left } = planProbe(many);

    expect(plan?.targets).toHaveLength(100);
    expect([...left.keys()].map(({ confidence }) => confidence)).toEqual(
      Array.from({ length: 20 }, () => 'low'),
    );
    expect(many.filter(({ confidence }) => confidence === 'high').every((one) => ids.has(one))).toBe(true);
  });
});
