/** What a callback, and the arguments that are kept for it, hold: the object whose method it is, or that it uses. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { lineageOf, methodNamed } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import { selfReferences } from './self-references.ts';

export interface HeldObject {
  /** `method`: `self.close`; `closure`: a lambda or function that uses it; `itself`: as an argument. */
  readonly how: 'itself' | 'method' | 'closure';
  /** The expression that holds it. */
  readonly node: Node;
  /** The name of the method or function. */
  readonly name?: string;
  /** The attribute may be something else than a method: a base class in another file defines it. */
  readonly isGuess?: boolean;
}

/** How values that are kept hold the object of a name (`self`, a local); undefined when they do not. */
export function heldObject(file: FileFacts, values: readonly Node[], name: Node): HeldObject | undefined {
  const found = values.flatMap((value) =>
    file.isSelf(name) ? heldSelf(file, value) : heldLocal(file, value, name),
  );
  return found.find(({ isGuess }) => !isGuess) ?? found[0];
}

/** How values that are kept hold the instance of the method around them. */
export function heldSelf(file: FileFacts, value: Node): HeldObject[] {
  const known = selfReferences(file, value).flatMap(({ how, node, name }): HeldObject[] => {
    if (how === 'generator' || how === 'result' || how === 'object')
      return [{ how: 'closure', node, ...(name ? { name } : {}) }];
    return [{ how, node, ...(name ? { name } : {}) }];
  });
  if (known.length > 0) return known;
  return keptParts(file, value).flatMap((part) => inheritedMethod(file, part) ?? []);
}

/** `self.close` where the class says nothing about `close` and has a base class that this file does not define. */
function inheritedMethod(file: FileFacts, part: Node): HeldObject | undefined {
  if (part.type !== 'attribute' || !file.isSelf(part.child('object'))) return undefined;
  const owner = file.classAround(part);
  const name = part.child('attribute')?.text ?? '';
  if (!owner || methodNamed(owner, name)) return undefined;
  const lineage = lineageOf(owner);
  const isAttribute = lineage.some(
    (ancestor) => (file.places.ofClass(ancestor).get(name)?.of('bind').length ?? 0) > 0,
  );
  const hasUnknownBase = lineage.some(({ bases, parents }) =>
    bases.some((base) => base !== 'builtins.object' && bases.length > parents.length),
  );
  return isAttribute || !hasUnknownBase ? undefined : { how: 'method', node: part, name, isGuess: true };
}

function heldLocal(file: FileFacts, value: Node, name: Node): HeldObject[] {
  const binding = name.type === 'identifier' ? file.binding(name) : undefined;
  if (!binding) return [];
  const isIt = (node: Node | undefined): boolean =>
    node?.type === 'identifier' && file.binding(node) === binding;
  return keptParts(file, value).flatMap((part): HeldObject[] => {
    if (isIt(part)) return [{ how: 'itself', node: part }];
    if (part.type === 'attribute' && isIt(part.child('object'))) {
      return [{ how: 'method', node: part, name: part.child('attribute')?.text ?? '', isGuess: true }];
    }
    const opener = openerOf(file, part);
    if (!opener || !file.closures.heldBy(opener).has(binding)) return [];
    return [{ how: 'closure', node: part, ...(part.type === 'identifier' ? { name: part.text } : {}) }];
  });
}

/** The lambda or function definition that an expression stands for. */
export function openerOf(file: FileFacts, part: Node): Node | undefined {
  if (part.type === 'lambda') return part;
  const definition = part.type === 'identifier' ? file.binding(part)?.only : undefined;
  return definition?.kind === 'function' ? definition.value : undefined;
}

/** In words that follow "holds". */
export function describeHeld({ how, name }: HeldObject, object: string): string {
  if (how === 'method') return `the bound method \`${object}.${name ?? ''}\``;
  if (how === 'closure')
    return name ? `\`${name}\`, which uses \`${object}\`` : `a function that uses \`${object}\``;
  return `\`${object}\``;
}
