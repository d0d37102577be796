/** What an expression refers to by its full dotted name, through imports and simple aliases. */
import type { Node } from '../../python/node.ts';
import type { Scopes } from './scopes.ts';

/** How far attributes and aliases are followed. */
const DEPTH = 10;

export interface Names {
  /**
   * The dotted name of what an expression refers to, such as `functools.cache` for `memo` after
   * `memo = functools.cache`. Builtins are `builtins.NAME`. Undefined when it is not an import or a builtin.
   */
  qualified(expression: Node | undefined): string | undefined;
  /** The dotted name of what a call calls. */
  callee(node: Node | undefined): string | undefined;
}

export function namesOf(scopes: Scopes): Names {
  function qualified(expression: Node | undefined, depth = DEPTH): string | undefined {
    if (!expression || depth === 0) return undefined;
    switch (expression.type) {
      case 'attribute': {
        const object = qualified(expression.child('object'), depth - 1);
        const attribute = expression.child('attribute')?.text;
        return object && attribute ? `${object}.${attribute}` : undefined;
      }
      case 'parenthesized_expression':
        return qualified(expression.children[0], depth - 1);
      case 'type':
        return qualified(expression.children[0], depth - 1);
      case 'identifier':
        return ofIdentifier(expression, depth);
      default:
        return undefined;
    }
  }

  function ofIdentifier(identifier: Node, depth: number): string | undefined {
    const binding = scopes.binding(identifier);
    if (!binding) return scopes.hasStarImport ? undefined : `builtins.${identifier.text}`;
    const imports = binding.definitions.filter(({ kind }) => kind === 'import');
    // `try: import a except ImportError: a = None` and two alternative imports: the first one counts.
    if (imports[0]) return imports[0].imported;
    const { only } = binding;
    if (only?.kind !== 'assignment') return undefined;
    const isAlias = only.value?.type === 'identifier' || only.value?.type === 'attribute';
    return isAlias ? qualified(only.value, depth - 1) : undefined;
  }

  // Many rules ask the same calls.
  const callees = new Map<Node, string | undefined>();
  function callee(node: Node | undefined): string | undefined {
    if (node?.type !== 'call') return undefined;
    if (!callees.has(node)) callees.set(node, qualified(node.child('function')));
    return callees.get(node);
  }

  return { qualified: (expression) => qualified(expression), callee };
}
