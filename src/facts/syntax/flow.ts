/** Where in the control flow a node stands. */
import type { Node } from '../../python/node.ts';

const LOOPS = ['for_statement', 'while_statement'];
const OPENS_FRAME = ['function_definition', 'lambda', 'class_definition'];

/** The statement that a node belongs to: the ancestor that stands in a block or the module. */
export function statementOf(node: Node): Node {
  let at = node;
  while (at.parent && at.parent.type !== 'block' && at.parent.type !== 'module') at = at.parent;
  return at;
}

/** Loops around a node within its own function, the innermost first. */
export function loopsAround(node: Node): Node[] {
  const loops: Node[] = [];
  for (let at = node; at.parent && !OPENS_FRAME.includes(at.parent.type); at = at.parent) {
    // The iterable of a `for` and its `else` run once.
    if (LOOPS.includes(at.parent.type) && (at.field === 'body' || at.field === 'condition'))
      loops.push(at.parent);
  }
  return loops;
}

/** The statements that follow in the same block. */
export function statementsAfter(statement: Node): Node[] {
  const siblings = statement.parent?.children ?? [];
  return siblings.slice(siblings.indexOf(statement) + 1);
}

/** `while True:` and its kin: nothing but `break`, `return` or an exception ends it. */
export function isEndless(loop: Node): boolean {
  if (loop.type !== 'while_statement') return false;
  const condition = loop.child('condition');
  return condition?.type === 'true' || condition?.text === '1';
}

/** Whether the code runs only as a script: under `if __name__ == "__main__"`. */
export function isUnderMain(node: Node): boolean {
  for (let at = node; at.parent; at = at.parent) {
    if (at.parent.type === 'if_statement' && at.field === 'consequence' && isMainGuard(at.parent))
      return true;
  }
  return false;
}

function isMainGuard(statement: Node): boolean {
  return /^__name__\s*==\s*(['"])__main__\1$/.test(statement.child('condition')?.text ?? '');
}

/** The handler that a node stands in, within its own function. */
export function handlerAround(node: Node): Node | undefined {
  for (let at = node; at.parent && !OPENS_FRAME.includes(at.parent.type); at = at.parent) {
    if (at.parent.type === 'except_clause' || at.parent.type === 'except_group_clause') return at.parent;
  }
  return undefined;
}

/** Nodes that run as part of a statement itself, not in functions defined inside of it. */
export function ownNodes(statement: Node): Node[] {
  const nodes: Node[] = [];
  let skipUntil = -1;
  for (const node of [statement, ...statement.descendants()]) {
    if (node.index <= skipUntil) continue;
    if (OPENS_FRAME.includes(node.type)) skipUntil = node.last;
    else nodes.push(node);
  }
  return nodes;
}
