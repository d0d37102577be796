/** The configuration file: what it may say, and what is said about what it may not. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_CONFIG, loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { rules } from '../../src/rules/index.ts';

const SOURCE = '.github/leakcheck.yml';

function config(text: string): Config {
  const loaded = loadConfig(text, SOURCE);
  if ('problems' in loaded) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.config;
}

function problems(text: string): string[] {
  const loaded = loadConfig(text, SOURCE);
  return 'problems' in loaded ? loaded.problems.map(({ message }) => message) : [];
}

const FULL = `block-on: high
paths: {include: ["app/**/*.py"], exclude: ["tests/**"]}
drafts: skip
on-error: failure
rules:
  unbounded-function-cache: off
  cached-method: false
  exception-kept: low
probe:
  enabled: true
  required: true
  python: "3.11"
  install: "pip install -e ."
  wait-minutes: 20
  gpu: wait
  runners:
    cpu: [self-hosted, linux]
    gpu: {group: gpu, labels: [linux-t4], container: "pytorch/pytorch:2.4.0"}
  targets:
    - match: app/cache.py::fetch
      driver: tests/leak_drivers.py::probe_fetch
`;

describe('a valid configuration', () => {
  it('may be empty, or nothing but comments', () => {
    expect(config('')).toEqual(DEFAULT_CONFIG);
    expect(config('# nothing yet\nprobe:\n  # runners:\npaths:\n')).toEqual(DEFAULT_CONFIG);
    expect(DEFAULT_CONFIG).toEqual({
      'block-on': 'confirmed',
      paths: { include: ['**/*.py'], exclude: [] },
      drafts: 'review',
      'on-error': 'neutral',
      rules: {},
      probe: {
        enabled: true,
        required: false,
        python: '3.12',
        install: '',
        'wait-minutes': 10,
        gpu: 'late',
        runners: { cpu: 'ubuntu-latest', gpu: null },
        targets: [],
      },
    });
  });

  it('may say everything', () => {
    expect(config(FULL)).toMatchObject({
      rules: { 'unbounded-function-cache': 'off', 'cached-method': false, 'exception-kept': 'low' },
      probe: {
        runners: { cpu: ['self-hosted', 'linux'], gpu: { group: 'gpu', labels: ['linux-t4'] } },
        targets: [{ match: 'app/cache.py::fetch', driver: 'tests/leak_drivers.py::probe_fetch' }],
      },
    });
  });

  it('takes every rule', () => {
    for (const { id } of rules) expect(config(`rules: {${id}: medium}`).rules[id]).toBe('medium');
  });

  it('is valid for editors too', () => {
    const path = new URL('../../contract/config.schema.json', import.meta.url);
    const validate = new Ajv2020().compile(JSON.parse(readFileSync(path, 'utf8')) as object);

    expect(validate(parse(FULL))).toBe(true);
    expect(validate({})).toBe(true);
    expect(validate({ probe: { pyton: '3.12' } })).toBe(false);
    expect(validate({ rules: { 'no-such-rule': 'low' } })).toBe(false);
  });
});

test.each([
  ['drafts: skp', `line 1: 'drafts' is "skp", but must be review or skip (perhaps skip)`],
  ['# a\n\nblok-on: any', "line 3: 'blok-on' is no known key; did you mean 'block-on'?"],
  ['paths:\n  inclde: [a]', "line 2: 'paths.inclde' is no known key; did you mean 'include'?"],
  ['paths:\n  x: [a]', "line 2: 'paths.x' is no known key; there it can be include or exclude"],
  ['rules:\n  cached-metod: off', "line 2: 'rules.cached-metod' is no known key; did you mean 'cached-method'?"],
  ['rules:\n  cached-method: hi', `line 2: 'rules.cached-method' is "hi", but must be high, medium, low, off or false (perhaps high)`],
  ['rules: {cached-method: true}', "line 1: 'rules.cached-method' is true, but must be high, medium, low, off or false"],
  ['probe:\n  python: 3.10', `line 2: 'probe.python' is 3.1, but must be a text in quotes`],
  ['probe:\n  python: "2.7"', `line 2: 'probe.python' is "2.7", but must be "3.9" to "3.14", or "system" for the Python that the runner or its container brings`],
  ['probe:\n  wait-minutes: 0', "line 2: 'probe.wait-minutes' is 0, but must be at least 1"],
  ['probe:\n  wait-minutes: 1.5', "line 2: 'probe.wait-minutes' is 1.5, but must be a whole number"],
  ['probe: yes please', `line 1: 'probe' is "yes please", but must be a group of keys`],
  ['paths:\n  include: []', "line 2: 'paths.include' is a list, but must not be empty"],
  ['paths:\n  include:\n    - "a/**"\n    - 7', "line 4: 'paths.include.1' is 7, but must be a text in quotes"],
  ['paths: {exclude: ["!a"]}', `line 1: 'paths.exclude.0' is "!a", but must not begin with "!": put the rest of it under paths.exclude`],
  ['paths: {exclude: ["tests/"]}', `line 1: 'paths.exclude.0' is "tests/", but must not end with a slash: write "tests/**"`],
  ['probe:\n  runners:\n    gpu: {group: g, lables: x}', "line 3: 'probe.runners.gpu.lables' is no known key; did you mean 'labels'?"],
  ['probe:\n  runners:\n    gpu: {container: a}', "line 3: 'probe.runners.gpu' is a group of keys, but must say which runner: give group, labels, or both"],
  ['probe:\n  runners:\n    cpu: 5', "line 3: 'probe.runners.cpu' is 5, but must be a label, a list of labels, or {group, labels, container}"],
  ['probe:\n  targets:\n    - match: fetch\n      driver: a.py::b', `line 3: 'probe.targets.0.match' is "fetch", but must be written FILE::QUALNAME, such as "app/cache.py::fetch", the file relative to the root of the repository`],
  ['probe:\n  targets:\n    - match: a.py::b', "line 3: 'probe.targets.0.driver' is left out, but must be a text"],
  ['probe:\n  targets:\n    - {match: a.py::b, driver: ../x.py::y}', `line 3: 'probe.targets.0.driver' is "../x.py::y", but must be written FILE::FUNCTION, such as "tests/leak_drivers.py::probe_fetch", the file relative to the root of the repository`],
  ['- a\n- b', 'line 1: the file is a list, but must be a group of keys'],
  ['hello', `line 1: the file is "hello", but must be a group of keys`],
  ['__proto__: {x: 1}', "line 1: '__proto__' is no known key; at the top it can be block-on, paths, drafts, on-error, rules or probe"],
  ['drafts: skip\ndrafts: review', 'line 2: this key is given twice'],
  ['paths:\n\tinclude: []', 'line 2: tabs cannot indent YAML: use spaces'],
  ['drafts: skip\n---\ndrafts: skip', 'line 2: the file must be one document: remove the "---" between'],
  ['a: &x [1]\nb: *x', 'line 1: anchors (&name) are not supported: write the value out'],
  ['drafts: skip\non-error: !!js/function x', 'line 2: tags (!name) are not supported: put the value in quotes'],
  ['? [a]\n: 1', 'line 1: keys that begin with "?" are not supported'],
  ['drafts: "skip', 'line 1: not valid YAML: Missing closing "quote'],
  [`drafts: "a\u202eb${'x'.repeat(200)}"`, `line 1: 'drafts' is "a\\u{202e}b${'x'.repeat(68)}…, but must be review or skip`],
] as [string, string][])('%j', (text, expected) => {
  expect(problems(text)).toEqual([`${SOURCE}, ${expected}`]);
}); // prettier-ignore

it('names several problems at once, each with its line', () => {
  const loaded = loadConfig('drafts: no\nprobe:\n  gpu: soon\n  pythn: "3.12"\n', SOURCE);

  expect('problems' in loaded && loaded.problems.map(({ line }) => line)).toEqual([1, 3, 4]);
});

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

test.each([
  ['deep lists', '['.repeat(30_000), 'is nested too deeply'],
  ['deep maps', '{a: '.repeat(15_000), 'is nested too deeply'],
  ['empty maps', '{,'.repeat(30_000), 'is nested too deeply'],
  ['dashes', '- '.repeat(30_000), 'is nested too deeply'],
  ['question marks', '? '.repeat(30_000), 'keys that begin with "?" are not supported'],
  ['many keys', lines(6_000, (index) => `k${index}: 1`), 'has more than 1000 entries'],
  ['many colons', ': '.repeat(30_000), 'has more than 1000 entries'],
  ['many documents', '---\n'.repeat(10_000), 'has more than 1000 entries'],
  ['much text', 'x'.repeat(70_000), 'is larger than 64 KiB'],
  ['an alias bomb', `a: &a [x, x]\n${lines(50, (index) => `b${index}: &b${index} [*a, *a]`)}`, 'anchors'],
])('%s cannot hold it up', (_, text, expected) => {
  const started = performance.now();

  expect(problems(text)).toEqual([expect.stringContaining(expected)]);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test.each([
  ['quotes', '"'.repeat(60_000)],
  ['directives', '%A\n'.repeat(20_000)],
  ['steps', lines(340, (index) => `${' '.repeat(index)}a:`)],
  ['control characters', '\u0000\u0001\u0002'],
])('%s are refused', (_, text) => {
  expect(problems(text).length).toBeGreaterThan(0);
});
