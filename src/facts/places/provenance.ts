/** Where the values of an expression come from. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { Parameter } from '../syntax/functions.ts';
import type { Binding } from '../syntax/scopes.ts';

/** How many assignments are followed from a value back to its sources. */
const STEPS = 40;

export interface Origins {
  /** Parameters of the enclosing functions; `self` and `cls` are left out. */
  readonly parameters: readonly Parameter[];
  /** Calls whose result, or whose arguments, may be part of the value. */
  readonly calls: readonly Node[];
}

/**
 * What an expression's value may depend on, through assignments, loops and calls.
 *
 * @param isOpaque expressions that are not looked into: their value says little about what they are made from
 */
export function originsOf(
  file: FileFacts,
  expression: Node | undefined,
  isOpaque: (node: Node) => boolean = () => false,
): Origins {
  const parameters = new Map<Binding, Parameter>();
  const calls: Node[] = [];
  const seen = new Set<Binding>();
  const pending: Node[] = expression ? [expression] : [];
  for (let step = 0; pending.length > 0 && step < STEPS; step++) {
    for (const node of nodesIn(pending.pop() as Node, isOpaque)) {
      if (node.type === 'call') calls.push(node);
      const binding = node.type === 'identifier' ? file.binding(node) : undefined;
      if (!binding || seen.has(binding) || binding.scope.kind === 'module' || binding.scope.kind === 'class')
        continue;
      seen.add(binding);
      const owner = file.definitions.functionOf(binding.scope);
      const parameter = owner?.parameters.find(({ name }) => name === binding.name);
      if (parameter && owner?.self !== binding) parameters.set(binding, parameter);
      pending.push(...binding.definitions.flatMap(({ kind, node, value }) => sourceOf(kind, node, value)));
    }
  }
  return { parameters: [...parameters.values()], calls };
}

/** The parameters of the enclosing functions that an expression's value may depend on. */
export function parametersBehind(file: FileFacts, expression: Node | undefined): readonly Parameter[] {
  return originsOf(file, expression).parameters;
}

/** What a definition takes its value from. */
function sourceOf(kind: string, name: Node, value: Node | undefined): Node[] {
  if (value && kind !== 'function' && kind !== 'class') return [value];
  if (kind === 'for') return listOf(name.closest('for_statement', 'for_in_clause')?.child('right'));
  if (kind === 'assignment') return listOf(name.closest('assignment')?.child('right'));
  if (kind === 'with') return listOf(name.closest('with_item')?.child('value'));
  return [];
}

function listOf(node: Node | undefined): Node[] {
  return node ? [node] : [];
}

/** The node and what is below it, without what opaque nodes are made from. */
function nodesIn(node: Node, isOpaque: (node: Node) => boolean): Node[] {
  const nodes: Node[] = [];
  let skipUntil = -1;
  for (const inner of [node, ...node.descendants()]) {
    if (inner.index <= skipUntil) continue;
    if (isOpaque(inner)) skipUntil = inner.last;
    else nodes.push(inner);
  }
  return nodes;
}
