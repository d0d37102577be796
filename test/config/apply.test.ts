/** What the configuration does to paths, findings and runners. */
import { describe, expect, it, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/load.ts';
import { appliesTo } from '../../src/config/paths.ts';
import { withRuleLevels } from '../../src/config/rule-levels.ts';
import { runnerInputs } from '../../src/config/runner-inputs.ts';
import type { Config } from '../../src/config/schema.ts';
import { finding } from '../changes/sample-finding.ts';

const withPaths = (include: string[], exclude: string[] = []): Config => ({
  ...DEFAULT_CONFIG,
  paths: { include, exclude },
});

test.each([
  ['app/a.py', ['**/*.py'], [], true],
  ['a.py', ['**/*.py'], [], true],
  ['.github/scripts/a.py', ['**/*.py'], [], true],
  ['app/.hidden.py', ['app/**'], [], true],
  ['.github/a.py', ['{.github,app}/**'], [], true],
  ['.github/a.py', ['**/*.py'], ['.github/**'], false],
  ['app/a.py', ['*.py'], [], false],
  ['tests/unit/a.py', ['**/*.py'], ['tests/**'], false],
  ['app/tests.py', ['**/*.py'], ['tests/**'], true],
  ['app/tests/a.py', ['**/*.py'], ['**/tests/**'], false],
  ['app/a.pyi', ['**/*.py'], [], false],
  ['app/a\nb.py', ['app/*.py'], [], true],
] as [string, string[], string[], boolean][])('%j, included %j, excluded %j: %s', (path, include, exclude, expected) => {
  expect(appliesTo(withPaths(include, exclude), path)).toBe(expected);
}); // prettier-ignore

it('a long hostile name does not hold up the match', () => {
  const started = performance.now();

  expect(
    appliesTo(withPaths(['*a*b', '**/a/**/a/**/a/**/b']), `${'a/'.repeat(1000)}${'a'.repeat(3000)}`),
  ).toBe(false);
  expect(performance.now() - started).toBeLessThan(5_000);
});

describe('levels of rules', () => {
  const one = finding({ rule: 'cached-method', confidence: 'high' });
  const two = finding({ rule: 'exception-kept', confidence: 'medium' });
  const levelled = (rules: Config['rules']) => withRuleLevels({ ...DEFAULT_CONFIG, rules }, [one, two]);

  it('leave findings alone without a word about their rule', () => {
    expect(levelled({})).toEqual([one, two]);
  });

  it('drop what is off, in both spellings, and change the confidence of the others', () => {
    expect(levelled({ 'cached-method': 'off', 'exception-kept': 'high' })).toEqual([
      { ...two, confidence: 'high' },
    ]);
    expect(levelled({ 'cached-method': false })).toEqual([two]);
  });
});

describe('runners', () => {
  const inputs = (runners: Partial<Config['probe']['runners']>, lane: 'cpu' | 'gpu') =>
    runnerInputs(
      { ...DEFAULT_CONFIG, probe: { ...DEFAULT_CONFIG.probe, runners: { ...DEFAULT_CONFIG.probe.runners, ...runners } } },
      lane,
    ); // prettier-ignore

  it('become JSON for runs-on and container', () => {
    expect(inputs({}, 'cpu')).toEqual({ runner: '"ubuntu-latest"', container: '""' });
    expect(inputs({ cpu: ['self-hosted', 'x'] }, 'cpu')?.runner).toBe('["self-hosted","x"]');
    expect(inputs({ gpu: { group: 'g', labels: ['t4'], container: 'img:1' } }, 'gpu')).toEqual({
      runner: '{"group":"g","labels":["t4"]}',
      container: '{"image":"img:1","options":"--gpus all"}',
    });
    expect(inputs({ cpu: { labels: 'x', container: 'img:1' } }, 'cpu')?.container).toBe('{"image":"img:1"}');
  });

  it('are absent without a GPU lane', () => {
    expect(inputs({}, 'gpu')).toBeNull();
  });
});
