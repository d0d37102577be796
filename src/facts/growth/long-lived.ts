/** Containers that live as long as the process: of a module, of a class, of a function; and what keeps them small. */
import type { Node } from '../../python/node.ts';
import type { Container } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { statementOf } from '../syntax/flow.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import { takesFromEntry, type Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding, type Scope } from '../syntax/scopes.ts';

export interface LongLived {
  readonly place: Place;
  readonly container: Container;
  /** What makes it grow and is not undone by other code of the file, in document order. */
  readonly growth: readonly Operation[];
}

/** The containers of the file without a bound that outlive every call and that nothing in the file empties. */
export function longLivedContainers(file: FileFacts): LongLived[] {
  return file.places.all.flatMap((place) => {
    const home = ofOnlyInstance(file, place);
    if (!home && !isBornForever(place)) return [];
    const container = file.places.container(home ?? place);
    if (container?.growth !== 'open' || isKeptSmall(file, place, container)) return [];
    if (
      home?.operations.some(
        (operation) => !isConstruction(operation) && keepsSmall(home, operation, container),
      )
    )
      return [];
    const growth = lastingGrowth(file, place, container);
    return growth.length > 0 ? [{ place, container, growth }] : [];
  });
}

/** The attribute behind `registry.items`, where the module binds `registry` to an instance of a class of the file. */
function ofOnlyInstance(file: FileFacts, { root, path }: Place): Place | undefined {
  if (!(root instanceof Binding) || path === '' || path.includes('.') || root.scope.kind !== 'module')
    return undefined;
  const made = root.only?.kind === 'assignment' ? root.only.value : undefined;
  const callee = made?.type === 'call' ? made.child('function') : undefined;
  const definition = callee?.type === 'identifier' ? file.binding(callee)?.only : undefined;
  const owner = definition?.kind === 'class' ? file.definitions.classOf(definition.value) : undefined;
  return owner && file.places.ofClass(owner).get(path);
}

function isConstruction({ kind, scope }: Operation): boolean {
  return kind === 'bind' && scope.nearest('function')?.name === '__init__';
}

function isBornForever(place: Place): boolean {
  const { root, path } = place;
  const births = place.operations.filter(({ kind, how }) => kind === 'bind' && how === '=');
  if (!(root instanceof Binding)) {
    const isShared = /^(?!__\w+__$)[^.]+$/.test(path) && !root.isLocal && !copiesDefaults(root, births);
    return isShared && births.some(({ scope }) => scope === root.scope);
  }
  const isOwn = path === '' || (root.only?.kind === 'function' && !path.includes('.'));
  if (!isOwn || root.scope.kind !== 'module') return false;
  // `if not hasattr(slug, "cache"): slug.cache = {}`
  return births.some(
    (birth) => birth.scope.kind === 'module' || (path !== '' && isFirstBinding(place, birth)),
  );
}

const COPIES = /(^|\.)(dataclass|define|frozen|mutable|attrs|attributes|attr\.s|total_ordering_dataclass)$/;
const MODELS =
  /(Model|Schema|Settings|Struct|Structure|NamedTuple|TypedDict|Protocol|Traits|Document|Serializer)$/;

/** Dataclasses, models and the like give each instance its own copy of what the class body says. */
export function copiesDefaults(facts: ClassFacts, births: readonly Operation[]): boolean {
  const isField = births.some(({ value }) => value?.type === 'call' && /field/i.test(calleeText(value)));
  return (
    isField ||
    lineageOf(facts).some(
      ({ bases, decorators }) =>
        bases.some((base) => MODELS.test(base)) || decorators.some(({ name }) => COPIES.test(name ?? '')),
    )
  );
}

function calleeText(call: Node): string {
  return call.child('function')?.text ?? '';
}

/** Whether something in the file removes entries, asks for their number, or binds the name anew. */
function isKeptSmall(file: FileFacts, place: Place, container: Container): boolean {
  const own = place.operations.some(
    (operation) => keepsSmall(place, operation, container) && !isReset(file, place, operation),
  );
  if (own || place.root instanceof Binding) return own;
  // Subclasses and base classes of the file share the container.
  const { root, path } = place;
  const relatives = [...lineageOf(root), ...(heirsOf(file).get(root) ?? [])];
  return relatives.some((relative) => {
    const same = relative === root ? undefined : file.places.ofClass(relative).get(path);
    return same?.operations.some((operation) => keepsSmall(place, operation, container)) ?? false;
  });
}

/** A registry of instances that only a function such as `reset_events` empties, all at once: for tests, or to start anew. */
function isReset(file: FileFacts, place: Place, { kind, how, scope }: Operation): boolean {
  const growth = place.of('grow');
  return (
    kind === 'shrink' &&
    how === 'clear' &&
    /^_*reset(_|$)/.test(frameOf(scope)?.name ?? '') &&
    growth.length > 0 &&
    growth.every(({ value }) => file.isSelf(value))
  );
}

/** The classes of the file that derive from each class. */
export function heirsOf(file: FileFacts): Map<ClassFacts, ClassFacts[]> {
  return file.once(findHeirs);
}

function findHeirs(file: FileFacts): Map<ClassFacts, ClassFacts[]> {
  const found = new Map<ClassFacts, ClassFacts[]>();
  for (const heir of file.classes) {
    for (const ancestor of lineageOf(heir)) {
      const same = found.get(ancestor);
      if (same) same.push(heir);
      else found.set(ancestor, [heir]);
    }
  }
  return found;
}

function keepsSmall(place: Place, operation: Operation, container: Container): boolean {
  const { kind, how, scope } = operation;
  if (kind === 'shrink' || kind === 'guard') return true;
  if (kind === 'bind') return frameOf(scope) !== undefined && !isFirstBinding(place, operation);
  return container.kind === 'queue' && kind === 'read' && how === 'get';
}

function frameOf(scope: Scope): Scope | undefined {
  return scope.nearest('function', 'lambda');
}

/** `if NAME is None: NAME = {}`, which happens once. */
export function isFirstBinding(place: Place, { node }: Operation): boolean {
  const name = place.path || (place.root instanceof Binding ? place.root.name : '');
  for (let at = statementOf(node); at.parent?.parent?.type === 'if_statement'; at = at.parent.parent) {
    const condition = at.parent.parent.child('condition')?.text ?? '';
    if (!condition.includes(name)) continue;
    if (/ is None$|^hasattr|^not |^(['"]).*\1 not in (vars|dir|globals)\b/.test(condition)) return true;
  }
  return false;
}

function lastingGrowth(file: FileFacts, place: Place, container: Container): Operation[] {
  const emptied = new Set(place.operations.filter(takesFromEntry).map(({ scope }) => frameOf(scope)));
  const isMeasured = place.operations.some((operation) => asksEntrySize(file, operation));
  const fills = place.operations.flatMap(fillsOnce);
  return place.operations.filter((operation) => {
    if (operation.kind !== 'grow' || fills.some((node) => node.contains(operation.node))) return false;
    const frame = frameOf(operation.scope);
    // What moves from one entry to another within a function is still there afterwards.
    const isUndone = [...emptied].some((other) => other !== frame) || isMeasured;
    const growsEntry = operation.inner === true || operation.how === 'setdefault';
    if (growsEntry && isUndone) return false;
    // `slots[0] += 1` changes a slot and adds none.
    const isSlot = container.kind === 'list' && /^\[\]\+?=$/.test(operation.how);
    return !isSlot || (operation.inner === true && operation.how === '[]=');
  });
}

/** `len(place[key]) > limit`. */
export function asksEntrySize(file: FileFacts, { kind, how, node }: Operation): boolean {
  const call = node.parent?.parent;
  return (
    kind === 'read' &&
    how === '[]' &&
    file.names.callee(call) === 'builtins.len' &&
    call?.parent?.type === 'comparison_operator'
  );
}

/** `if not NAME: …`: the branch fills the container the first time and never again. */
export function fillsOnce({ kind, how, node }: Operation): Node[] {
  if (kind !== 'read' || how !== 'not_operator') return [];
  const test = node.parent;
  const branch = test?.parent?.type === 'if_statement' ? test.parent.child('consequence') : undefined;
  return branch && test?.field === 'condition' ? [branch] : [];
}
