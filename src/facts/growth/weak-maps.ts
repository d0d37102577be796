/** Weak maps whose entries keep themselves: the side that is held strongly leads to the one that is held weakly. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { isPlainMethod, lineageOf, methodNamed } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface SelfKeptEntry {
  readonly place: Place;
  /** Which side the map holds weakly. */
  readonly weak: 'key' | 'value';
  readonly operation: Operation;
  /** What leads from the strong side to the weak one, as it is written: `Runner(future)`. */
  readonly through: Node;
  /** The weak side: the name of the key, or of the value of a map with weak values. */
  readonly target: Node;
  /** The use of that name in `through`, where it stands there by itself. */
  readonly reference: Node | undefined;
  /** Whether the code of this file shows it; otherwise a class of another file is taken to hold what it is given. */
  readonly isShown: boolean;
}

const WEAK_KEYS = /(^|\.)Weak\w*Key\w*(Dictionary|Dict|Map|Mapping)$/;
const WEAK_VALUES = /(^|\.)Weak\w*Value\w*(Dictionary|Dict|Map|Mapping)$/;
/** How many local names are followed. */
const DEPTH = 3;

/** The entries of weak maps in the file that keep themselves alive. */
export function selfKeptEntries(file: FileFacts): SelfKeptEntry[] {
  if (!/Weak\w*(Key|Value)/.test(file.tree.source)) return [];
  return file.places.all.flatMap((place) => {
    const weak = weakSide(file, place);
    if (!weak || place.of('shrink').length > 0) return [];
    return place.of('grow').flatMap((operation) => entryOf(file, place, weak, operation) ?? []);
  });
}

function weakSide(file: FileFacts, place: Place): 'key' | 'value' | undefined {
  if (place.root instanceof Binding && place.root.scope.kind !== 'module') return undefined;
  for (const { value } of place.of('bind')) {
    const made = value?.type === 'boolean_operator' ? value.child('right') : value;
    if (made?.type !== 'call') continue;
    const names = basesOf(file, made.child('function'));
    if (names.some((name) => WEAK_KEYS.test(name))) return 'key';
    if (names.some((name) => WEAK_VALUES.test(name))) return 'value';
  }
  return undefined;
}

/** The name of a class and those of its bases in the file. */
function basesOf(file: FileFacts, name: Node | undefined): readonly string[] {
  const facts = classNamed(file, name);
  return facts
    ? lineageOf(facts).flatMap(({ bases }) => bases)
    : [file.names.qualified(name) ?? name?.text ?? ''];
}

function classNamed(file: FileFacts, name: Node | undefined): ClassFacts | undefined {
  const definition = name?.type === 'identifier' ? file.binding(name)?.only : undefined;
  return definition?.kind === 'class' ? file.definitions.classOf(definition.value) : undefined;
}

function entryOf(
  file: FileFacts,
  place: Place,
  weak: 'key' | 'value',
  operation: Operation,
): SelfKeptEntry | undefined {
  const { key, value, inner } = operation;
  if (!key || !value) return undefined;
  if (weak === 'value') {
    if (inner || value.type !== 'identifier') return undefined;
    const found = leadsTo(file, key, { name: value, via: undefined });
    return found && { place, weak, operation, target: value, ...found };
  }
  // `W[key][name] = value`, `W.setdefault(key, []).append(value)`
  const stored = [value, ...addedToEntry(operation)];
  for (const part of stored) {
    const found = leadsTo(file, part, targetOf(key));
    if (found) return { place, weak, operation, target: key, ...found };
  }
  return undefined;
}

/** What is added to the entry that a `setdefault` gives: `W.setdefault(key, []).append(value)`. */
function addedToEntry({ how, node }: Operation): Node[] {
  const attribute = how === 'setdefault' ? node.parent : undefined;
  const call = attribute?.type === 'attribute' ? attribute.parent : undefined;
  const isAdding =
    call?.type === 'call' && /^(append|add|insert)$/.test(attribute?.child('attribute')?.text ?? '');
  return isAdding ? positionalArguments(call) : [];
}

interface Target {
  /** The name of the object that is held weakly. */
  readonly name: Node;
  /** For a key like `self.loop`: the attribute through which its owner holds it. */
  readonly via: Node | undefined;
}

function targetOf(key: Node): Target {
  const object = key.type === 'attribute' ? key.child('object') : undefined;
  return object ? { name: object, via: key } : { name: key, via: undefined };
}

type Found = Pick<SelfKeptEntry, 'through' | 'reference' | 'isShown'>;

/** How a value holds the target, if it does. */
function leadsTo(file: FileFacts, value: Node, target: Target, depth = DEPTH): Found | undefined {
  const binding = target.name.type === 'identifier' ? file.binding(target.name) : undefined;
  for (const part of keptParts(file, value)) {
    const found = partLeadsTo(file, part, target, binding, depth);
    if (found) return found;
  }
  return undefined;
}

function partLeadsTo(
  file: FileFacts,
  part: Node,
  target: Target,
  binding: Binding | undefined,
  depth: number,
): Found | undefined {
  const isTarget = (node: Node | undefined): boolean =>
    node?.type === 'identifier' && binding !== undefined && file.binding(node) === binding;
  const shown = (reference: Node | undefined): Found => ({ through: part, reference, isShown: true });
  switch (part.type) {
    case 'identifier': {
      if (isTarget(part)) return shown(target.via ? undefined : part);
      return nameLeadsTo(file, part, target, binding, depth);
    }
    case 'attribute': {
      if (target.via && part.text === target.via.text) return shown(part);
      return isTarget(part.child('object')) && isBoundMethod(file, part) ? shown(undefined) : undefined;
    }
    case 'lambda':
      return binding && file.closures.heldBy(part).has(binding) ? shown(undefined) : undefined;
    case 'call':
      return callLeadsTo(file, part, target, isTarget);
    default:
      return undefined;
  }
}

function nameLeadsTo(
  file: FileFacts,
  name: Node,
  target: Target,
  binding: Binding | undefined,
  depth: number,
): Found | undefined {
  const stored = file.binding(name);
  if (!stored || !binding || stored.scope.kind !== 'function' || depth === 0) return undefined;
  // `class Loop: def __init__(self, loop): self.loop = loop; LOOPS[loop] = self`
  const owner = file.isSelf(name) ? file.classAround(name) : undefined;
  if (owner && !target.via && keepsOnItself(file, owner, binding))
    return { through: name, reference: undefined, isShown: true };
  for (const { kind, value } of stored.definitions) {
    if (kind === 'function' && value && file.closures.heldBy(value).has(binding))
      return { through: name, reference: undefined, isShown: true };
    const isValue = kind === 'assignment' && value !== undefined;
    const found = isValue ? leadsTo(file, value, target, depth - 1) : undefined;
    if (found) return found;
  }
  // `entry.owner = key`
  const attribute = stored.uses.find(
    ({ parent }) =>
      parent?.type === 'attribute' &&
      parent.parent?.type === 'assignment' &&
      parent.field === 'left' &&
      isName(file, parent.parent.child('right'), binding),
  );
  return attribute && !target.via ? { through: name, reference: undefined, isShown: true } : undefined;
}

function isName(file: FileFacts, node: Node | undefined, binding: Binding): boolean {
  return node?.type === 'identifier' && file.binding(node) === binding;
}

/** Whether some method of a class stores the value of a name in an attribute of the instance. */
function keepsOnItself(file: FileFacts, owner: ClassFacts, binding: Binding): boolean {
  return [...file.places.ofClass(owner).values()].some((place) =>
    place.of('bind').some(({ value }) => isName(file, value, binding)),
  );
}

function isBoundMethod(file: FileFacts, attribute: Node): boolean {
  const object = attribute.child('object');
  const owner = object && file.isSelf(object) ? file.classAround(attribute) : undefined;
  const method = owner && methodNamed(owner, attribute.child('attribute')?.text ?? '');
  return method !== undefined && isPlainMethod(method);
}

/** Tasks and futures refer to their loop, whose method makes them. */
const MADE_BY_LOOP = /^(create_task|create_future|run_in_executor|call_later|call_at|call_soon)$/;
/** Makers of objects that hold none of their arguments, or do so weakly. */
const HOLDS_NOTHING =
  /weak|proxy|^(builtins|decimal|fractions|pathlib|datetime|uuid|ctypes)\.|(Error|Exception)$/i;

function callLeadsTo(
  file: FileFacts,
  call: Node,
  target: Target,
  isTarget: (node: Node | undefined) => boolean,
): Found | undefined {
  const callee = call.child('function');
  const method = callee?.child('attribute')?.text ?? '';
  if (isTarget(callee?.child('object')) && MADE_BY_LOOP.test(method))
    return { through: call, reference: undefined, isShown: true };
  const given = (call.child('arguments')?.children ?? []).flatMap((argument) => keptParts(file, argument));
  const isGiven = (node: Node): boolean =>
    target.via ? node.text === target.via.text || isTarget(node) : isTarget(node);
  const at = given.findIndex(isGiven);
  const reference = given[at];
  if (!reference) return undefined;
  const name = file.names.qualified(callee) ?? callee?.text ?? '';
  const made = classNamed(file, callee);
  const own = isTarget(reference) && target.via ? undefined : reference;
  if (made)
    return storesArgument(file, made, call, reference)
      ? { through: call, reference: own, isShown: true }
      : undefined;
  const isClass = /(^|\.)_*[A-Z]\w*$/.test(name) && !HOLDS_NOTHING.test(name);
  return isClass ? { through: call, reference: own, isShown: false } : undefined;
}

/** Whether the constructor of a class of the file stores an argument of a call on the new instance. */
function storesArgument(file: FileFacts, made: ClassFacts, call: Node, argument: Node): boolean {
  const constructor = methodNamed(made, '__init__');
  const isRecord = lineageOf(made).some(
    ({ decorators, bases }) =>
      decorators.some(({ name }) =>
        /(^|\.)(dataclass|define|frozen|mutable|attrs|attr\.s)$/.test(name ?? ''),
      ) || bases.some((base) => /NamedTuple$/.test(base)),
  );
  if (!constructor) return isRecord;
  const keyword = argument.closest('keyword_argument', 'call');
  const index = positionalArguments(call).findIndex((given) => given.contains(argument));
  const name =
    keyword?.type === 'keyword_argument'
      ? keyword.child('name')?.text
      : constructor.parameters[index + 1]?.name;
  const parameter = constructor.scope.bindings.get(name ?? '');
  if (!parameter) return false;
  const places = lineageOf(made).flatMap((ancestor) => [...file.places.ofClass(ancestor).values()]);
  return places.some((place) =>
    place
      .of('bind', 'grow')
      .some(({ value }) => keptParts(file, value).some((part) => isName(file, part, parameter))),
  );
}
