/** Which value a name has where it is read: the last definition before it in the text, branches aside. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { Binding, Definition } from '../syntax/scopes.ts';

/** How many `x += …` are looked through to the assignment behind them. */
const STEPS = 20;

/**
 * The definitions that make up the value of a name where an identifier reads it, the newest first: any number of
 * `x += …`, then the one that they build on. Empty when the value comes from elsewhere, such as another function.
 */
export function definitionsBefore(file: FileFacts, identifier: Node): readonly Definition[] {
  const binding = file.binding(identifier);
  if (!binding) return [];
  // The body of a comprehension stands before its `for`.
  if (binding.scope.kind === 'comprehension') return binding.definitions.slice(0, 1);
  if (!isSameFrame(file, identifier, binding)) return binding.only ? [binding.only] : [];
  const found: Definition[] = [];
  for (let at = lastBefore(binding, identifier); at >= 0 && found.length < STEPS; at--) {
    const definition = binding.definitions[at] as Definition;
    if (isInForce(definition, identifier)) found.push(definition);
    if (found.at(-1)?.kind !== 'augmented' && found.length > 0) break;
  }
  return found;
}

/** The value that the newest plain assignment gave to a name; undefined when it was unpacked or not assigned. */
export function assignedBefore(file: FileFacts, identifier: Node): Node | undefined {
  const definition = definitionsBefore(file, identifier).at(-1);
  return definition?.kind === 'assignment' || definition?.kind === 'walrus' ? definition.value : undefined;
}

function isSameFrame(file: FileFacts, identifier: Node, binding: Binding): boolean {
  const frame = file.scopes.at(identifier).nearest('function', 'lambda', 'class', 'module');
  return frame === binding.scope.nearest('function', 'lambda', 'class', 'module');
}

/** Index of the last definition that stands before a node. Definitions are in document order. */
function lastBefore(binding: Binding, node: Node): number {
  let [low, high] = [0, binding.definitions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((binding.definitions[middle] as Definition).node.index < node.index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** `x = x[1:]` reads the `x` of before. */
function isInForce(definition: Definition, identifier: Node): boolean {
  const statement = definition.node.closest('assignment', 'augmented_assignment', 'block', 'module');
  const isAssignment = statement?.type === 'assignment' || statement?.type === 'augmented_assignment';
  return !isAssignment || !statement.contains(identifier);
}
