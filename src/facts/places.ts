/**
 * Places: what can hold an object beyond a statement (a name, an attribute), and everything that the file does
 * to each of them. `self.items`, `cls.items` and `Repo.items` are one place of the class `Repo`.
 */
import type { Node, SyntaxTree } from '../python/node.ts';
import { containerOf, positionalArguments, type Container } from './containers.ts';
import type { ClassFacts, Definitions } from './functions.ts';
import type { Names } from './names.ts';
import { Binding, type Scope, type Scopes } from './scopes.ts';

/**
 * `bind` gives the place a new value; `grow` adds to the container it holds, `shrink` takes away; `guard` asks for
 * its size; `escape` hands it to other code, which may do anything; `read` is all the rest.
 */
export type OperationKind = 'bind' | 'grow' | 'shrink' | 'guard' | 'escape' | 'read';

export interface Operation {
  readonly kind: OperationKind;
  /** The method or construct: `append`, `[]=`, `+=`, `del`, `=`, `len`, `return`, … */
  readonly how: string;
  /** The expression or statement of the operation. */
  readonly node: Node;
  /** Where the operation runs. */
  readonly scope: Scope;
  /** The subscript or first argument that selects the entry. */
  readonly key?: Node | undefined;
  /** What is bound or added. */
  readonly value?: Node | undefined;
  /** The operation works on an entry of the container: `place[key].append(value)`. */
  readonly inner?: boolean;
}

export class Place {
  /** The binding of a name, or the class of an attribute. */
  readonly root: Binding | ClassFacts;
  /** The attributes behind the root, such as `items` or `bus.handlers`; empty for the name itself. */
  readonly path: string;
  readonly operations: Operation[] = [];

  constructor(root: Binding | ClassFacts, path: string) {
    this.root = root;
    this.path = path;
  }

  /** As one would write it from outside: `_seen`, `Repo.cache`. */
  get label(): string {
    const root = this.root instanceof Binding ? this.root.name : this.root.qualname;
    return this.path ? `${root}.${this.path}` : root;
  }

  of(...kinds: OperationKind[]): Operation[] {
    return this.operations.filter(({ kind }) => kinds.includes(kind));
  }
}

export interface Places {
  readonly all: readonly Place[];
  /** The place that an expression denotes; aliases are followed. */
  at(expression: Node | undefined): Place | undefined;
  /** The place of a name. */
  ofBinding(binding: Binding): Place | undefined;
  /** The places of a class's attributes, by name. */
  ofClass(facts: ClassFacts): ReadonlyMap<string, Place>;
  /** What the values bound to a place say about the container in it. Undefined when none makes one. */
  container(place: Place): Container | undefined;
}

/** How far attributes and aliases are followed. */
const DEPTH = 8;

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

const GROW = words(
  `append add setdefault update extend insert appendleft extendleft push put put_nowait __setitem__`,
);
const SHRINK = words(`
  pop popitem remove discard clear popleft get_nowait difference_update intersection_update __delitem__
  unregister unsubscribe disconnect expire evict prune truncate`);
/** Functions that change the container they are given first. */
const CHANGERS: Record<string, OperationKind> = {
  'heapq.heappush': 'grow',
  'heapq.heappop': 'shrink',
  'heapq.heapreplace': 'read',
  'heapq.heappushpop': 'read',
  'bisect.insort': 'grow',
  'bisect.insort_left': 'grow',
  'bisect.insort_right': 'grow',
};
/** Builtins that only look at what they are given. */
const LOOKERS = words(`
  len list tuple set frozenset dict sorted sum min max any all iter enumerate zip map filter reversed repr str bool
  print isinstance id hash type next format range hasattr getattr callable`);

export function placesOf(tree: SyntaxTree, scopes: Scopes, names: Names, definitions: Definitions): Places {
  const places = new Map<Binding | ClassFacts, Map<string, Place>>();
  const classPlaces = (facts: ClassFacts) => places.get(facts) ?? new Map<string, Place>();

  function place(root: Binding | ClassFacts, path: string): Place {
    const paths = places.get(root) ?? new Map<string, Place>();
    places.set(root, paths);
    const known = paths.get(path) ?? new Place(root, path);
    paths.set(path, known);
    return known;
  }

  /** The class that a name stands for: through `self`, `cls` or the class's own name. */
  function classNamed(binding: Binding): ClassFacts | undefined {
    const method = definitions.functionOf(binding.scope);
    if (method?.self === binding) return method.class;
    const { only } = binding;
    return only?.kind === 'class' ? definitions.classOf(only.value) : undefined;
  }

  function locate(expression: Node | undefined, depth = DEPTH): Place | undefined {
    if (!expression || depth === 0) return undefined;
    if (expression.type === 'identifier') return locateName(expression, depth);
    if (expression.type !== 'attribute') return undefined;

    const object = expression.child('object');
    const attribute = expression.child('attribute')?.text ?? '';
    const owner = ownerOf(object);
    if (owner) return place(owner, attribute);
    const base = locate(object, depth - 1);
    return base && place(base.root, base.path ? `${base.path}.${attribute}` : attribute);
  }

  function ownerOf(object: Node | undefined): ClassFacts | undefined {
    if (object?.type === 'identifier') {
      const binding = scopes.binding(object);
      return binding && classNamed(binding);
    }
    const isClassOf = object?.type === 'attribute' && object.child('attribute')?.text === '__class__';
    if (isClassOf) return ownerOf(object.child('object'));
    return names.callee(object) === 'builtins.type' ? ownerOf(positionalArguments(object)[0]) : undefined;
  }

  function locateName(identifier: Node, depth: number): Place | undefined {
    const binding = scopes.binding(identifier);
    if (!binding) return undefined;
    if (binding.scope.kind === 'class') {
      const owner = definitions.classOf(binding.scope);
      return owner && place(owner, binding.name);
    }
    const value = binding.only?.kind === 'assignment' ? binding.only.value : undefined;
    const isAlias =
      value?.type === 'attribute' || (value?.type === 'identifier' && binding.scope.kind !== 'module');
    const aliased = isAlias && !scopes.binds(identifier) ? locate(value, depth - 1) : undefined;
    return aliased ?? place(binding, '');
  }

  function record(expression: Node): void {
    const where = locate(expression);
    if (where) where.operations.push({ ...operationOf(expression, names), scope: scopes.at(expression) });
  }

  for (const node of tree.nodes) {
    if (node.type === 'identifier' && !isInChain(node)) {
      const binding = scopes.binding(node);
      if (binding && !scopes.binds(node)) record(node);
    } else if (node.type === 'attribute' && !isInChain(node)) record(removerOf(node) ?? node);
    else if (node.type === 'attribute' && isMethodCall(node)) record(node.child('object') as Node);
  }
  for (const scope of scopes.all) {
    for (const binding of scope.bindings.values()) recordDefinitions(binding);
  }

  function recordDefinitions(binding: Binding): void {
    const owner = binding.scope.kind === 'class' ? definitions.classOf(binding.scope) : undefined;
    for (const { kind, node, value, scope } of binding.definitions) {
      if (kind === 'annotation') continue;
      const where = owner ? place(owner, binding.name) : place(binding, '');
      const operation =
        kind === 'delete'
          ? ({ kind: 'shrink', how: 'del' } as const)
          : kind === 'augmented'
            ? augmented(node.parent as Node)
            : ({ kind: 'bind', how: '=' } as const);
      where.operations.push({
        ...operation,
        node,
        scope,
        ...(value && operation.kind === 'bind' ? { value } : {}),
      });
    }
  }

  const containers = new Map<Place, Container | undefined>();
  return {
    get all() {
      return [...places.values()].flatMap((paths) => [...paths.values()]);
    },
    at: (expression) => locate(expression),
    ofBinding: (binding) => places.get(binding)?.get(''),
    ofClass: classPlaces,
    container(where) {
      if (!containers.has(where)) {
        const made = where.of('bind').map(({ value }) => containerOf(value, names));
        const bounds = made.find((container) => container && container.growth !== 'open');
        containers.set(where, bounds ?? made.find((container) => container !== undefined));
      }
      return containers.get(where);
    },
  };
}

/** Whether an attribute access goes on: `a.b` in `a.b.c`, or the method in `a.b.append(…)`. */
function isInChain(node: Node): boolean {
  return (node.parent?.type === 'attribute' && node.field === 'object') || isMethodCall(node);
}

/** The container whose removing method is handed on: `task.add_done_callback(pending.discard)`. */
function removerOf(node: Node): Node | undefined {
  const isHandedOn =
    node.parent?.type === 'argument_list' || node.field === 'value' || node.field === 'right';
  return isHandedOn && SHRINK.has(node.child('attribute')?.text ?? '') ? node.child('object') : undefined;
}

function isMethodCall(node: Node): boolean {
  return node.type === 'attribute' && node.parent?.type === 'call' && node.field === 'function';
}

/** Whether an operation takes something out of an entry: `place[key].remove(value)`. */
export function takesFromEntry({ inner, kind, how }: Operation): boolean {
  return inner === true && kind === 'read' && (how === 'del' || SHRINK.has(how));
}

type Classified = Omit<Operation, 'scope'>;

function operationOf(expression: Node, names: Names): Classified {
  const parent = expression.parent;
  switch (parent?.type) {
    case 'attribute':
      return methodCall(parent);
    case 'subscript':
      return expression.field === 'value' ? subscripted(parent) : { kind: 'read', how: 'key', node: parent };
    case 'assignment':
      return expression.field === 'left'
        ? { kind: 'bind', how: '=', node: parent, value: parent.child('right') }
        : { kind: 'escape', how: '=', node: parent };
    case 'augmented_assignment':
      return expression.field === 'left'
        ? { ...augmented(parent), node: parent }
        : { kind: 'read', how: 'operand', node: parent };
    case 'pattern_list':
    case 'tuple_pattern':
      return { kind: 'bind', how: 'unpack', node: parent };
    case 'delete_statement':
      return { kind: 'shrink', how: 'del', node: parent };
    case 'expression_list':
      return parent.parent?.type === 'delete_statement'
        ? { kind: 'shrink', how: 'del', node: parent.parent }
        : { kind: 'escape', how: 'list', node: parent };
    case 'argument_list':
      return argument(expression, parent, names);
    case 'keyword_argument':
    case 'return_statement':
    case 'yield':
    case 'pair':
    case 'list':
    case 'tuple':
    case 'set':
    case 'dictionary_splat':
    case 'lambda':
      return { kind: 'escape', how: parent.type, node: parent };
    default:
      return { kind: 'read', how: parent?.type ?? '', node: expression };
  }
}

/** `place.method(…)`: the parent of the place is the attribute that is called. */
function methodCall(attribute: Node): Classified {
  const method = attribute.child('attribute')?.text ?? '';
  const call = attribute.parent;
  if (call?.type !== 'call' || attribute.field !== 'function') {
    // `future.add_done_callback(pending.discard)`: somebody else takes entries out.
    return { kind: SHRINK.has(method) ? 'shrink' : 'read', how: method, node: attribute };
  }
  const [first, second] = positionalArguments(call);
  const keyed = method === 'setdefault' || method === 'insert' || method === '__setitem__';
  const detail = { how: method, node: call, key: first, value: keyed ? second : first };
  if (GROW.has(method)) return { kind: 'grow', ...detail };
  if (SHRINK.has(method)) return { kind: 'shrink', ...detail };
  return { kind: 'read', ...detail };
}

/** `place[key]`: stored into, deleted from, grown inside, or read. */
function subscripted(subscript: Node): Classified {
  const key = subscript.child('subscript');
  const above = subscript.parent;
  const isAll = key?.type === 'slice' && key.text === ':';
  switch (above?.type) {
    case 'assignment':
      if (subscript.field !== 'left') break;
      if (key?.type === 'slice') return { kind: isAll ? 'bind' : 'shrink', how: '[:]=', node: above };
      return { kind: 'grow', how: '[]=', node: above, key, value: above.child('right') };
    case 'pattern_list':
    case 'tuple_pattern':
      return { kind: 'grow', how: '[]=', node: above, key };
    case 'augmented_assignment':
      if (subscript.field !== 'left') break;
      return { kind: 'grow', how: '[]+=', node: above, key, value: above.child('right'), inner: true };
    case 'delete_statement':
    case 'expression_list':
      if (above.type === 'expression_list' && above.parent?.type !== 'delete_statement') break;
      return { kind: 'shrink', how: 'del', node: above, key };
    case 'attribute': {
      const inner = methodCall(above);
      if (inner.node.type !== 'call') return { kind: 'read', how: '[]', node: subscript, key, inner: true };
      return { ...inner, kind: inner.kind === 'shrink' ? 'read' : inner.kind, key, inner: true };
    }
    case 'subscript': {
      if (subscript.field !== 'value') break;
      const inner = subscripted(above);
      return { ...inner, kind: inner.kind === 'shrink' ? 'read' : inner.kind, key, inner: true };
    }
    default:
  }
  return { kind: 'read', how: '[]', node: subscript, key };
}

function augmented(statement: Node): { kind: OperationKind; how: string; value: Node | undefined } {
  const how = statement.child('operator')?.text ?? '+=';
  const value = statement.child('right');
  if (how === '-=' || how === '&=') return { kind: 'shrink', how, value };
  return { kind: how === '+=' || how === '|=' ? 'grow' : 'bind', how, value };
}

function argument(expression: Node, list: Node, names: Names): Classified {
  const call = list.parent as Node;
  const callee = names.callee(call) ?? call.child('function')?.text ?? '';
  const isFirst = list.children[0] === expression;
  const changes = isFirst ? CHANGERS[callee] : undefined;
  if (changes) return { kind: changes, how: callee, node: call, value: list.children[1] };
  const name = callee.replace(/^builtins\./, '');
  if (name === 'len') return { kind: isAsked(call) ? 'guard' : 'read', how: 'len', node: call };
  if (LOOKERS.has(name)) return { kind: 'read', how: name, node: call };
  return { kind: 'escape', how: 'argument', node: call };
}

/** Whether the size decides something. */
function isAsked(call: Node): boolean {
  return (
    call.closest('comparison_operator', 'if_statement', 'while_statement', 'block')?.type ===
    'comparison_operator'
  );
}
