import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import { varietyOf } from '../facts/growth/key-variety.ts';
import { keyedMaps, type KeyedMap } from '../facts/growth/keyed-maps.ts';
import { fillsAfterLookUp, isComputed } from '../facts/growth/look-ups.ts';
import type { Operation } from '../facts/places/operations.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule } from '../scan/rule.ts';

/** Home-made memoising decorators: a dict in a closure that gets an entry for every distinct argument. */
export default defineRule({
  id: 'memo-decorator-without-bound',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A home-made memoising decorator keeps every argument and result',
  why:
    'The wrapper that the decorator makes stores each result under its arguments in a dict that it closes over. The ' +
    'wrapper stands in the place of the function and lives as long as the module, and so does every argument and result it ' +
    'has seen; on a method, `self` is among them.',
  remedy: 'Use `functools.lru_cache(maxsize=…)`, or drop the oldest entries of the dict.',
  notWhen: [
    'Something removes entries, empties the dict or asks for its length.',
    'It is looked up by something that has few values: a flag, a class.',
    'The dict is made anew for each call.',
    'The function around it is no decorator: it is given nothing that the wrapper calls.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
def memoize(function):
    results = {}

    def wrapper(*args):
        if args not in results:
            results[args] = function(*args)
        return results[args]

    return wrapper


@memoize
def render(text: str) -> str:
    return text * 50


def show(text: str) -> int:
    return len(render(text))
`,
      good: `
def memoize(function):
    results = {}

    def wrapper(*args):
        if args not in results:
            if len(results) >= 256:
                results.pop(next(iter(results)))
            results[args] = function(*args)
        return results[args]

    return wrapper


@memoize
def render(text: str) -> str:
    return text * 50


def show(text: str) -> int:
    return len(render(text))
`,
    },
  ],
  links: ['https://docs.python.org/3/library/functools.html#functools.lru_cache'],
  check(file, report) {
    for (const map of keyedMaps(file)) {
      const { place, container } = map;
      const filled = map.life === 'closure' && container.kind === 'dict' ? fillOf(file, map) : undefined;
      if (!filled) continue;
      const { operation, decorator } = filled;
      const { label } = place;
      const edit = dropOldest(file, container, label, statementOf(operation.node));
      const driver = decoratedBy(file, decorator);
      report({
        anchor: operation.node,
        message: `\`${label}\` of the decorator \`${decorator.name}\` keeps every distinct argument and its result: nothing removes any`,
        holder: label,
        payload: 'arguments and results',
        ...(edit
          ? {
              fix: {
                title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
                safety: 'review',
                edits: [edit],
              },
            }
          : {}),
        ...(driver
          ? { probe: { target: driver.qualname, vary: driver.parameters.map(({ name }) => name) } }
          : {}),
      });
    }
  },
});

interface Filled {
  readonly operation: Operation;
  readonly decorator: FunctionFacts;
}

/** The wrapper calls what the function around it was given, and stores the result. */
function fillOf(file: FileFacts, map: KeyedMap): Filled | undefined {
  for (const operation of map.place.of('grow')) {
    const wrapper = file.functionAround(operation.node);
    const decorator = file.drivable(operation.node);
    if (!wrapper || !decorator || wrapper === decorator || operation.inner === true) continue;
    if (!fillsAfterLookUp(map.place.operations, operation) || !isComputed(file, operation)) continue;
    if (varietyOf(file, operation.key, false).domain !== 'open') continue;
    if (callsWhatIsGiven(file, wrapper) && isGivenBack(file, wrapper)) return { operation, decorator };
  }
  return undefined;
}

/** The wrapper calls a parameter of a function around it. */
function callsWhatIsGiven(file: FileFacts, wrapper: FunctionFacts): boolean {
  return wrapper.node.descendants().some((node) => {
    const callee = node.type === 'call' ? node.child('function') : undefined;
    const binding = callee?.type === 'identifier' ? file.binding(callee) : undefined;
    return binding?.isParameter === true && binding.scope !== wrapper.scope;
  });
}

/** `return wrapper` in the function around it, also as `return functools.wraps(function)(wrapper)`. */
function isGivenBack(file: FileFacts, wrapper: FunctionFacts): boolean {
  const uses = file.scopes.at(wrapper.node).bindings.get(wrapper.name)?.uses ?? [];
  return uses.some((use) => {
    const isCalled = use.parent?.type === 'call' && use.field === 'function';
    return !isCalled && use.closest('return_statement', 'block')?.type === 'return_statement';
  });
}

/** A function of the file that the decorator stands on. */
function decoratedBy(file: FileFacts, decorator: FunctionFacts): FunctionFacts | undefined {
  const isOurs = ({ decorators }: FunctionFacts): boolean =>
    decorators.some(({ node }) => new RegExp(`^@\\s*${decorator.name}\\b`).test(node.text));
  return file.functions.find((facts) => facts.kind !== 'nested' && isOurs(facts));
}
