import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { domainOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import type { Node } from '../python/node.ts';
import { insertAfter, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Caches of libraries that are given neither a size nor a time: Streamlit, aiocache, toolz, cachetools and others. */
export default defineRule({
  id: 'library-cache-without-bound',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A cache of a library is given neither a size nor a lifetime',
  why:
    'Many caching decorators keep every result until the process ends unless they are told how many or for how long. ' +
    'Streamlit shares them among all users of an app; in-memory caches of servers see ever new keys.',
  remedy:
    'State a bound: `st.cache_data(max_entries=…)` or `ttl=…`, `aiocache.cached(ttl=…)`, `memoization.cached(max_size=…)`, ' +
    '`cachetools.LRUCache(maxsize=…)` with a real number.',
  notWhen: [
    'A size or a lifetime is stated.',
    'The function takes no argument that is part of the key: it keeps one value.',
    'Every parameter is a flag, an enum, a literal or a class.',
    'The cache lives on a disk or in another process.',
    'The function is nested: its cache dies with the call.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
try:
    from streamlit import cache_data
except ImportError:
    from functools import lru_cache

    def cache_data(max_entries: int | None = None, ttl: int | None = None):
        return lru_cache(maxsize=max_entries)


@cache_data()
def load(query: str) -> str:
    return query * 50
`,
      good: `
try:
    from streamlit import cache_data
except ImportError:
    from functools import lru_cache

    def cache_data(max_entries: int | None = None, ttl: int | None = None):
        return lru_cache(maxsize=max_entries)


@cache_data(max_entries=100)
def load(query: str) -> str:
    return query * 50
`,
    },
  ],
  links: [
    'https://docs.streamlit.io/develop/concepts/architecture/caching',
    'https://aiocache.aio-libs.org/en/latest/decorators.html',
  ],
  check(file, report) {
    for (const cached of file.functions) {
      if (cached.kind === 'nested') continue;
      for (const { node, name, call } of cached.decorators) {
        const maker = makerOf(name);
        if (!maker || isBounded(call, maker)) continue;
        const keys = keysOf(cached, maker);
        const domains = keys.map((key) => domainOf(file, key));
        if (domains.every((domain) => domain === 'closed')) continue;
        const fix = boundedFix(file, node, call, maker);
        report({
          anchor: node,
          symbol: cached.qualname,
          message: `The cache of \`${cached.qualname}\` has neither a size nor a lifetime: it keeps the result for every distinct argument`,
          holder: cached.qualname,
          payload: 'arguments and results',
          confidence: domains.includes('open') ? 'medium' : 'low',
          ...(fix ? { fix } : {}),
          probe: { target: cached.qualname, vary: keys.map((key) => key.name) },
        });
      }
    }
    for (const { node } of file.calls.to(...STORES.keys())) {
      const limits = STORES.get(file.names.callee(node) ?? '');
      if (!limits || !isEndlessStore(node, limits)) continue;
      report({
        anchor: node,
        message: `\`${node.child('function')?.text ?? 'The cache'}\` is made without a bound and keeps every entry`,
        holder: holderOf(file, node),
        payload: 'entries',
      });
    }
  },
});

interface Maker {
  readonly name: RegExp;
  /** Keywords that state a size or a lifetime. */
  readonly bounds: readonly string[];
  /** Keywords that put the cache elsewhere. */
  readonly elsewhere?: readonly string[];
  /** What the fix adds. */
  readonly bound?: string;
  /** Parameters with a leading underscore are no part of the key. */
  readonly skipsPrivate?: boolean;
}

const MAKERS: readonly Maker[] = [
  {
    name: /^streamlit\.(cache_data|cache_resource|experimental_memo|experimental_singleton|cache)$/,
    bounds: ['ttl', 'max_entries'],
    bound: 'max_entries=256',
    skipsPrivate: true,
  },
  {
    name: /^aiocache(\.decorators)?\.cached(_stampede)?$/,
    bounds: ['ttl'],
    elsewhere: ['cache', 'alias'],
    bound: 'ttl=300',
  },
  { name: /^(cy)?toolz(\.functoolz|\.curried)?\.memoize$/, bounds: ['cache'] },
  { name: /^memoization\.cached$/, bounds: ['max_size', 'ttl'], bound: 'max_size=256' },
  { name: /^cachier\.cachier$/, bounds: ['stale_after', 'backend'] },
];

function makerOf(name: string | undefined): Maker | undefined {
  return name === undefined ? undefined : MAKERS.find((maker) => maker.name.test(name));
}

function isBounded(call: Node | undefined, { bounds, elsewhere = [] }: Maker): boolean {
  if (positionalArguments(call).length > 0) return true;
  const stated = [...bounds, ...elsewhere].map((name) => keywordArgument(call, name));
  if (call?.text.includes('**')) return true;
  return stated.some(
    (value) => value !== undefined && value.type !== 'none' && !/MEMORY|SimpleMemory/.test(value.text),
  );
}

function keysOf(cached: FunctionFacts, { skipsPrivate }: Maker): FunctionFacts['parameters'] {
  return cached.parameters.filter(
    ({ name }) =>
      cached.scope.bindings.get(name) !== cached.self && !(skipsPrivate === true && name.startsWith('_')),
  );
}

function boundedFix(
  file: FileFacts,
  decorator: Node,
  call: Node | undefined,
  { bound }: Maker,
): ProposedFix | undefined {
  const maker = decorator.children[0];
  if (!bound || !maker) return undefined;
  const list = call?.child('arguments');
  const last = list?.children.at(-1);
  const edit = !list
    ? insertAfter(file, maker, `(${bound})`)
    : last
      ? insertAfter(file, last, `, ${bound}`)
      : replaceNode(file, list, `(${bound})`);
  return {
    title: `Bound the cache with \`${bound}\`, or what the process can afford`,
    safety: 'review',
    edits: [edit],
  };
}

interface Limits {
  readonly keyword: string;
  /** Nothing said means no bound. */
  readonly openByDefault: boolean;
}

const SIZE: Limits = { keyword: 'maxsize', openByDefault: false };
const STORES = new Map<string, Limits>([
  ...['Cache', 'LRUCache', 'LFUCache', 'FIFOCache', 'RRCache', 'MRUCache'].map(
    (name) => [`cachetools.${name}`, SIZE] as const,
  ),
  ...['langchain.cache', 'langchain_core.caches', 'langchain_community.cache'].map(
    (module) => [`${module}.InMemoryCache`, { keyword: 'maxsize', openByDefault: true }] as const,
  ),
]);

/** `LRUCache(maxsize=float("inf"))`, `InMemoryCache()` */
function isEndlessStore(call: Node, { keyword, openByDefault }: Limits): boolean {
  const size = keywordArgument(call, keyword) ?? positionalArguments(call)[0];
  if (!size) return openByDefault;
  return /^(None|math\.inf|inf|np\.inf|numpy\.inf|sys\.maxsize|float\((['"])inf(inity)?\2\))$/.test(
    size.text,
  );
}

function holderOf(file: FileFacts, call: Node): string {
  const target = call.parent?.type === 'assignment' ? call.parent.child('left') : undefined;
  return file.places.at(target)?.label ?? call.child('function')?.text ?? '';
}
