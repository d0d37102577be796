import { describe, expect, it } from 'vitest';
import { compareFindings } from '../../src/changes/comparison.ts';
import type { Finding } from '../../src/contract/scan.ts';
import { finding } from './sample-finding.ts';

const one = finding({ fingerprint: 'one', line: 3 });
const two = finding({ fingerprint: 'two', line: 9, symbol: 'other' });
const second = finding({ fingerprint: 'one', line: 20 });
const moved = finding({ fingerprint: 'moved', path: 'app/elsewhere.py' });

describe('findings against the merge base', () => {
  it.each<[string, Finding[], Finding[], { fresh: Finding[]; known: Finding[]; fixed: Finding[] }]>([
    ['nothing', [], [], { fresh: [], known: [], fixed: [] }],
    ['only in head', [], [one], { fresh: [one], known: [], fixed: [] }],
    ['only in the merge base', [one], [], { fresh: [], known: [], fixed: [one] }],
    ['in both', [one], [one], { fresh: [], known: [one], fixed: [] }],
    ['one goes, another comes', [one], [two], { fresh: [two], known: [], fixed: [one] }],
    ['a second copy is new', [one], [one, second], { fresh: [second], known: [one], fixed: [] }],
    ['one of two copies is fixed', [one, second], [one], { fresh: [], known: [one], fixed: [second] }],
    ['moved to another file', [one], [moved], { fresh: [], known: [moved], fixed: [] }],
    ['moved and copied', [one], [one, moved], { fresh: [moved], known: [one], fixed: [] }],
  ])('%s', (_, base, head, expected) => {
    expect(compareFindings(base, head, new Map())).toEqual(expected);
  });

  it('of equal findings takes those on added lines for new', () => {
    const diff = new Map([['app/cache.py', { added: new Set([3]), shown: new Set([3]) }]]);

    const { fresh, known } = compareFindings([one], [one, second], diff);

    expect({ fresh, known }).toEqual({ fresh: [one], known: [second] });
  });
});
