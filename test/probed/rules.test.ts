/** Every example of every rule, run: `bad` measures as the rule predicts, `good` and the fixed code measure clean. */
import { describe, expect, test } from 'vitest';
import { probeExamples, pythonWith, type ProbedExample } from '../../scripts/probe-examples.ts';
import { rules } from '../../src/rules/index.ts';
import { decideVerdict } from '../../src/verdict/verdict.ts';

const examples = rules.flatMap((rule) =>
  rule.examples.map((example, index) => ({ rule, example, name: `${rule.id} ${index + 1}` })),
);
const probed = new Map<string, ProbedExample>();
for (const needs of [undefined, 'numpy', 'torch'] as const) {
  const group = examples.filter(({ example }) => example.needs === needs);
  const python = pythonWith(...(needs ? [needs] : []));
  if (!python || group.length === 0) continue;
  const results = await probeExamples(group, python);
  group.forEach(({ name }, index) => {
    const result = results[index];
    if (result) probed.set(name, result);
  });
}

describe.for(examples)('$name', ({ name, rule, example }) => {
  const result = probed.get(name);
  const needed = `no Python with ${example.needs ?? 'anything'} on this machine`;

  test('bad measures as predicted', (context) => {
    if (!result) return context.skip(needed);
    const { outcome, reason, confirmed } = result.bad;
    expect({ outcome, reason, confirmed }).toMatchObject({
      outcome: example.predicts ?? rule.predicts,
      confirmed: true,
    });
  });

  test('what was measured confirms the finding', (context) => {
    if (!result) return context.skip(needed);
    const circumstances = { isolation: 'process', fork: false, driverUnchanged: true } as const;
    const verdict = decideVerdict(result.finding, result.bad, '', circumstances);
    const paths = result.bad.paths.map(({ path }) => path);
    expect({ ...verdict, paths }).toMatchObject({ verdict: 'confirmed' });
  });

  test('good measures clean', (context) => {
    if (!result?.good) return context.skip(result ? 'the good code has no line to look at' : needed);
    const { outcome, reason } = result.good;
    expect({ outcome, reason }).toMatchObject({ outcome: 'clean' });
  });

  test('the fix, where there is one, measures clean', (context) => {
    if (!result) return context.skip(needed);
    if (!result.finding.fix) return context.skip('no mechanical fix');
    expect(result.bad.fix).toMatchObject({ status: 'fixed' });
  });
});
