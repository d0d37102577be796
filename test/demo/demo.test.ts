/** The demo, run as a person runs it: real git, real Python processes. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReviewDocument } from '../../src/contract/review.ts';
import type { ReviewedFinding } from '../../src/contract/review.ts';
import { Cause } from '../../src/contract/words.ts';
import { concludingSentence } from '../../src/report/terminal/review.ts';

const temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
const script = `
import { demo } from ${JSON.stringify(new URL('../../src/demo/demo.ts', import.meta.url).href)};
process.exitCode = await demo('json');
`;

let document: ReviewDocument;
let progress = '';
let exitCode: number | undefined;
let numpy = true;

beforeAll(async () => {
  const result = await execa(process.execPath, ['--input-type=module', '--eval', script], {
    env: { TMPDIR: temporary },
    reject: false,
    timeout: 110_000,
  });
  exitCode = result.exitCode;
  progress = result.stderr;
  numpy = !progress.includes('stays suspected');
  document = ReviewDocument.parse(JSON.parse(result.stdout));
}, 120_000);

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

test('it ends with exit status 0, shows its progress, and leaves nothing behind', () => {
  expect(exitCode).toBe(0);
  expect(progress).toContain('parcels/tracking.py::describe');
  expect(readdirSync(temporary)).toEqual([]);
});

test('one new leak of each cause is confirmed, and the measured fix stops it', () => {
  const confirmed = document.findings.filter(({ verdict }) => verdict?.verdict === 'confirmed');

  const expected = Cause.options.filter((cause) => numpy || cause !== 'external-library');
  expect(confirmed.map(({ finding }) => finding.cause).sort()).toEqual([...expected].sort());
  expect(confirmed.map(({ verdict }) => verdict?.origin)).toEqual(expected.map(() => 'introduced'));
  expect(confirmed.map(({ result }) => result?.fix.status)).toEqual(expected.map(() => 'fixed'));
  expect(confirmed.map(at).sort()).toEqual(
    [
      'parcels/ingest.py large-local-outlives-use',
      'parcels/labels.py self-referencing-closure',
      ...(numpy ? ['parcels/photos.py array-view-kept'] : []),
      'parcels/quality.py fragmenting-churn',
      'parcels/quotes.py unbounded-function-cache',
      'parcels/tracking.py module-container-grows',
    ].sort(),
  );
});

test('nothing else is new but what the probe clears', () => {
  const others = document.findings.filter(
    ({ state, verdict }) => state === 'new' && verdict?.verdict !== 'confirmed',
  );

  const unmeasured = numpy ? [] : ['parcels/photos.py array-view-kept'];
  expect(others.filter(({ verdict }) => verdict?.verdict === 'suspected').map(at)).toEqual(unmeasured);
  expect(others.filter(({ verdict }) => verdict?.verdict === 'cleared').map(at)).toEqual([
    'parcels/tracking.py module-container-grows',
  ]);
  expect(others.find(({ verdict }) => verdict?.verdict === 'cleared')?.finding.symbol).toBe('sort');
});

test('the old leak that is gone and the one that stays are named', () => {
  expect(inState('fixed').map(at)).toEqual(['parcels/depots.py cached-method']);
  expect(inState('known').map(at)).toEqual(['parcels/carriers.py exception-kept']);
});

test('the check would block, and the last sentence says why', () => {
  expect(document.conclusion).toMatchObject({ conclusion: 'failure', blocks: true });
  expect(concludingSentence(document.conclusion)).toMatch(/^The check would block \(failure\): .*\d.*\.$/);
});

function inState(state: ReviewedFinding['state']): ReviewedFinding[] {
  return document.findings.filter((item) => item.state === state);
}

function at({ finding }: ReviewedFinding): string {
  return `${finding.path} ${finding.rule}`;
}
