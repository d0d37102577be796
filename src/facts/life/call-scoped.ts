/** Classes whose instances do the work of one call: made as a local, used, and gone when the function returns. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts } from '../syntax/functions.ts';

/**
 * Whether every place of the file that makes an instance binds it to a local that is neither returned, yielded nor
 * stored. Other files may make more, so a rule may ask this where it has no other sign of a long life.
 */
export function isWorkOfCalls(file: FileFacts, facts: ClassFacts): boolean {
  return file.onceFor(facts, isAllUsedUp);
}

function isAllUsedUp(file: FileFacts, facts: ClassFacts): boolean {
  const uses = file.scopes.at(facts.node).bindings.get(facts.name)?.uses ?? [];
  const made = uses.filter(({ parent, field }) => parent?.type === 'call' && field === 'function');
  return made.length > 0 && made.every(({ parent }) => parent !== undefined && isUsedUp(file, parent));
}

/** `Solver(…).run()`, or a local of which the function only calls methods and reads attributes, or that it hands to calls. */
function isUsedUp(file: FileFacts, call: Node): boolean {
  const { parent, field } = call;
  if (file.functionAround(call) === undefined) return false;
  if (parent?.type === 'attribute' && field === 'object') return true;
  const name = parent?.type === 'assignment' && field === 'right' ? parent.child('left') : undefined;
  const binding = name?.type === 'identifier' ? file.binding(name) : undefined;
  if (binding?.scope.kind !== 'function') return false;
  return binding.uses.every((use) => {
    if (use.parent?.type === 'attribute' && use.field === 'object') return !isBoundMethodKept(use.parent);
    return file.scopes.at(use).nearest('function') === binding.scope && isPassed(use);
  });
}

/** `return solver.solve` and `self.solve = solver.solve` may keep the instance; `solver.solve()` does not. */
function isBoundMethodKept({ parent, field }: Node): boolean {
  return parent?.type === 'return_statement' || (parent?.type === 'assignment' && field === 'right');
}

/** Given to a function; what adds it to something, or makes an object of it, may keep it. */
function isPassed({ parent }: Node): boolean {
  if (parent?.type !== 'argument_list') return false;
  const last = /\w+$/.exec(parent.parent?.child('function')?.text ?? '')?.[0] ?? '';
  return !/^_*(add|append|appendleft|push|put|insert|setdefault|register|set|[A-Z])/.test(last);
}
