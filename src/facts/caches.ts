/** Caches of `functools`, as decorators and as calls. */
import type { Node } from '../python/node.ts';
import { keywordArgument, positionalArguments } from './containers.ts';
import type { FileFacts } from './file-facts.ts';
import type { FunctionFacts } from './functions.ts';

export interface FunctionCache {
  /** The decorator line, or the statement `name = cache(function)`. */
  readonly anchor: Node;
  /** The expression that makes the cache: `lru_cache(maxsize=8)`, `functools.cache`. */
  readonly maker: Node;
  /** `null` is unbounded. Undefined when the size is an expression. */
  readonly maxsize: number | null | undefined;
  readonly cached: FunctionFacts;
}

/** All caches of `functools` in the file, on functions and methods of the file. */
export function functionCaches(file: FileFacts): FunctionCache[] {
  return [...file.functions.flatMap(decorated), ...assigned(file)];
}

function decorated(cached: FunctionFacts): FunctionCache[] {
  return cached.decorators.flatMap(({ node, name, call }) => {
    const maker = node.children[0];
    const maxsize = maker && maxsizeOf(name, call);
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
    const maxsize = maxsizeOf(call ? file.names.callee(call) : file.names.qualified(maker), call);
    return maxsize === 'not a cache' ? [] : [{ anchor: assignment, maker, maxsize, cached }];
  });
}

function maxsizeOf(
  name: string | undefined,
  call: Node | undefined,
): number | null | undefined | 'not a cache' {
  if (name === 'functools.cache') return null;
  if (name !== 'functools.lru_cache') return 'not a cache';
  const size = keywordArgument(call, 'maxsize') ?? positionalArguments(call)[0];
  // Bare, or called without a size: 128 entries.
  if (!size) return 128;
  if (size.type === 'none') return null;
  return size.type === 'integer' ? Number(size.text.replaceAll('_', '')) : undefined;
}
