/** Containers of instances that are born empty, that methods add to, and that nothing in the file takes from. */
import { containerOf, positionalArguments, type Container } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { asksEntrySize, copiesDefaults, heirsOf } from './long-lived.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import { operationOf, takesFromEntry, type Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import type { Scope } from '../syntax/scopes.ts';

export interface InstanceContainer {
  readonly owner: ClassFacts;
  readonly place: Place;
  readonly container: Container;
  /** Every operation on it, those of the base classes and subclasses in the file included. */
  readonly operations: readonly Operation[];
  /** What makes it grow after the instance is made, in document order. */
  readonly growth: readonly Operation[];
  /** It is emptied as a whole when the instance ends, and not before. */
  readonly emptiedAtEnd: boolean;
}

/** The containers that only grow while their instance lives. */
export function growingAttributes(file: FileFacts): readonly InstanceContainer[] {
  return file.once(findGrowing);
}

function findGrowing(file: FileFacts): InstanceContainer[] {
  return file.classes.flatMap((owner) => ofClass(file, owner));
}

function ofClass(file: FileFacts, owner: ClassFacts): InstanceContainer[] {
  return [...file.places.ofClass(owner).values()].flatMap((place) => {
    if (place.path.includes('.') || /^__\w+__$/.test(place.path)) return [];
    if (!place.operations.some(({ kind }) => kind === 'grow')) return [];
    const operations = operationsOf(file, owner, place);
    const births = operations.filter(({ kind, how }) => kind === 'bind' && how === '=');
    if (!births.some((birth) => isBirth(owner, birth))) return [];
    const container = file.places.container(place) ?? containerAmong(file, owner, place);
    if (container?.growth !== 'open') return [];
    const smaller = operations.filter((operation) => keepsSmall(operation, container));
    if (!smaller.every((operation) => isAtEnd(file, operation))) return [];
    if (takenElsewhere(file).has(place.path) || operations.some(isHandedOn)) return [];
    const growth = lastingGrowth(file, operations, container).filter(({ scope }) => runsLater(file, scope));
    const emptiedAtEnd = smaller.length > 0;
    return growth.length > 0 ? [{ owner, place, container, operations, growth, emptiedAtEnd }] : [];
  });
}

/** Base classes and subclasses of the file share the attribute. */
function operationsOf(file: FileFacts, owner: ClassFacts, place: Place): Operation[] {
  const relatives = new Set([...lineageOf(owner), ...(heirsOf(file).get(owner) ?? [])]);
  return [...relatives].flatMap((relative) => {
    const same = relative === owner ? place : file.places.ofClass(relative).get(place.path);
    return same?.operations ?? [];
  });
}

function containerAmong(file: FileFacts, owner: ClassFacts, { path }: Place): Container | undefined {
  for (const ancestor of lineageOf(owner)) {
    const same = file.places.ofClass(ancestor).get(path);
    const container = same && file.places.container(same);
    if (container) return container;
  }
  return undefined;
}

const BIRTHS =
  /^(__init__|__new__|__post_init__|__attrs_post_init__|__setstate__|_?init(iali[sz]e)?|_?setup|set_up)$/;

/** `self.items = []` in the constructor, or the default of a dataclass's field. */
function isBirth(owner: ClassFacts, { scope, node }: Operation): boolean {
  if (scope.kind === 'class') return copiesDefaults(owner, [{ scope, node } as Operation]);
  return BIRTHS.test(scope.nearest('function')?.name ?? '');
}

function keepsSmall({ kind, how, scope }: Operation, container: Container): boolean {
  if (kind === 'shrink' || kind === 'guard') return true;
  if (kind === 'bind') {
    const name = scope.nearest('function', 'lambda')?.name ?? '';
    return scope.kind !== 'class' && !BIRTHS.test(name);
  }
  return container.kind === 'queue' && kind === 'read' && /^(get|get_nowait)$/.test(how);
}

const END =
  /^_{0,2}(a?close|a?exit|del|a?stop|shutdown|dispose|teardown|tear_down|disconnect|destroy|terminate|finali[sz]e|cancel|kill|quit|abort)(_.*)?$/;

/** `self.calls.clear()` in `close()`: everything at once, when the instance is done. */
function isAtEnd(file: FileFacts, { kind, how, scope }: Operation): boolean {
  if (!END.test(methodAround(file, scope)?.name ?? '')) return false;
  return how === 'clear' || how === '[:]=' || kind === 'bind' || kind === 'guard';
}

/** Other code gets hold of the container itself, not of a copy, and may empty it. */
function isHandedOn({ kind, how, node }: Operation): boolean {
  if (kind !== 'escape') return false;
  if (how === 'argument') return !LOOKS_ON.test(node.child('function')?.text ?? '');
  return how === '='
    ? node.child('left')?.type !== 'identifier'
    : how === 'keyword_argument' || how === 'yield';
}

const LOOKS_ON =
  /(^|\.)(debug|info|warning|error|exception|log|print|dumps?|mean|median|stdev|choice|deepcopy|copy|array|asarray|join|gather|wait|as_completed|islice|chain|Counter|format|percentile|quantile|fsum|DataFrame|Series|assert\w+)$/;

/** Whether code runs after the instance was made: not in the constructor, nor in what only the constructor calls. */
function runsLater(file: FileFacts, scope: Scope): boolean {
  const method = methodAround(file, scope);
  return method !== undefined && !BIRTHS.test(method.name) && !isSetUp(file, method);
}

/** The outermost function around a scope: the method, for a function nested in it. */
export function methodAround(file: FileFacts, scope: Scope): FunctionFacts | undefined {
  let method: FunctionFacts | undefined;
  for (let at = scope.nearest('function'); at; at = at.parent?.nearest('function')) {
    method = file.definitions.functionOf(at) ?? method;
  }
  return method;
}

/** A private method that only the constructor calls. */
export function isSetUp(file: FileFacts, method: FunctionFacts): boolean {
  if (!method.name.startsWith('_')) return false;
  const calls = file.calls.named(method.name).filter(({ receiver }) => file.isSelf(receiver));
  const own = method.class && file.places.ofClass(method.class).get(method.name);
  const isHandedOn = own?.operations.some(({ kind }) => kind !== 'bind') ?? false;
  return (
    calls.length > 0 && !isHandedOn && calls.every(({ node }) => BIRTHS.test(file.drivable(node)?.name ?? ''))
  );
}

function lastingGrowth(file: FileFacts, operations: readonly Operation[], container: Container): Operation[] {
  const emptied =
    operations.some(takesFromEntry) ||
    operations.some((operation) => asksEntrySize(file, operation) || storesBounded(file, operation));
  const insertsEntries = operations.some(({ value, how }) => how === '=' && isCounting(value));
  return operations.filter((operation) => {
    if (operation.kind !== 'grow') return false;
    const growsEntry = operation.inner === true || operation.how === 'setdefault';
    if (growsEntry && emptied) return false;
    // `self.digests[name].add(value)` with digests of its own kind.
    if (operation.inner === true && /^(add|update|put)$/.test(operation.how) && insertsEntries) return false;
    const isSlot = container.kind === 'list' && /^\[\]\+?=$/.test(operation.how);
    return !isSlot || (operation.inner === true && operation.how === '[]=');
  });
}

/** `self.latest[key] = deque(maxlen=10)`, `defaultdict(lambda: deque(maxlen=10))`, `{"cpu": deque(maxlen=10)}`. */
function storesBounded(file: FileFacts, { how, value }: Operation): boolean {
  const [factory] = how === '=' && value?.type === 'call' ? positionalArguments(value) : [];
  const pairs = value?.type === 'dictionary' ? value.children.map((pair) => pair.child('value')) : [];
  const made = [
    how === '[]=' || how === 'setdefault' ? value : undefined,
    factory?.type === 'lambda' ? factory.child('body') : undefined,
    ...pairs,
  ];
  return made.some((entry) => (containerOf(entry, file.names)?.growth ?? 'open') !== 'open');
}

/** `defaultdict(Digest)`: the entries are no containers that are known. */
function isCounting(value: Operation['value']): boolean {
  const [factory] = value?.type === 'call' ? positionalArguments(value) : [];
  return (
    factory !== undefined &&
    !/^(list|set|dict|deque|(collections\.)?(deque|OrderedDict|Counter|defaultdict)|lambda.*)$/s.test(
      factory.text,
    )
  );
}

/** Names of attributes that the file empties or sets anew on an object that is not `self`. */
function takenElsewhere(file: FileFacts): ReadonlySet<string> {
  return file.once(findTaken);
}

function findTaken(file: FileFacts): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const node of file.nodes('attribute')) {
    const object = node.child('object');
    if (file.isSelf(object)) continue;
    const { kind } = operationOf(node, file.names);
    if (kind === 'shrink' || kind === 'bind' || kind === 'guard')
      taken.add(node.child('attribute')?.text ?? '');
  }
  return taken;
}
