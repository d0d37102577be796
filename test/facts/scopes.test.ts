import { expect, test } from 'vitest';
import { factsOf } from '../support/facts.ts';

/** Marks the use with `‹name›`, and expects it to mean the binding of the scope with the given qualified name. */
test.each([
  ['a local hides a module name', 'x = 1\ndef f():\n    x = 2\n    return ‹x›\n', 'f'],
  ['a function sees the module', 'x = 1\ndef f():\n    return ‹x›\n', ''],
  ['global binds in the module', 'def f():\n    global x\n    x = 1\n    return ‹x›\n', ''],
  [
    'nonlocal binds in the outer function',
    'def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = ‹x› + 1\n',
    'f',
  ],
  [
    'a method does not see the class body',
    'x = 1\nclass C:\n    x = 2\n    def m(self):\n        return ‹x›\n',
    '',
  ],
  ['the class body sees itself', 'x = 1\nclass C:\n    x = 2\n    y = ‹x›\n', 'C'],
  ['a default belongs outside', 'x = 1\ndef f(x=‹x›):\n    pass\n', ''],
  ['a decorator belongs outside', 'x = 1\n@‹x›\ndef f(x):\n    pass\n', ''],
  ['a parameter of a lambda', 'x = 1\nf = lambda x: ‹x›\n', ''],
  ['the first iterable belongs outside', 'def f(x):\n    return [x for x in ‹x›]\n', 'f'],
  [
    'a walrus in a comprehension binds outside',
    'def f(ys):\n    [x := y for y in ys]\n    return ‹x›\n',
    'f',
  ],
  ['an except name', 'def f():\n    try:\n        pass\n    except E as x:\n        ‹x›\n', 'f'],
  ['a with name, unpacked', 'def f():\n    with g() as (x, y):\n        ‹x›\n', 'f'],
  ['a capture pattern', 'def f(v):\n    match v:\n        case [x, *rest]:\n            ‹x›\n', 'f'],
  ['a keyword-only parameter with a type', 'def f(*, x: int = 1):\n    ‹x›\n', 'f'],
])('%s', (_, marked, scope) => {
  const file = factsOf(marked.replace(/[‹›]/g, ''));
  const at = marked.indexOf('‹');
  const use = file.nodes('identifier').find(({ start }) => start === at);

  const binding = use && file.binding(use);

  expect(binding?.name).toBe('x');
  expect(binding?.scope.qualname).toBe(scope);
  expect(binding?.uses).toContain(use);
});
