/** Builds fixes of clean-up that is registered for the end of an instance or of the process. */
import type { Node } from '../python/node.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { HeldObject } from '../facts/cycles/held-objects.ts';
import { methodNamed } from '../facts/places/instances.ts';

/**
 * The call that a bound method comes to, where it does nothing but call a method of one attribute: `self._file.close` for
 * `self._close`. That one does not hold the instance.
 */
export function resourceMethod(file: FileFacts, { how, node, name = '' }: HeldObject): string | undefined {
  const owner = how === 'method' ? file.classAround(node) : undefined;
  const method = owner && methodNamed(owner, name);
  if (!method || method.isAsync || method.isGenerator || method.parameters.length !== 1) return undefined;
  const statements = (method.node.child('body')?.children ?? []).filter(
    ({ type, children: [inner] }) => type !== 'comment' && inner?.type !== 'string',
  );
  const call = statements.length === 1 ? onlyCall(statements[0]) : undefined;
  const callee = call?.child('function');
  const attribute = callee?.child('object');
  const isPlain = (call?.child('arguments')?.children ?? []).length === 0;
  const isOwn = attribute?.type === 'attribute' && file.isSelf(attribute.child('object'));
  // In the method that registers it, the instance may have another name.
  const self = node.child('object')?.text;
  return isPlain && isOwn && self
    ? `${self}.${attribute.child('attribute')?.text ?? ''}.${callee?.child('attribute')?.text ?? ''}`
    : undefined;
}

function onlyCall(statement: Node | undefined): Node | undefined {
  const [expression] = statement?.type === 'expression_statement' ? statement.children : [];
  return expression?.type === 'call' ? expression : undefined;
}
