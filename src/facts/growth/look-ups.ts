/** Containers that are looked up where they are filled, as a cache is. */
import type { FileFacts } from '../file-facts.ts';
import { wordsOf } from '../life/longevity.ts';
import type { Operation } from '../places/operations.ts';
import { assignedBefore } from '../places/reaching.ts';

/** Whether an insertion is the second half of "look it up, else make it": the same key is asked for in the same function. */
export function fillsAfterLookUp(operations: readonly Operation[], insertion: Operation): boolean {
  const { key, how, inner, node, scope } = insertion;
  if (!key || inner === true) return false;
  if (how === 'setdefault') return true;
  const frame = scope.nearest('function');
  return operations.some((operation) => {
    if (operation.kind !== 'read' || operation.scope.nearest('function') !== frame) return false;
    if (node.contains(operation.node)) return false;
    if (operation.how === '[]' || operation.how === 'get') return operation.key?.text === key.text;
    // `if key not in cache`
    return operation.how === 'comparison_operator' && operation.node.parent?.children[0]?.text === key.text;
  });
}

/** Whether a name says that it is a cache. */
export function namesCache(name: string): boolean {
  return wordsOf(name).some((word) => /^(cache|caches|cached|memo|memos|memoi[sz]ed|lru)$/.test(word));
}

/** Whether a value is the result of work: of a call, other than an empty container of its own. */
export function isComputed(file: FileFacts, { value }: Operation): boolean {
  const made = value?.type === 'identifier' ? (assignedBefore(file, value) ?? value) : value;
  const call = made?.type === 'await' ? made.children[0] : made;
  return call?.type === 'call' && !/^builtins\.(dict|list|set)$/.test(file.names.callee(call) ?? '');
}
