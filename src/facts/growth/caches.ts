/** Caches of `functools` and their kin, as decorators and as calls. */
import type { Node } from '../../python/node.ts';
import { containerOf, keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';

export interface FunctionCache {
  /** The decorator line, or the statement `name = cache(function)`. */
  readonly anchor: Node;
  /** The expression that makes the cache: `lru_cache(maxsize=8)`, `functools.cache`. */
  readonly maker: Node;
  /** `null` is unbounded. Undefined when the size is an expression. */
  readonly maxsize: number | null | undefined;
  readonly cached: FunctionFacts;
}

/** All caches on functions and methods of the file. */
export function functionCaches(file: FileFacts): FunctionCache[] {
  return [...file.functions.flatMap((facts) => decorated(file, facts)), ...assigned(file)];
}

function decorated(file: FileFacts, cached: FunctionFacts): FunctionCache[] {
  return cached.decorators.flatMap(({ node, name, call }) => {
    const maker = node.children[0];
    const maxsize = maker && maxsizeOf(file, name, call);
    return maxsize === 'not a cache' || !maker ? [] : [{ anchor: node, maker, maxsize, cached }];
  });
}

/** `rank = cache(_rank)` and `rank = lru_cache(maxsize=8)(_rank)`, in a class body or at module level. */
function assigned(file: FileFacts): FunctionCache[] {
  return file.nodes('assignment').flatMap((assignment) => {
    const value = assignment.child('right');
    const maker = value?.type === 'call' ? value.child('function') : undefined;
    const [argument] = positionalArguments(value);
    if (!maker || argument?.type !== 'identifier') return [];
    const definition = file.binding(argument)?.only;
    const cached = file.definitions.functionOf(
      definition?.kind === 'function' ? definition.value : undefined,
    );
    if (!cached || cached.scope.parent !== file.scopes.at(assignment)) return [];
    const call = maker.type === 'call' ? maker : undefined;
    const maxsize = maxsizeOf(file, call ? file.names.callee(call) : file.names.qualified(maker), call);
    return maxsize === 'not a cache' ? [] : [{ anchor: assignment, maker, maxsize, cached }];
  });
}

const SIZED =
  /^(functools\.lru_cache|backports\.functools_lru_cache\.lru_cache|async_lru\.alru_cache|cachetools\.func\.\w+_cache)$/;

function maxsizeOf(
  file: FileFacts,
  name: string | undefined,
  call: Node | undefined,
): number | null | undefined | 'not a cache' {
  if (name === 'functools.cache') return null;
  if (name === 'cachetools.cached') return storeSize(file, call);
  if (!name || !SIZED.test(name)) return 'not a cache';
  const size = keywordArgument(call, 'maxsize') ?? positionalArguments(call)[0];
  // Bare, or called without a size: 128 entries.
  if (!size) return 128;
  if (size.type === 'none') return null;
  return size.type === 'integer' ? Number(size.text.replaceAll('_', '')) : undefined;
}

/** `cachetools.cached({})` keeps all that it has seen; a key function may leave the instance out. */
function storeSize(file: FileFacts, call: Node | undefined): null | undefined | 'not a cache' {
  if (keywordArgument(call, 'key') ?? positionalArguments(call)[1]) return 'not a cache';
  const store = containerOf(keywordArgument(call, 'cache') ?? positionalArguments(call)[0], file.names);
  if (store?.kind !== 'dict') return 'not a cache';
  return store.growth === 'open' ? null : undefined;
}
