import { functionCaches, type FunctionCache } from '../facts/growth/caches.ts';
import { takesConstantsOnly } from '../facts/growth/constant-calls.ts';
import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { domainOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import { objectParameters } from '../facts/growth/object-keys.ts';
import { checksAgainstFew, givesFlags } from '../facts/growth/program-parts.ts';
import type { Node } from '../python/node.ts';
import { nameOf, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Entries that the suggested bound allows. Any number beats none; the author knows the right one. */
const MAXSIZE = 256;

/** `functools.cache` and `lru_cache(maxsize=None)` on functions: one entry for every argument ever seen. */
export default defineRule({
  id: 'unbounded-function-cache',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A cache without a bound keeps every argument and result it has seen',
  why:
    '`functools.cache` and `lru_cache(maxsize=None)` never drop an entry. A function that is called with ever new ' +
    'arguments, such as texts, keys or ids from requests, keeps all of them and all of its results until the process ends.',
  remedy:
    'Give the cache a bound: `functools.lru_cache(maxsize=256)`. Where entries become stale, use a cache with an expiry, ' +
    'or call `cache_clear()` at the right moment.',
  notWhen: [
    'The function takes no argument: it keeps one value.',
    'The function is nested: the cache dies with the call.',
    'Every parameter is a flag, an enum, a literal or a class: the keys are few.',
    'The file calls the function with constants only.',
    'The function raises for all but a few values of its only parameter.',
    'The arguments are objects such as requests and models: `cache-keyed-by-objects` looks at those.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import functools


@functools.cache
def render(text: str) -> str:
    return f"<p>{text}</p>" * 20
`,
      good: `
import functools


@functools.lru_cache(maxsize=256)
def render(text: str) -> str:
    return f"<p>{text}</p>" * 20
`,
      ok: `
import functools


@functools.cache
def settings() -> dict:
    return {"mode": "fast"}
`,
    },
  ],
  links: ['https://docs.python.org/3/library/functools.html#functools.lru_cache'],
  check(file, report) {
    for (const cache of functionCaches(file)) {
      const { cached, anchor } = cache;
      const keys = cached.parameters.filter(({ name }) => cached.self?.name !== name);
      if (cache.maxsize !== null || !['function', 'staticmethod', 'classmethod'].includes(cached.kind))
        continue;
      if (objectParameters(file, cached).length > 0) continue;
      const domains = keys.map((key) => domainOf(file, key));
      if (domains.every((domain) => domain === 'closed')) continue;
      const [only] = keys;
      if (only && keys.length === 1 && checksAgainstFew(cached, only.name)) continue;
      const takesFew = takesConstantsOnly(file, cached);
      if (takesFew && isPrivate(cached)) continue;
      const isFew =
        takesFew ||
        !domains.includes('open') ||
        /_once$/.test(cached.name) ||
        givesFlags(cached) ||
        makesClass(file, cached);
      const fix = boundedFix(file, cache);
      report({
        anchor,
        symbol: cached.qualname,
        message: `The cache of \`${cached.qualname}\` has no bound: it keeps every distinct argument and its result`,
        holder: cached.qualname,
        payload: 'arguments and results',
        confidence: isFew ? 'low' : 'medium',
        ...(fix ? { fix } : {}),
        probe: { target: cached.qualname, vary: keys.map(({ name }) => name) },
      });
    }
  },
});

/** Other files hardly call it. */
function isPrivate({ name, kind }: FunctionFacts): boolean {
  return name.startsWith('_') && kind === 'function';
}

/** It derives a class from what it is given: its arguments are parts of the program. */
function makesClass(file: FileFacts, cached: FunctionFacts): boolean {
  const names = cached.parameters.map(({ name }) => name);
  return (
    file.classes.some(
      ({ node, bases }) => cached.node.contains(node) && bases.some((base) => names.includes(base)),
    ) || names.some((name) => /_(cls|class)$/.test(name))
  );
}

function boundedFix(file: FileFacts, { maker, cached }: FunctionCache): ProposedFix | undefined {
  const title = `Bound the cache with \`maxsize=${MAXSIZE}\`, or what the process can afford`;
  const size = maker.type === 'call' ? unboundedSize(file, maker) : undefined;
  // Callers may rely on getting the same object again; plain values have no identity to rely on.
  const safety = isPlainValue(cached) ? 'safe' : 'review';
  if (size) return { title, safety, edits: [replaceNode(file, size, String(MAXSIZE))] };
  if (file.names.callee(maker) === 'cachetools.cached') return boundedStore(file, maker, title);
  const name = nameOf(file, 'functools', 'lru_cache');
  return {
    title,
    safety: name.edits.length > 0 ? 'review' : safety,
    edits: [replaceNode(file, maker, `${name.text}(maxsize=${MAXSIZE})`), ...name.edits],
  };
}

/** `cachetools.cached({})` with a store that drops entries. */
function boundedStore(file: FileFacts, maker: Node, title: string): ProposedFix | undefined {
  const store = keywordArgument(maker, 'cache') ?? positionalArguments(maker)[0];
  const name = nameOf(file, 'cachetools', 'LRUCache');
  return (
    store && {
      title,
      safety: 'review',
      edits: [replaceNode(file, store, `${name.text}(maxsize=${MAXSIZE})`), ...name.edits],
    }
  );
}

/** The `None` of `lru_cache(maxsize=None)`. */
function unboundedSize(file: FileFacts, maker: Node): Node | undefined {
  if (!/lru_cache$/.test(file.names.callee(maker) ?? '')) return undefined;
  return maker
    .child('arguments')
    ?.descendants()
    .find(({ type }) => type === 'none');
}

const PLAIN = ['str', 'int', 'float', 'bool', 'bytes', 'complex', 'None'];

function isPlainValue(cached: FunctionFacts): boolean {
  return PLAIN.includes(cached.node.child('return_type')?.text ?? '');
}
