/** Where the values of an expression come from. */
import type { Node } from '../python/node.ts';
import type { FileFacts } from './file-facts.ts';
import type { Parameter } from './functions.ts';
import type { Binding } from './scopes.ts';

/** How many assignments are followed from a value back to its sources. */
const STEPS = 40;

/**
 * The parameters of the enclosing functions that an expression's value may depend on, through assignments, loops
 * and calls. `self` and `cls` are left out.
 */
export function parametersBehind(file: FileFacts, expression: Node | undefined): Parameter[] {
  const found = new Map<Binding, Parameter>();
  const seen = new Set<Binding>();
  const pending: Node[] = expression ? [expression] : [];
  for (let step = 0; pending.length > 0 && step < STEPS; step++) {
    for (const identifier of identifiersIn(pending.pop() as Node)) {
      const binding = file.binding(identifier);
      if (!binding || seen.has(binding) || binding.scope.kind === 'module' || binding.scope.kind === 'class')
        continue;
      seen.add(binding);
      const owner = file.definitions.functionOf(binding.scope);
      const parameter = owner?.parameters.find(({ name }) => name === binding.name);
      if (parameter && owner?.self !== binding) found.set(binding, parameter);
      pending.push(...binding.definitions.flatMap(({ kind, node, value }) => sourceOf(kind, node, value)));
    }
  }
  return [...found.values()];
}

/** What a definition takes its value from. */
function sourceOf(kind: string, name: Node, value: Node | undefined): Node[] {
  if (value && kind !== 'function' && kind !== 'class') return [value];
  if (kind === 'for') return nodesOf(name.closest('for_statement', 'for_in_clause')?.child('right'));
  if (kind === 'assignment') return nodesOf(name.closest('assignment')?.child('right'));
  if (kind === 'with') return nodesOf(name.closest('with_item')?.child('value'));
  return [];
}

function nodesOf(node: Node | undefined): Node[] {
  return node ? [node] : [];
}

function identifiersIn(node: Node): Node[] {
  return node.type === 'identifier' ? [node] : node.descendants().filter(({ type }) => type === 'identifier');
}
