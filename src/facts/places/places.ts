/**
 * Places: what can hold an object beyond a statement (a name, an attribute), and everything that the file does
 * to each of them. `self.items`, `cls.items` and `Repo.items` are one place of the class `Repo`.
 */
import type { Node, SyntaxTree } from '../../python/node.ts';
import { containerOf, positionalArguments, type Container } from './containers.ts';
import type { ClassFacts, Definitions } from '../syntax/functions.ts';
import type { Names } from '../syntax/names.ts';
import { augmented, operationOf, SHRINK, type Operation, type OperationKind } from './operations.ts';
import { Binding, type Scopes } from '../syntax/scopes.ts';

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
    // `__new__` is a static method that is given the class.
    const isNew = method?.name === '__new__' && method.parameters[0]?.name === binding.name;
    if (isNew && binding.isParameter) return method.class;
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

  // Later look-ups may make further places, but those have no operations.
  const all = [...places.values()].flatMap((paths) => [...paths.values()]);
  const containers = new Map<Place, Container | undefined>();
  return {
    all,
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
