import type { FileFacts } from '../facts/file-facts.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import { constant } from '../facts/places/large.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `TABLE = np.ones((10_000, 10_000))` at module level: in memory from import to exit. */
export default defineRule({
  id: 'large-module-constant',
  cause: 'global',
  confidence: 'low',
  summary: 'A very large constant of a module stays from import to exit',
  why:
    'What a module binds is made when it is imported and stays until the process ends, in each process that imports it, ' +
    'used or not: every worker of a server, every test run, every command line tool. It does not grow, so it is no leak; but ' +
    'hundreds of megabytes of it are worth a thought. The probe clears it.',
  remedy:
    'Make it when it is first needed, in a function with `functools.cache`; or keep it in a file and map it ' +
    '(`np.load(path, mmap_mode="r")`), which all processes share.',
  notWhen: [
    'It is made in a function, or only when the file runs as a script.',
    'It has fewer than ten million elements or 64 MiB, or its size is not written down.',
    'The module deletes it or binds it to something else.',
    'It is a range, which has no elements in memory.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
SIEVE = bytearray(64 * 1024 * 1024)


def is_marked(number: int = 7) -> bool:
    return SIEVE[number] == 1
`,
      good: `
import functools


@functools.cache
def sieve() -> bytearray:
    return bytearray(64 * 1024 * 1024)


def is_marked(number: int = 7) -> bool:
    return sieve()[number] == 1
`,
    },
  ],
  links: ['https://numpy.org/doc/stable/reference/generated/numpy.load.html'],
  check(file, report) {
    if (file.setting !== 'product') return;
    for (const assignment of file.nodes('assignment')) {
      const name = assignment.child('left');
      const size = name?.type === 'identifier' ? sizeOf(file, assignment.child('right')) : undefined;
      if (!name || size === undefined || isUnderMain(assignment)) continue;
      const binding = file.binding(name);
      if (binding?.scope.kind !== 'module' || binding.definitions.length > 1) continue;
      const user = binding.uses.map((use) => file.drivable(use)).find(Boolean);
      report({
        anchor: assignment,
        message: `\`${name.text}\` takes ${size} in every process that imports this module, from import to exit`,
        holder: name.text,
        payload: size,
        ...(user ? { probe: { target: user.qualname } } : {}),
      });
    }
  },
});

const ELEMENTS = 10_000_000;
const BYTES = 64 * 1024 * 1024;
const ARRAYS =
  /^(numpy|torch|jax\.numpy|cupy)\.(zeros|ones|empty|full|eye|identity|arange|linspace|rand|randn|random\.\w+)$/;

/** How much an expression makes, in words; undefined where that is little or not written down. */
function sizeOf(file: FileFacts, value: Node | undefined): string | undefined {
  if (value?.type === 'binary_operator') return repeated(value);
  if (value?.type !== 'call') return undefined;
  const name = file.names.callee(value) ?? '';
  const [first, ...rest] = positionalArguments(value);
  if (/^builtins\.(bytes|bytearray)$/.test(name)) return inBytes(constant(first));
  if (name === 'builtins.list' && file.names.callee(first) === 'builtins.range')
    return inElements(constant(positionalArguments(first).at(-1)), 'a list');
  if (!ARRAYS.test(name)) return undefined;
  const isTuple = first?.type === 'tuple' || first?.type === 'list';
  const sizes = isTuple
    ? first.children
    : /\.(zeros|ones|empty|rand|randn)$/.test(name)
      ? [first, ...rest]
      : [first];
  const known = sizes.map(constant).filter((size) => size !== undefined);
  const square = /\.(eye|identity)$/.test(name) ? (known[0] ?? 1) : 1;
  if (known.length !== sizes.length && isTuple) return undefined;
  return inElements(
    known.reduce((a, b) => a * b, square),
    'an array',
  );
}

/** `[0] * 50_000_000`, `" " * 2**30` */
function repeated(product: Node): string | undefined {
  if (product.child('operator')?.text !== '*') return undefined;
  const sides = [product.child('left'), product.child('right')];
  const count = sides.map(constant).find((size) => size !== undefined);
  if (sides.some((side) => side?.type === 'list')) return inElements(count, 'a list');
  return sides.some((side) => side?.type === 'string') ? inBytes(count) : undefined;
}

function inElements(count: number | undefined, what: string): string | undefined {
  return count !== undefined && count >= ELEMENTS
    ? `${what} of ${count.toLocaleString('en')} elements`
    : undefined;
}

function inBytes(count: number | undefined): string | undefined {
  return count !== undefined && count >= BYTES ? `${Math.round(count / 2 ** 20)} MiB` : undefined;
}
