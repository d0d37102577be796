/** Builds fixes of closures that hold what holds them. */
import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementsAfter } from '../facts/syntax/flow.ts';
import type { RecursiveClosure } from '../facts/cycles/recursion.ts';
import type { OwnRegistration } from '../facts/cycles/registrations.ts';
import { wrapInFinally } from './fix-block.ts';
import { replaceNode } from './fix.ts';

/** `future.add_done_callback(lambda done: use(future))` → `use(done)`: what is done is handed to the callback. */
export function argumentEdits(
  file: FileFacts,
  { call, receiver, callback, uses }: OwnRegistration,
): Edit[] | undefined {
  const parameters = callback.type === 'lambda' ? (callback.child('parameters')?.children ?? []) : [];
  const [only] = parameters;
  const isHandedOver = call.child('function')?.child('attribute')?.text === 'add_done_callback';
  if (!isHandedOver || parameters.length !== 1 || only?.type !== 'identifier') return undefined;
  if (uses.some(({ text }) => text !== receiver)) return undefined;
  return uses.map((use) => replaceNode(file, use, only.text));
}

/** Lets the name go after its last call, where only the function around it calls it. */
export function releaseEdits(file: FileFacts, { nested, binding }: RecursiveClosure): Edit[] | undefined {
  const definition = nested.node.parent?.type === 'decorated_definition' ? nested.node.parent : nested.node;
  const following = statementsAfter(definition);
  const [first, last] = [following[0], following.at(-1)];
  const isAtTop = definition.parent === binding.scope.node.child('body');
  // A generator or coroutine runs after the function around it has ended.
  if (!first || !last || !isAtTop || nested.isGenerator || nested.isAsync) return undefined;
  const outside = binding.uses.filter((use) => !file.scopes.at(use).within(nested.scope));
  const isCalledHere = outside.every(
    (use) => use.parent?.type === 'call' && use.field === 'function' && file.scopes.at(use) === binding.scope,
  );
  return isCalledHere ? wrapInFinally(file, first, last, `del ${binding.name}`) : undefined;
}
