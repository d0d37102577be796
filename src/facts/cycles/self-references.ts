/** How a value holds the instance whose method makes it. */
import type { Node } from '../../python/node.ts';
import { classMade, storedArgument } from './back-references.ts';
import { endsLife, methodAt } from '../life/endings.ts';
import type { FileFacts } from '../file-facts.ts';
import { isEndless, ownNodes } from '../syntax/flow.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { isPlainMethod, letsGo, lineageOf, methodNamed } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface SelfReference {
  /** `self`, `self.method`, a function or lambda over `self`, what `self.method()` makes: a generator, a closure; an object that keeps `self`. */
  readonly how: 'itself' | 'method' | 'closure' | 'generator' | 'result' | 'object';
  /** The expression that holds it. */
  readonly node: Node;
  /** For `closure`: the lambda, generator expression or function definition. */
  readonly opener?: Node;
  /** The name of the method or function. */
  readonly name?: string;
}

/** What holds the instance, in words that follow "holds". */
export function describeReference(reference: SelfReference | undefined): string {
  const name = reference?.name ?? '';
  switch (reference?.how) {
    case 'method':
      return `the bound method ${name}`;
    case 'closure':
      return name ? `the function ${name}, which uses self` : 'a function that uses self';
    case 'generator':
      return `the generator of ${name}, which runs with self`;
    case 'result':
      return `the result of ${name}, a function that uses self`;
    case 'object':
      return `a ${name}, which keeps self`;
    case 'itself':
    case undefined:
      return 'self';
  }
}

/** The parts of a stored value that hold the instance; empty when nothing does. */
export function selfReferences(file: FileFacts, value: Node | undefined): SelfReference[] {
  return keptParts(file, value).flatMap((part) => referenceIn(file, part) ?? []);
}

function referenceIn(file: FileFacts, node: Node): SelfReference | undefined {
  switch (node.type) {
    case 'identifier':
      // `{**self}` copies the entries.
      if (node.parent?.type === 'dictionary_splat' || node.parent?.type === 'list_splat') return undefined;
      return file.isSelf(node) ? { how: 'itself', node } : namedClosure(file, node);
    case 'attribute': {
      const method = methodOfSelf(file, node);
      return method === undefined ? undefined : { how: 'method', node, name: method };
    }
    case 'lambda':
    case 'generator_expression':
      return closesOverSelf(file, node) ? { how: 'closure', node, opener: node } : undefined;
    case 'call':
      return resultOfMethod(file, node);
    default:
      return undefined;
  }
}

/** The name of the plain method that `self.name` gives. */
function methodOfSelf(file: FileFacts, attribute: Node): string | undefined {
  return boundMethod(file, attribute)?.name;
}

function boundMethod(file: FileFacts, attribute: Node | undefined): FunctionFacts | undefined {
  if (attribute?.type !== 'attribute' || !file.isSelf(attribute.child('object'))) return undefined;
  const owner = file.classAround(attribute);
  const method = owner && methodNamed(owner, attribute.child('attribute')?.text ?? '');
  return method && isPlainMethod(method) ? method : undefined;
}

/** `self.method()` where the method is a generator, or returns a function over its own `self`. */
function resultOfMethod(file: FileFacts, call: Node): SelfReference | undefined {
  const method = boundMethod(file, call.child('function'));
  if (!method || method.decorators.length > 0) return undefined;
  const { name } = method;
  if (method.isGenerator) return { how: 'generator', node: call, name };
  const last = method.node.child('body')?.children.at(-1);
  const returned = last?.type === 'return_statement' && !method.isAsync ? last.children[0] : undefined;
  const isFunction = returned?.type === 'lambda' || returned?.type === 'identifier';
  const closure = returned && isFunction ? referenceIn(file, returned) : undefined;
  return closure?.how === 'closure' ? { how: 'result', node: call, name } : undefined;
}

/** Whether a generator comes to an end: when it has run out, its frame is gone, and with it what it held. */
export function runsOut(file: FileFacts, call: Node): boolean {
  const method = boundMethod(file, call.child('function'));
  const loops = method?.node.descendants().filter(isEndless) ?? [];
  return loops.every((loop) => ownNodes(loop).some(({ type }) => type === 'return_statement'));
}

function namedClosure(file: FileFacts, identifier: Node): SelfReference | undefined {
  const definition = file.binding(identifier)?.only;
  const opener = definition?.value;
  if (!opener || !['function_definition', 'lambda'].includes(opener.type)) return undefined;
  return closesOverSelf(file, opener)
    ? { how: 'closure', node: identifier, opener, name: identifier.text }
    : undefined;
}

function closesOverSelf(file: FileFacts, opener: Node): boolean {
  const held = file.closures.heldBy(opener);
  return [...held].some((binding) => isSelfBinding(file, binding)) || defaultsHoldSelf(file, opener);
}

function isSelfBinding(file: FileFacts, binding: Binding): boolean {
  const method = file.definitions.functionOf(binding.scope);
  return method?.kind === 'method' && method.self === binding;
}

/** `lambda this=self: this.name` */
function defaultsHoldSelf(file: FileFacts, opener: Node): boolean {
  const parameters = opener.child('parameters')?.children ?? [];
  return parameters.some((parameter) => file.isSelf(parameter.child('value')));
}

export interface SelfStore {
  readonly owner: ClassFacts;
  /** The attribute that holds the instance, such as `refresh` or `parser.handler`; undefined for the base class. */
  readonly attribute: string | undefined;
  /** The assignment or call, or the decorator that keeps what a method returns. */
  readonly node: Node;
  readonly references: readonly SelfReference[];
}

/** Attributes in which methods store their own instance, as such or through a callable, and which nothing lets go. */
export function selfStores(file: FileFacts): SelfStore[] {
  return file.places.all.flatMap((place) => {
    const owner = place.root instanceof Binding ? undefined : place.root;
    if (!owner) return [];
    return place.of('bind', 'grow').flatMap((operation) => {
      const references = isOnInstance(file, place, operation)
        ? selfReferences(file, operation.value).filter((reference) => !isUsedUp(operation, reference))
        : [];
      if (references.length === 0 || isReleased(file, owner, place, operation, references)) return [];
      if (isParentLetGo(file, owner, place)) return [];
      return [{ owner, attribute: place.path, node: operation.node, references }];
    });
  });
}

/** Whether the class breaks the cycle. A cache that is set anew may hold the instance again at the end. */
function isReleased(
  file: FileFacts,
  owner: ClassFacts,
  place: Place,
  operation: Operation,
  references: readonly SelfReference[],
): boolean {
  if (!letsGo(file, owner, place, operation)) return false;
  // The callback of a weak reference takes out what has died.
  if (references.every(({ how, node }) => how === 'method' && isWeakCallback(file, node))) {
    const callbacks = new Set(references.map(({ name }) => name));
    const releases = place.operations.filter(
      ({ kind, value }) => kind === 'shrink' || value?.type === 'none',
    );
    return releases.some(({ scope }) => !callbacks.has(scope.nearest('function')?.name));
  }
  if (operation.kind !== 'bind' || !file.isSelf(operation.value) || !isLazy(place, operation)) return true;
  return place.operations.some(
    ({ kind, value, scope }) =>
      kind === 'shrink' || (kind === 'bind' && value?.type === 'none' && endsLife(methodAt(file, scope))),
  );
}

function isWeakCallback(file: FileFacts, { parent }: Node): boolean {
  return /^weakref\.\w+$/.test(file.names.callee(parent?.parent) ?? '');
}

/** `if self._root is None:` around what sets it. */
function isLazy(place: Place, { node }: Operation): boolean {
  const asked = new RegExp(`^(self\\.${place.path} is None|not self\\.${place.path})$`);
  for (let at = node.parent; at && at.type !== 'function_definition'; at = at.parent) {
    if (at.type === 'if_statement' && asked.test(at.child('condition')?.text ?? '')) return true;
  }
  return false;
}

/** `self.parts.extend(self.parse())` keeps what the generator yields, and not the generator. */
function isUsedUp({ how, value }: Operation, { how: held, node, opener }: SelfReference): boolean {
  if (!/^(extend|extendleft|update|\+=|\|=)$/.test(how)) return false;
  if (opener?.type === 'generator_expression') return true;
  return node === value && (held === 'generator' || held === 'itself');
}

/** `self.parser.handler = self.handle`, where the class sets `self.parser` to `None` or deletes it when it is done. */
function isParentLetGo(file: FileFacts, owner: ClassFacts, { path }: Place): boolean {
  const [parent = ''] = path.split('.');
  if (parent === path) return false;
  const operations = lineageOf(owner).flatMap(
    (ancestor) => file.places.ofClass(ancestor).get(parent)?.operations ?? [],
  );
  return operations.some(({ kind, how, value, scope }) => {
    const inside = scope.nearest('function');
    if (!inside || inside.name === '__init__') return false;
    return how === 'del' || (kind === 'bind' && value?.type === 'none');
  });
}

/** Whether the operation binds an attribute of `self`, or adds to a container that a method made for it. */
function isOnInstance(file: FileFacts, place: Place, operation: Operation): boolean {
  const { kind, node } = operation;
  const target = node.type === 'call' ? node.child('function') : node.child('left');
  if (!file.isSelf(rootOf(target))) return false;
  if (kind === 'bind') return true;
  if (isInheritedTable(place, operation)) return true;
  const container = place.path.includes('.') ? undefined : file.places.container(place);
  const isPerInstance = place.of('bind').some(({ scope }) => scope.kind !== 'class');
  // What goes into a queue is taken out again.
  return isPerInstance && container !== undefined && container.kind !== 'queue';
}

/** `self.options['pool'] = self`: names are the keys of what one instance has, not of a registry of instances. */
function isInheritedTable(place: Place, { how, key, value }: Operation): boolean {
  const isUnknown = place.of('bind').length === 0 && !/registry|instances|cache|queue|weak/i.test(place.path);
  return isUnknown && how === '[]=' && key?.type === 'string' && value?.type === 'identifier';
}

/** The `a` of `a.b[c].d`. */
function rootOf(expression: Node | undefined): Node | undefined {
  let at = expression;
  while (at?.type === 'attribute' || at?.type === 'subscript') at = at.child('object') ?? at.child('value');
  return at;
}

/** `super().__init__(…, self.method)` and `Base.__init__(self, …)`: callables of its own that an instance gives to its base class. */
export function givenToBase(file: FileFacts): SelfStore[] {
  return file.nodes('call').flatMap((call) => {
    const callee = call.child('function');
    if (callee?.child('attribute')?.text !== '__init__') return [];
    const object = callee.child('object');
    const owner = file.classAround(call);
    const isBase =
      file.names.callee(object) === 'builtins.super' ||
      owner?.bases.some((base) => base === object?.text || base === file.names.qualified(object));
    const values = isBase ? (call.child('arguments')?.children ?? []) : [];
    const references = values
      .flatMap((value) =>
        selfReferences(file, value.type === 'keyword_argument' ? value.child('value') : value),
      )
      .filter(({ how }) => how !== 'itself');
    // `Thread.run` drops its target when it is done.
    if (owner?.bases.includes('threading.Thread') && !owner.methods.has('run')) return [];
    return owner && references.length > 0 ? [{ owner, attribute: undefined, node: call, references }] : [];
  });
}

const CACHED_PROPERTY =
  /(^|\.)(reify|(threaded_)?(cached|memoized|memoised|lazy)_?(property|attribute)|cache_readonly)$/;

/** Cached properties whose value holds the instance that keeps it: `return View(self)`, `return partial(self.load, 1)`. */
export function cachedOnSelf(file: FileFacts): SelfStore[] {
  return file.nodes('return_statement').flatMap((statement) => {
    const method = file.functionAround(statement);
    const owner = method?.class;
    const decorator = method?.decorators.find(({ name, node }) =>
      CACHED_PROPERTY.test(name ?? node.text.slice(1).trim()),
    );
    if (!owner || !decorator) return [];
    const places = file.places.ofClass(owner);
    const isReset = [method.name, '__dict__'].some((name) => places.get(name)?.of('shrink').length);
    const references = isReset
      ? []
      : keptParts(file, statement.children[0]).flatMap((part) => keptBy(file, part) ?? []);
    return references.length > 0 ? [{ owner, attribute: method.name, node: decorator.node, references }] : [];
  });
}

function keptBy(file: FileFacts, part: Node): SelfReference | undefined {
  const made = classMade(file, part);
  if (made && storedArgument(file, part, made)) return { how: 'object', node: part, name: made.name };
  const reference = referenceIn(file, part);
  return reference?.how === 'itself' ? undefined : reference;
}
