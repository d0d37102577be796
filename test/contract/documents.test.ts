/** The golden documents, which the Python tests read too, and what the schemas refuse. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProbePlan } from '../../src/contract/plan.ts';
import { ProbeReport } from '../../src/contract/report.ts';
import { ScanDocument } from '../../src/contract/scan.ts';

function example(name: string): Record<string, unknown> {
  const url = new URL(`../../contract/examples/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Record<string, unknown>;
}

describe('the golden documents', () => {
  it.each([
    ['plan', ProbePlan],
    ['report', ProbeReport],
  ])('%s follows its schema, and nothing is lost on the way', (name, schema) => {
    const document = example(name);

    expect(schema.parse(document)).toEqual(document);
  });

  it('the report answers the plan', () => {
    const targets = ProbePlan.parse(example('plan')).targets.map(({ id, target }) => [id, target]);
    const results = ProbeReport.parse(example('report')).results.map(({ id, target }) => [id, target]);

    expect(results).toEqual(targets);
  });
});

describe('the schemas refuse', () => {
  it.each([
    ['another version', { schema: 'leakcheck/plan@2' }],
    ['an unknown key', { extra: true }],
    ['an id that could be a path', { targets: [{ id: '../x' }] }],
  ])('a plan with %s', (_, change) => {
    expect(ProbePlan.safeParse({ ...example('plan'), ...change }).success).toBe(false);
  });

  it.each([
    ['another version', { schema: 'leakcheck/report@2' }],
    ['too many results', { results: Array.from({ length: 101 }, () => ({})) }],
    ['no environment', { environment: undefined }],
  ])('a report with %s', (_, change) => {
    expect(ProbeReport.safeParse({ ...example('report'), ...change }).success).toBe(false);
  });

  it('a scan whose lines do not count from 1', () => {
    const position = { line: 0, column: 1 };
    const finding = { range: { start: position, end: position } };

    expect(
      ScanDocument.safeParse({ schema: 'leakcheck/scan@1', findings: [finding], notices: [] }).success,
    ).toBe(false);
  });
});
