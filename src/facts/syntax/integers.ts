/** Expressions that are surely whole numbers. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { definitionsBefore } from '../places/reaching.ts';
import type { Definition } from './scopes.ts';

/** How many expressions are looked at before the answer is no. */
const STEPS = 16;
const CALLS = /^builtins\.(int|len|ord|round|hash|id)$/;
const OPERATORS = ['+', '-', '*', '//', '%', '**', '<<', '>>', '&', '|', '^'];

/** Whether an expression is a whole number: a literal, a length, a counter, a parameter that is typed so. */
export function isInteger(file: FileFacts, expression: Node | undefined): boolean {
  const pending: (Node | undefined)[] = [expression];
  for (let step = 0; pending.length > 0; step++) {
    const at = pending.pop();
    const parts = at && step < STEPS ? partsOf(file, at) : undefined;
    if (!parts) return false;
    pending.push(...parts);
  }
  return true;
}

/** The expressions that must be whole numbers for this one to be; undefined when it is none. */
function partsOf(file: FileFacts, at: Node): (Node | undefined)[] | undefined {
  switch (at.type) {
    case 'integer':
      return [];
    case 'parenthesized_expression':
      return [at.children[0]];
    case 'unary_operator':
      return [at.child('argument')];
    case 'binary_operator':
      return OPERATORS.includes(at.child('operator')?.text ?? '')
        ? [at.child('left'), at.child('right')]
        : undefined;
    case 'call':
      return CALLS.test(file.names.callee(at) ?? '') ? [] : undefined;
    case 'identifier':
      return ofName(file, at);
    default:
      return undefined;
  }
}

function ofName(file: FileFacts, identifier: Node): (Node | undefined)[] | undefined {
  const definitions = definitionsBefore(file, identifier);
  const definition = definitions.at(-1);
  switch (definition?.kind) {
    case 'assignment':
    case 'walrus':
      return definition.value && definitions.length === 1 ? [definition.value] : undefined;
    case 'for':
      return isCounter(file, definition) ? [] : undefined;
    case 'parameter': {
      const parameter = definition.node.parent;
      return parameter?.child('type')?.text === 'int' ? [] : undefined;
    }
    default:
      return undefined;
  }
}

/** `for i in range(n)`, `for i, item in enumerate(items)`. */
function isCounter(file: FileFacts, { node }: Definition): boolean {
  const loop = node.closest('for_statement', 'for_in_clause');
  const name = file.names.callee(loop?.child('right'));
  if (name === 'builtins.range') return loop?.child('left') === node;
  return name === 'builtins.enumerate' && loop?.child('left')?.children[0] === node;
}
