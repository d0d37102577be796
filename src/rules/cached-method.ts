import type { Confidence } from '../contract/words.ts';
import { functionCaches, type FunctionCache } from '../facts/growth/caches.ts';
import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../facts/syntax/functions.ts';
import { lineageOf, payloadOf } from '../facts/places/instances.ts';
import { isMadeInFunctions, isSingleton } from '../facts/life/lifetimes.ts';
import { deleteStatement, nameOf, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** `functools` caches on methods: the keys of the cache hold every `self` that it has seen. */
export default defineRule({
  id: 'cached-method',
  cause: 'cache',
  confidence: 'high',
  summary: 'A cache on a method keeps every instance alive',
  why:
    'The cache belongs to the class and lives as long as it. `self` is part of every key, so the cache refers to each ' +
    'instance whose method was called, with all that the instance holds. A bounded cache keeps the last `maxsize` of ' +
    'them for ever; an unbounded one keeps them all.',
  remedy:
    'Cache a value without arguments with `functools.cached_property`, which lives on the instance. Otherwise move the ' +
    'cache to a module-level function that takes plain values, or call `cache_clear()` where the instances end.',
  notWhen: [
    'The cache has one entry: it keeps the last instance and no more.',
    'The method is a static or class method, also by `name = classmethod(name)`: its key holds no instance.',
    'The class is an enum or a metaclass: its instances live for ever anyway.',
    'The class is defined inside a function: the cache dies with the class.',
    'The cache is bounded and its instances are compared by value, such as addresses and colours.',
    'The file makes one instance only, at module level or through `__new__`.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import functools


class Rates:
    def __init__(self, rows: list[str]) -> None:
        self.rows = rows

    @functools.lru_cache(maxsize=None)
    def price(self, zone: str) -> int:
        return len(self.rows) + len(zone)
`,
      good: `
import functools


class Rates:
    def __init__(self, rows: list[str]) -> None:
        self.rows = rows

    def price(self, zone: str) -> int:
        return price_of(len(self.rows), zone)


@functools.lru_cache(maxsize=256)
def price_of(rows: int, zone: str) -> int:
    return rows + len(zone)
`,
    },
    {
      bad: `
from functools import cache


class Report:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    @property
    @cache
    def total(self) -> int:
        return sum(map(len, self.lines))
`,
      good: `
from functools import cached_property


class Report:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    @cached_property
    def total(self) -> int:
        return sum(map(len, self.lines))
`,
    },
  ],
  links: [
    'https://docs.python.org/3/faq/programming.html#how-do-i-cache-method-calls',
    'https://docs.astral.sh/ruff/rules/cached-instance-method/',
  ],
  knownAs: [
    'B019',
    'W1518',
    'W1516',
    'method-cache-max-size-none',
    'cache-max-size-none',
    'lru-cache-decorating-method',
  ],
  check(file, report) {
    for (const cache of functionCaches(file)) {
      const { cached, anchor, maxsize } = cache;
      const owner = cached.class;
      if (cached.kind !== 'method' || !owner) continue;
      if (owner.isEnum || owner.isMetaclass || owner.isLocal || isSingleton(file, owner)) continue;
      if (isForClass(file, cached) || maxsize === 1) continue;
      // Equal instances share their entry, so there are no more of them than there are values.
      const isValue = isValueClass(owner);
      if (isValue && maxsize !== null) continue;
      const confidence = confidenceOf(file, cache, owner, isValue);
      const kept = maxsize === null ? 'every instance' : `the last ${maxsize ?? 'maxsize'} instances`;
      const fix = fixOf(file, cache);
      report({
        anchor,
        symbol: cached.qualname,
        message: `The cache of \`${cached.qualname}\` keeps ${kept} of \`${owner.name}\` alive: \`self\` is part of its key`,
        holder: cached.qualname,
        payload: `instances of ${owner.name}`,
        confidence,
        ...(fix ? { fix } : {}),
        probe: { target: cached.qualname, vary: cached.parameters.slice(1).map(({ name }) => name) },
      });
    }
  },
});

/** `cls` comes first: it is made a class method later, or by a decorator that is not known. */
function isForClass(file: FileFacts, { name, parameters, scope }: FunctionFacts): boolean {
  const isWrapped = file.calls
    .to('builtins.classmethod', 'builtins.staticmethod')
    .some(
      ({ node }) => node.child('arguments')?.text === `(${name})` && file.scopes.at(node) === scope.parent,
    );
  return isWrapped || /^(cls|klass)$/.test(parameters[0]?.name ?? '');
}

function confidenceOf(
  file: FileFacts,
  { cached, maxsize }: FunctionCache,
  owner: ClassFacts,
  isValue: boolean,
): Confidence {
  const isCleared = file.calls
    .named('cache_clear')
    .some(({ receiver }) => receiver && /\w+$/.exec(receiver.text)?.[0] === cached.name);
  if (isCleared) return 'low';
  if (maxsize !== null) return MADE_ONCE.test(owner.name) ? 'low' : 'medium';
  const isBeyondDoubt = payloadOf(file, owner) !== undefined || isMadeInFunctions(file, owner);
  return isBeyondDoubt && !isValue ? 'high' : 'medium';
}

/** Classes of which a program makes one, or one for each thing that it is configured with. */
const MADE_ONCE =
  /(Dialect|Engine|Settings|Config|Configuration|App|Application|Server|Registry|Plugin|Backend|Reloader|Runner|Compiler|Parser|Token|Palette)$/;

/** Classes that are compared by their value, such as addresses and colours: small, and often equal. */
function isValueClass(facts: ClassFacts): boolean {
  return lineageOf(facts).some(
    ({ methods, bases, decorators }) =>
      (methods.has('__hash__') && methods.has('__eq__')) ||
      bases.some((base) => /NamedTuple$|^builtins\.(str|int|tuple|float|bytes)$/.test(base)) ||
      decorators.some(({ call }) => keywordArgument(call, 'frozen')?.type === 'true'),
  );
}

function fixOf(file: FileFacts, { anchor, cached }: FunctionCache): ProposedFix | undefined {
  if (anchor.type !== 'decorator') return undefined;
  const property = cached.decorators.find(({ name }) => name === 'builtins.property');
  if (!property) {
    return {
      title: 'Do not cache on the instance; to keep a cache, key a module-level function by plain values',
      safety: 'review',
      edits: [deleteStatement(file, anchor)],
    };
  }
  const name = nameOf(file, 'functools', 'cached_property');
  return {
    title: 'Keep the value on the instance with `functools.cached_property`',
    safety: 'review',
    edits: [deleteStatement(file, property.node), replaceNode(file, anchor, `@${name.text}`), ...name.edits],
  };
}
