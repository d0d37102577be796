/** The six causes from end to end: a rule finds it, the probe proves it, the fix is measured clean. */
import { expect, test } from 'vitest';
import { tableRows } from '../scripts/table.ts';
import { Cause } from '../src/contract/words.ts';

const rows = await tableRows();

test('every cause has a row', () => {
  expect(new Set(rows.map(({ rule }) => rule.cause))).toEqual(new Set(Cause.options));
});

test.for(rows)('$rule.cause: $rule.id', ({ rule, probed }, { skip }) => {
  if (!probed) return skip(`the library of the example of ${rule.id} is not installed here`);
  const { bad, finding } = probed;

  expect({ outcome: bad.outcome, confirmed: bad.confirmed, reason: bad.reason }).toMatchObject({
    outcome: rule.predicts,
    confirmed: true,
  });
  expect(finding.fix?.edits, 'a fix is shown').not.toHaveLength(0);
  expect({ status: bad.fix.status, reason: bad.fix.reason }).toMatchObject({ status: 'fixed' });
});
