/** What instances hold, whether they can be referred to weakly, and what lets their attributes go. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { keywordArgument } from './containers.ts';
import { teardownsOf, type ClassFacts, type FunctionFacts } from '../syntax/functions.ts';
import { largeProducer } from './large.ts';
import type { Operation } from './operations.ts';
import type { Place } from './places.ts';

/** How many levels of base classes are looked at. */
const LEVELS = 8;

/** A class and its base classes in the same file, nearest first. */
export function lineageOf(facts: ClassFacts): ClassFacts[] {
  const lineage = new Set([facts]);
  for (const ancestor of lineage) {
    if (lineage.size > LEVELS) break;
    for (const parent of ancestor.parents) lineage.add(parent);
  }
  return [...lineage];
}

/** The method that an attribute of an instance stands for, also when a base class of the file defines it. */
export function methodNamed(facts: ClassFacts, name: string): FunctionFacts | undefined {
  return lineageOf(facts)
    .find(({ methods }) => methods.has(name))
    ?.methods.get(name);
}

/** Decorators that make `self.name` something else than a bound method. */
const CHANGES_ACCESS =
  /propert|setter|getter|deleter|reify|lazy|readonly|attribute|fixture|^builtins\.(static|class)method$/i;

/** Whether `self.name` gives a bound method, which holds the instance. */
export function isPlainMethod(method: FunctionFacts): boolean {
  return (
    method.kind === 'method' &&
    method.decorators.every(({ name, node }) => !CHANGES_ACCESS.test(name ?? node.text))
  );
}

/** `weakref.ref(instance)` fails for classes whose `__slots__` leave no room for it. */
export function takesWeakReferences(facts: ClassFacts): boolean {
  const lineage = lineageOf(facts);
  if (facts.bases.some((base) => /^builtins\.(int|str|bytes|tuple|float|bool)$|NamedTuple$/.test(base)))
    return false;
  const isComplete = lineage.every(({ bases, parents }) =>
    bases.every((base) => base === 'builtins.object' || parents.length === bases.length),
  );
  if (!isComplete) return !hasSlots(facts);
  return lineage.some((ancestor) => !hasSlots(ancestor) || /['"]__weakref__['"]/.test(slotsText(ancestor)));
}

/** Whether the instances have `__slots__` in place of a `__dict__`: usually small and many. */
export function hasSlots(facts: ClassFacts): boolean {
  return (
    facts.scope.bindings.has('__slots__') ||
    facts.decorators.some(({ call }) => slotsKeyword(call) === 'true')
  );
}

function slotsKeyword(decorator: Node | undefined): string | undefined {
  // `@dataclass(slots=True, weakref_slot=True)` has room again.
  if (keywordArgument(decorator, 'weakref_slot')?.type === 'true') return undefined;
  return keywordArgument(decorator, 'slots')?.type;
}

function slotsText(facts: ClassFacts): string {
  return facts.scope.bindings.get('__slots__')?.definitions[0]?.value?.text ?? '';
}

const LARGE_TYPES = /\b(bytes|bytearray|memoryview|ndarray|NDArray|Tensor|DataFrame|Series|Image)\b/;
const ARRAY_MAKERS = /^(numpy|torch|jax\.numpy|cupy)\.(zeros|ones|empty|full|array|asarray|rand\w*|arange)$/;

/** Whether an annotation names bytes, arrays, tensors or tables. */
export function hasLargeType(annotation: Node | undefined): boolean {
  return LARGE_TYPES.test(annotation?.text ?? '');
}

/** What the instances of a class hold that may be large, as one would write it: `self.pixels`. */
export function payloadOf(file: FileFacts, facts: ClassFacts): string | undefined {
  return file.onceFor(facts, findPayload);
}

function findPayload(file: FileFacts, facts: ClassFacts): string | undefined {
  for (const ancestor of lineageOf(facts)) {
    for (const place of file.places.ofClass(ancestor).values()) {
      if (place.path.includes('.')) continue;
      const isLarge = place.of('bind').some(({ value }) => mayBeLarge(file, value));
      if (isLarge) return `self.${place.path}`;
    }
  }
  return undefined;
}

/** Whether a value may be large: by what makes it, or by the type of the parameter that it is. */
export function mayBeLarge(file: FileFacts, value: Node | undefined): boolean {
  if (!value) return false;
  if (largeProducer(file, value)) return true;
  if (value.type === 'identifier') {
    const binding = file.binding(value);
    const owner = binding && file.definitions.functionOf(binding.scope);
    const parameter = owner?.parameters.find(({ name }) => name === value.text);
    return hasLargeType(parameter?.annotation);
  }
  const callee = file.names.callee(value) ?? '';
  if (ARRAY_MAKERS.test(callee)) return true;
  return callee === 'builtins.bytearray' && (value.child('arguments')?.children.length ?? 0) > 0;
}

/**
 * Whether the class lets go again of what an operation stores in an attribute: a method sets it to `None`, deletes it,
 * empties the container, or a method that ends the instance's life empties all attributes.
 */
export function letsGo(file: FileFacts, facts: ClassFacts, place: Place, storing: Operation): boolean {
  const home = storing.scope.nearest('function');
  return lineageOf(facts).some((ancestor) => {
    const places = file.places.ofClass(ancestor);
    const operations = places.get(place.path)?.operations ?? [];
    return (
      operations.some((operation) => releases(operation, storing)) ||
      (places.get('__dict__')?.of('shrink').length ?? 0) > 0
    );
  });

  function releases({ kind, how, value, scope }: Operation, { kind: stored }: Operation): boolean {
    const inside = scope.nearest('function');
    if (kind === 'shrink') return true;
    if (kind !== 'bind' || !inside || inside.name === '__init__') return false;
    // `callback, self.callback = self.callback, None`
    if (how === 'unpack') return inside !== home;
    return value?.type === 'none' || (stored === 'grow' && inside !== home);
  }
}

/** Whether a method that ends the life of an instance mentions a name: what it does with it is taken for a release. */
export function isTornDown(facts: ClassFacts, name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return lineageOf(facts)
    .flatMap(teardownsOf)
    .some(({ node }) => word.test(node.child('body')?.text ?? ''));
}
