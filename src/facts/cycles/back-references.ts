/** Children that refer to what holds them. */
import type { Node } from '../../python/node.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface BackReference {
  /** The assignment that points back: `child.parent = self`, `self.parent = parent`. */
  readonly assignment: Node;
  /** The name on its right: `self`, `parent`. */
  readonly value: Node;
  /** The attribute that points back. */
  readonly attribute: string;
  /** How the parent holds the child, as seen from there: `self.files`; undefined when only a method's name tells. */
  readonly forward: Place | undefined;
  readonly parent: ClassFacts | undefined;
  readonly child: ClassFacts | undefined;
  /** The code that makes both references, where it is not around the assignment. */
  readonly maker: Node;
}

/** Every pair of references in which parent and child hold each other, one for each assignment that points back. */
export function backReferences(file: FileFacts): BackReference[] {
  const found = new Map<Node, BackReference>();
  const add = (reference: BackReference | undefined): void => {
    if (reference && !found.has(reference.assignment)) found.set(reference.assignment, reference);
  };
  const stored = storedNames(file);
  const adopters = new Map<Binding, Adopted>();
  for (const assignment of file.nodes('assignment')) {
    add(ofNamedChild(file, stored, assignment));
    add(ofOwnChild(file, assignment));
    add(ofNewChild(file, adopters, assignment));
  }
  for (const reference of ofMadeChildren(file)) add(reference);
  return [...found.values()];
}

/** `child.parent = self` where a method of the parent stores the child too, or takes it from where it is stored. */
function ofNamedChild(file: FileFacts, stored: StoredNames, assignment: Node): BackReference | undefined {
  const [left, value] = [assignment.child('left'), assignment.child('right')];
  const object = left?.child('object');
  const child = object?.type === 'identifier' && !file.isSelf(object) ? file.binding(object) : undefined;
  const parent = file.classAround(assignment);
  if (!child || !parent || !value || !file.isSelf(value) || child.scope.kind !== 'function') return undefined;
  const forward = placeHolding(file, stored, parent, child);
  if (!forward) return undefined;
  return {
    assignment,
    value,
    attribute: left?.child('attribute')?.text ?? '',
    forward,
    parent,
    child: classOf(file, child),
    maker: assignment,
  };
}

/** `self.child.parent = self` */
function ofOwnChild(file: FileFacts, assignment: Node): BackReference | undefined {
  const [left, value] = [assignment.child('left'), assignment.child('right')];
  const object = left?.type === 'attribute' ? left.child('object') : undefined;
  const parent = file.classAround(assignment);
  if (object?.type !== 'attribute' || !parent || !value || !file.isSelf(value)) return undefined;
  const forward = file.isSelf(object.child('object')) ? file.places.at(object) : undefined;
  if (!forward || file.scopes.at(assignment).nearest('function') === undefined) return undefined;
  const births = forward.of('bind');
  if (births.length > 0 && births.every(({ value }) => isPartOfModule(file, value))) return undefined;
  const made = births.flatMap((operation) => classMade(file, operation.value) ?? []);
  return {
    assignment,
    value,
    attribute: left?.child('attribute')?.text ?? '',
    forward,
    parent,
    child: made[0],
    maker: assignment,
  };
}

/** A function, a class or something imported: there is one of it, whoever refers to it. */
function isPartOfModule(file: FileFacts, value: Node | undefined): boolean {
  const binding = value?.type === 'identifier' ? file.binding(value) : undefined;
  return binding?.scope.kind === 'module' && binding.definitions.every(({ kind }) => kind !== 'assignment');
}

/** `self.parent = parent` in a constructor that also does `parent.children.append(self)` or `parent.add_child(self)`. */
function ofNewChild(
  file: FileFacts,
  adopters: Map<Binding, Adopted>,
  assignment: Node,
): BackReference | undefined {
  const value = assignment.child('right');
  const method = file.functionAround(assignment);
  const attribute = ownAttribute(file, assignment);
  const parameter = value?.type === 'identifier' ? file.binding(value) : undefined;
  if (!attribute || !value || !method?.class || !parameter?.isParameter) return undefined;
  if (parameter.scope !== method.scope || file.isSelf(value)) return undefined;
  const known = adopters.get(parameter) ?? adoptedBy(file, parameter);
  adopters.set(parameter, known);
  const { forward } = known;
  if (!forward) return undefined;
  return {
    assignment,
    value,
    attribute,
    forward: forward === 'method' ? undefined : forward,
    parent: classOf(file, parameter),
    child: method.class,
    maker: assignment,
  };
}

/** How a parent that a constructor is given takes the new child. */
interface Adopted {
  readonly forward: Place | 'method' | undefined;
}

function adoptedBy(file: FileFacts, parameter: Binding): Adopted {
  for (const use of parameter.uses) {
    const forward = handsSelf(file, use);
    if (forward) return { forward };
  }
  return { forward: undefined };
}

const ADOPTS = /^_*(add|append|register|attach|adopt|insert)([A-Z_]\w*)?$/;

/** Whether a use of the parent's name stores `self` in it. */
function handsSelf(file: FileFacts, use: Node): Place | 'method' | undefined {
  let top = use;
  while (top.parent?.type === 'attribute' && top.field === 'object') top = top.parent;
  if (top.parent?.type === 'call' && top.field === 'function' && top.child('object') === use) {
    const isGiven = positionalArguments(top.parent).some((argument) => file.isSelf(argument));
    return isGiven && ADOPTS.test(top.child('attribute')?.text ?? '') ? 'method' : undefined;
  }
  const holder = top.parent?.type === 'call' && top.field === 'function' ? top.child('object') : top;
  const place = holder === use ? undefined : file.places.at(holder);
  const stores = place
    ?.of('bind', 'grow')
    .some((operation) => holdsName(file, operation, (part) => file.isSelf(part)));
  return stores ? place : undefined;
}

/** `self.layers[name] = Layer(self)` where the constructor of `Layer` stores what it is given. */
function ofMadeChildren(file: FileFacts): BackReference[] {
  return file.places.all.flatMap((forward) => {
    const parent = forward.root instanceof Binding ? undefined : forward.root;
    if (!parent) return [];
    return forward.of('bind', 'grow').flatMap(({ node, value }) =>
      keptParts(file, value).flatMap((part) => {
        const call = madeBy(file, part);
        const child = classMade(file, call);
        const assignment = child && call && storedArgument(file, call, child);
        const right = assignment?.child('right');
        if (!child || !assignment || !right) return [];
        const attribute = ownAttribute(file, assignment) ?? '';
        return [{ assignment, value: right, attribute, forward, parent, child, maker: node }];
      }),
    );
  });
}

/** The assignment in the constructor of a class that stores the argument which a call fills with `self`. */
export function storedArgument(file: FileFacts, call: Node, child: ClassFacts): Node | undefined {
  const constructor = lineageOf(child)
    .find(({ methods }) => methods.has('__init__'))
    ?.methods.get('__init__');
  const given = constructor?.parameters.slice(1).find(({ name }, index) => {
    const argument = keywordArgument(call, name) ?? positionalArguments(call)[index];
    return argument !== undefined && file.isSelf(argument);
  });
  const binding = given && constructor?.scope.bindings.get(given.name);
  const stored = binding?.uses.find(
    ({ parent, field }) => parent?.type === 'assignment' && field === 'right' && ownAttribute(file, parent),
  );
  return stored?.parent;
}

/** The place of the parent in which a method stores the child, or from which it takes it. */
function placeHolding(
  file: FileFacts,
  stored: StoredNames,
  parent: ClassFacts,
  child: Binding,
): Place | undefined {
  const holding = stored.get(parent)?.get(child);
  if (holding) return holding;
  for (const { kind, node, value } of child.definitions) {
    const source = kind === 'for' ? node.closest('for_statement', 'for_in_clause')?.child('right') : value;
    const from = source?.type === 'attribute' && file.isSelf(source.child('object')) ? source : undefined;
    if (from) return file.places.at(from);
  }
  return undefined;
}

/** For each class the names that its methods store in attributes, and where. */
type StoredNames = ReadonlyMap<ClassFacts, ReadonlyMap<Binding, Place>>;

function storedNames(file: FileFacts): StoredNames {
  const classes = new Map<ClassFacts, Map<Binding, Place>>();
  for (const place of file.places.all) {
    if (place.root instanceof Binding) continue;
    const names = classes.get(place.root) ?? new Map<Binding, Place>();
    classes.set(place.root, names);
    for (const { value } of place.of('bind', 'grow')) {
      for (const part of keptParts(file, value)) {
        const binding = part.type === 'identifier' ? file.binding(part) : undefined;
        if (binding && !names.has(binding)) names.set(binding, place);
      }
    }
  }
  return classes;
}

function holdsName(file: FileFacts, { value }: Operation, isMeant: (part: Node) => boolean): boolean {
  return keptParts(file, value).some(isMeant);
}

/** The `a` of `self.a = …`. */
function ownAttribute(file: FileFacts, assignment: Node): string | undefined {
  const left = assignment.child('left');
  return left?.type === 'attribute' && file.isSelf(left.child('object'))
    ? left.child('attribute')?.text
    : undefined;
}

/** The call that a part is, or that made the local that it names. */
function madeBy(file: FileFacts, part: Node): Node | undefined {
  if (part.type === 'call') return part;
  const value = part.type === 'identifier' ? file.binding(part)?.only?.value : undefined;
  return value?.type === 'call' ? value : undefined;
}

/** The class of the file that a call makes an instance of. */
export function classMade(file: FileFacts, call: Node | undefined): ClassFacts | undefined {
  return call?.type === 'call' ? classNamed(file, call.child('function')) : undefined;
}

function classNamed(file: FileFacts, name: Node | undefined): ClassFacts | undefined {
  const definition = name?.type === 'identifier' ? file.binding(name)?.only : undefined;
  return definition?.kind === 'class' ? file.definitions.classOf(definition.value) : undefined;
}

/** The class of a local or parameter: by its annotation, or by what makes it. */
function classOf(file: FileFacts, binding: Binding): ClassFacts | undefined {
  const owner: FunctionFacts | undefined = file.definitions.functionOf(binding.scope);
  const parameter = owner?.parameters.find(({ name }) => name === binding.name);
  if (!parameter) return classMade(file, binding.only?.value);
  const words: readonly string[] = parameter.annotation?.text.match(/\w+/g) ?? [];
  return words.length === 0
    ? undefined
    : file.classes.find(({ name, isLocal }) => !isLocal && words.includes(name));
}
