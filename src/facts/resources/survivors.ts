/** Containers of which a few entries are kept and the rest let go. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround, statementOf } from '../syntax/flow.ts';
import { spanOf } from '../places/keeping.ts';
import type { Binding } from '../syntax/scopes.ts';
import { sliceParts } from '../arrays/views.ts';

export interface Survivors {
  /** The expression or statement that picks them: `blocks[::40]`, a comprehension with a condition, a loop. */
  readonly node: Node;
  /** They stay in the container itself, which is thinned out in place. */
  readonly inPlace: boolean;
}

/** How a local container is thinned out so that some of its entries outlive the call; undefined when it is not. */
export function survivorsOf(file: FileFacts, container: Binding): Survivors | undefined {
  for (const use of container.uses) {
    const picked = pickedBy(file, use);
    if (picked && isLasting(file, picked, container)) return picked;
  }
  return undefined;
}

function pickedBy(file: FileFacts, use: Node): Survivors | undefined {
  const outer = use.parent;
  const node =
    outer?.type === 'subscript' && use.field === 'value' ? bySubscript(outer) : byIteration(file, use);
  if (node) return { node, inPlace: false };
  const removal = removalOf(use);
  return removal && { node: removal, inPlace: true };
}

/** `blocks[::40]`, and `blocks[i]` in a comprehension that skips. */
function bySubscript(subscript: Node): Node | undefined {
  const index = subscript.child('subscript');
  if (index?.type === 'slice') {
    const { step } = sliceParts(index);
    return step && !/^-?1$/.test(step.text) ? subscript : undefined;
  }
  const comprehension = subscript.closest(
    'list_comprehension',
    'dictionary_comprehension',
    'set_comprehension',
    'block',
  );
  const body = comprehension?.child('body');
  const isEntry = body === subscript || body === subscript.parent;
  return comprehension && comprehension.type !== 'block' && isEntry && skips(comprehension)
    ? comprehension
    : undefined;
}

/** `range(0, n, 50)` or a condition. */
function skips(comprehension: Node): boolean {
  return comprehension.children.some(({ type, children }) => {
    if (type === 'if_clause') return true;
    const range = type === 'for_in_clause' ? children.find(({ field }) => field === 'right') : undefined;
    return range?.child('function')?.text === 'range' && range.child('arguments')?.children.length === 3;
  });
}

/** `[b for b in blocks if …]`, `for b in blocks: if …: kept.append(b)`, `random.sample(blocks, 5)`. */
function byIteration(file: FileFacts, use: Node): Node | undefined {
  const call = use.parent?.type === 'argument_list' ? use.parent.parent : undefined;
  if (file.names.callee(call) === 'random.sample') return call;
  const iterable = iterableAround(file, use);
  const clause = iterable.field === 'right' ? iterable.parent : undefined;
  const target = clause?.child('left');
  const names = target ? [target, ...target.descendants()].filter(({ type }) => type === 'identifier') : [];
  if (clause?.type === 'for_in_clause') {
    const comprehension = clause.parent;
    const isFiltered = comprehension?.children.some(({ type }) => type === 'if_clause');
    return isFiltered && holdsName(comprehension?.child('body'), names) ? comprehension : undefined;
  }
  if (clause?.type !== 'for_statement') return undefined;
  return clause.descendants().find((node) => isConditionalAppend(node, names, clause));
}

/** `enumerate(blocks)` and `blocks.items()` for `blocks`. */
function iterableAround(file: FileFacts, use: Node): Node {
  const outer = use.parent;
  if (
    outer?.type === 'argument_list' &&
    /^builtins\.(enumerate|reversed|sorted|list)$/.test(file.names.callee(outer.parent) ?? '')
  ) {
    return outer.parent ?? use;
  }
  const isView = outer?.type === 'attribute' && /^(items|values)$/.test(outer.child('attribute')?.text ?? '');
  return isView && outer.parent?.type === 'call' ? outer.parent : use;
}

/** Whether the entry itself is in the value, not something computed from it. */
function holdsName(body: Node | undefined, names: readonly Node[]): boolean {
  const parts = body && /^(pair|tuple|list)$/.test(body.type) ? body.children : [body];
  return parts.some((part) => part?.type === 'identifier' && names.some(({ text }) => text === part.text));
}

function isConditionalAppend(node: Node, names: readonly Node[], loop: Node): boolean {
  if (node.type !== 'call' || !/^(append|add)$/.test(node.child('function')?.child('attribute')?.text ?? ''))
    return false;
  if (!holdsName(node.child('arguments')?.children[0], names)) return false;
  const condition = node.closest('if_statement', 'for_statement');
  return condition?.type === 'if_statement' && loop.contains(condition);
}

/** `if n % 50: del pages[n]` in a loop: the loop. */
function removalOf(use: Node): Node | undefined {
  const outer = use.parent;
  const isDeleted = outer?.type === 'subscript' && outer.parent?.type === 'delete_statement';
  const isPopped =
    outer?.type === 'attribute' && /^(pop|remove|discard)$/.test(outer.child('attribute')?.text ?? '');
  if (!isDeleted && !isPopped) return undefined;
  const [loop] = loopsAround(use);
  const condition = use.closest('if_statement', 'for_statement', 'while_statement');
  return loop && condition?.type === 'if_statement' ? loop : undefined;
}

function isLasting(file: FileFacts, { node, inPlace }: Survivors, container: Binding): boolean {
  if (inPlace) return container.uses.some((use) => spanOf(file, use) !== 'call');
  if (
    node.type !== 'call' ||
    !/^(append|add)$/.test(node.child('function')?.child('attribute')?.text ?? '')
  ) {
    return spanOf(file, node) !== 'call';
  }
  const added = node.child('arguments')?.children[0];
  return added !== undefined && spanOf(file, added) !== 'call';
}

/** The last statement that uses a container, in the block where it is made. */
export function lastUse(container: Binding, made: Node): Node {
  const home = statementOf(made);
  let at = container.uses.at(-1);
  while (at && at.parent !== home.parent) at = at.parent;
  return at ?? home;
}
