/** Builds fixes that put a weak reference to the instance in the place of a strong one, and change no caller. */
import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { methodNamed } from '../facts/places/instances.ts';
import type { SelfReference } from '../facts/cycles/self-references.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from './fix-block.ts';
import { insertStatementBefore, memberOf, replaceNode } from './fix.ts';

/** A fix that touches more references than this is no suggestion any more. */
const MOST_REFERENCES = 12;

/** Names for the weak reference; the first one that the method does not use is taken. */
const NAMES = ['me', 'weak_self', 'this', 'weak_instance'];

/** How one reference becomes weak. */
interface Weakened {
  readonly edits: readonly Edit[];
  /** The statement above which the weak reference must get its name. */
  readonly below?: Node;
  /** How the method calls its instance. */
  readonly self: string;
}

/** A statement that stores references to the instance. */
export interface Storing {
  readonly node: Node;
  readonly references: readonly SelfReference[];
}

/** Makes all references of some statements weak. Undefined where that takes more than a few lines for any of them. */
export function weakSelfEdits(file: FileFacts, stores: readonly Storing[]): Edit[] | undefined {
  if (stores.flatMap(({ references }) => references).length > MOST_REFERENCES) return undefined;
  const proxy = memberOf(file, 'weakref', 'proxy');
  const methods = new Set(stores.map(({ node }) => file.drivable(node)?.node));
  const used = [...methods].map((method) => method?.text ?? '').join('\n');
  const name = NAMES.find((candidate) => !new RegExp(`\\b${candidate}\\b`).test(used));
  if (!name) return undefined;
  const seen = new Set<Node>();
  const weakened: Weakened[] = [];
  for (const { node, references } of stores) {
    for (const reference of references) {
      // `self.first = self.last = self` stores one reference twice.
      if (seen.has(reference.node)) continue;
      seen.add(reference.node);
      const one = weaken(file, statementOf(node), reference, name, proxy.text);
      if (!one) return undefined;
      weakened.push(one);
    }
  }
  const firsts = firstInBlocks(weakened);
  if (firsts.some(({ below }) => !startsLine(file, below))) return undefined;
  return [
    ...proxy.edits,
    ...firsts.map(({ below, self }) =>
      insertStatementBefore(file, below, `${name} = ${proxy.text}(${self})`),
    ),
    ...weakened.flatMap(({ edits }) => edits),
  ];
}

/** The name must be bound above the first use in each block. */
function firstInBlocks(weakened: readonly Weakened[]): { below: Node; self: string }[] {
  const firsts = new Map<Node | undefined, { below: Node; self: string }>();
  for (const { below, self } of weakened) {
    const known = firsts.get(below?.parent);
    if (below && (!known || below.index < known.below.index)) firsts.set(below.parent, { below, self });
  }
  return [...firsts.values()];
}

function weaken(
  file: FileFacts,
  statement: Node,
  reference: SelfReference,
  name: string,
  proxy: string,
): Weakened | undefined {
  const { how, node, opener } = reference;
  switch (how) {
    case 'itself':
      return { edits: [replaceNode(file, node, `${proxy}(${node.text})`)], self: node.text };
    case 'method':
      return weakMethod(file, statement, reference, name, proxy);
    case 'closure':
      return opener && weakClosure(file, opener, name);
    case 'generator':
    case 'result':
    case 'object':
      return undefined;
  }
}

/** `self.draw` → `lambda: me.draw()`; what a partial calls → `type(self).draw, weakref.proxy(self)`. */
function weakMethod(
  file: FileFacts,
  statement: Node,
  { node, name: method = '' }: SelfReference,
  name: string,
  proxy: string,
): Weakened {
  const self = node.child('object')?.text ?? 'self';
  const list = node.parent?.type === 'argument_list' ? node.parent : undefined;
  if (list?.children[0] === node && file.names.callee(list.parent) === 'functools.partial') {
    return { edits: [replaceNode(file, node, `type(${self}).${method}, ${proxy}(${self})`)], self };
  }
  const owner = file.classAround(node);
  const takesMore = (owner ? (methodNamed(owner, method)?.parameters.length ?? 2) : 2) > 1;
  const call = takesMore
    ? `lambda *args, **kwargs: ${name}.${method}(*args, **kwargs)`
    : `lambda: ${name}.${method}()`;
  return { edits: [replaceNode(file, node, call)], below: statement, self };
}

/** `lambda: self.name` → `lambda: me.name`, and the same in a nested function. */
function weakClosure(file: FileFacts, opener: Node, name: string): Weakened | undefined {
  const scope = file.scopes.opened(opener);
  const uses = opener.descendants().filter((node) => file.isSelf(node));
  const self = uses[0]?.text;
  if (!scope || !self || opener.type === 'generator_expression') return undefined;
  // As a default value, or through another nested function: not a matter of names.
  if (uses.some((use) => !file.scopes.at(use).within(scope))) return undefined;
  const others = [...file.closures.heldBy(opener)].filter(({ only }) => only?.kind === 'function');
  if (others.some(({ only }) => only?.value && only.value !== opener)) return undefined;
  // A proxy stands in for an object whose attributes are used; handed on, it is another object.
  if (uses.some(({ parent, field }) => parent?.type !== 'attribute' || field !== 'object')) return undefined;
  return { edits: uses.map((use) => replaceNode(file, use, name)), below: definitionOf(opener), self };
}

/** The statement of a lambda, or a function definition with its decorators. */
function definitionOf(opener: Node): Node {
  if (opener.type === 'lambda') return statementOf(opener);
  return opener.parent?.type === 'decorated_definition' ? opener.parent : opener;
}
