/**
 * Every example of every rule, run: `bad` measures as the rule predicts, `good` and the fixed code measure clean.
 * `RULES=id,id npm run test:rules` runs those of some rules only.
 */
import { describe, expect, test } from 'vitest';
import { probeEachExample } from '../../scripts/probe-examples.ts';
import { rules } from '../../src/rules/index.ts';
import { LIBRARIES } from '../../src/scan/rule.ts';
import { decideVerdict } from '../../src/verdict/verdict.ts';

const { RULES: only = '' } = process.env;
const examples = rules
  .filter(({ id }) => only === '' || only.split(',').includes(id))
  .flatMap((rule) =>
    rule.examples.map((example, index) => ({ rule, example, name: `${rule.id} ${index + 1}` })),
  );
const probed = await probeEachExample(examples.filter(({ example }) => !example.notMeasured));

describe.for(examples)('$name', (item) => {
  const { rule, example } = item;
  const result = probed.get(item);
  const library = example.needs ? LIBRARIES[example.needs] : 'anything';
  const needed = example.notMeasured ?? `no Python with ${library} on this machine`;
  const predicted = example.predicts ?? rule.predicts;

  test('bad measures as predicted', (context) => {
    if (!result) return context.skip(needed);
    const { outcome, reason, confirmed } = result.bad;
    expect({ outcome, confirmed }, reason).toEqual({ outcome: predicted, confirmed: predicted !== 'clean' });
  });

  test('what was measured confirms the finding', (context) => {
    if (!result) return context.skip(needed);
    const circumstances = { isolation: 'process', fork: false, driverUnchanged: true } as const;
    const verdict = decideVerdict(result.finding, result.bad, '', circumstances);
    const paths = result.bad.paths.map(({ path }) => path);
    // What a rule only advises must not be shown as a leak.
    const expected = predicted === 'clean' ? 'cleared' : 'confirmed';
    expect(verdict.verdict, `${verdict.reason}; paths: ${paths.join(', ')}`).toBe(expected);
  });

  test('good measures clean', (context) => {
    if (!result?.good) return context.skip(result ? 'the good code has no line to look at' : needed);
    const { outcome, reason, head } = result.good;
    expect(outcome, reason).toBe('clean');
    // Whatever its names are: what it holds while it waits must be less, not only what the old names hold.
    const held = result.bad.head?.held;
    if (held) expect(head?.held?.bytes, reason).toBeLessThan(held.bytes - held.released / 2);
  });

  test('the fix, where there is one, measures clean', (context) => {
    if (!result) return context.skip(needed);
    if (!result.finding.fix) return context.skip('no mechanical fix');
    if (predicted === 'clean') return context.skip('there is no leak to fix');
    const { status, reason } = result.bad.fix;
    expect(status, reason).toBe('fixed');
  });
});
