/** Which name means what where: Python's scopes, their bindings, and every use of each binding. */
import type { Node, SyntaxTree } from '../../python/node.ts';
import { collectDefinitions } from './definitions.ts';

export type ScopeKind = 'module' | 'class' | 'function' | 'lambda' | 'comprehension';

export class Scope {
  readonly kind: ScopeKind;
  readonly node: Node;
  readonly parent: Scope | undefined;
  readonly name: string;
  /** Dotted names of the enclosing classes and functions and this one; empty for the module. */
  readonly qualname: string;
  readonly bindings = new Map<string, Binding>();
  readonly globals = new Set<string>();
  readonly nonlocals = new Set<string>();

  constructor(kind: ScopeKind, node: Node, parent: Scope | undefined, name: string) {
    this.kind = kind;
    this.node = node;
    this.parent = parent;
    this.name = name;
    const outer = parent?.qualname ?? '';
    this.qualname = outer && name ? `${outer}.${name}` : outer || name;
  }

  /** This scope or the nearest one around it of the given kind. */
  nearest(...kinds: ScopeKind[]): Scope | undefined {
    return kinds.includes(this.kind) ? this : this.parent?.nearest(...kinds);
  }

  /** Whether this scope is the other one or lies inside of it. */
  within(other: Scope): boolean {
    return this === other || (this.parent?.within(other) ?? false);
  }
}

export type DefinitionKind =
  | 'assignment'
  | 'augmented'
  | 'annotation'
  | 'parameter'
  | 'import'
  | 'function'
  | 'class'
  | 'for'
  | 'with'
  | 'except'
  | 'walrus'
  | 'pattern'
  | 'delete';

export interface Definition {
  readonly kind: DefinitionKind;
  /** The identifier that is bound. */
  readonly node: Node;
  /** The value of `name = value`, `name := value`, `with value as name`; absent when unpacked from one object. */
  readonly value: Node | undefined;
  /** Where the definition stands; differs from the binding's scope under `global` and `nonlocal`. */
  readonly scope: Scope;
  /** For imports: the dotted name that is bound, with leading dots when relative. */
  readonly imported?: string;
}

export class Binding {
  readonly name: string;
  readonly scope: Scope;
  readonly definitions: Definition[] = [];
  /** Identifiers that read the name, in document order, nested scopes included. */
  readonly uses: Node[] = [];

  constructor(name: string, scope: Scope) {
    this.name = name;
    this.scope = scope;
  }

  /** The definition, when there is just one. */
  get only(): Definition | undefined {
    return this.definitions.length === 1 ? this.definitions[0] : undefined;
  }

  get isParameter(): boolean {
    return this.definitions.some(({ kind }) => kind === 'parameter');
  }
}

export interface Scopes {
  readonly module: Scope;
  readonly all: readonly Scope[];
  /** The scope in which a node is evaluated. */
  at(node: Node): Scope;
  /** The scope that a function, class, lambda or comprehension opens. */
  opened(node: Node): Scope | undefined;
  /** What an identifier means: also for identifiers that bind. */
  binding(identifier: Node): Binding | undefined;
  /** Whether an identifier binds its name instead of reading it. */
  binds(identifier: Node): boolean;
  hasStarImport: boolean;
}

const OPENERS: Record<string, ScopeKind> = {
  function_definition: 'function',
  class_definition: 'class',
  lambda: 'lambda',
  list_comprehension: 'comprehension',
  set_comprehension: 'comprehension',
  dictionary_comprehension: 'comprehension',
  generator_expression: 'comprehension',
};

export function scopesOf(tree: SyntaxTree): Scopes {
  const { at, opened, all } = openScopes(tree);
  const module = all[0] as Scope;
  // By the index of the node: arrays, since every identifier asks.
  const bound = new Array<Binding | undefined>(tree.nodes.length).fill(undefined);
  const definitions = new Uint8Array(tree.nodes.length);
  const scopes: Scopes = {
    module,
    all,
    at: (node) => at[node.index] as Scope,
    opened: (node) => opened[node.index],
    binding: (identifier) => bound[identifier.index],
    binds: (identifier) => definitions[identifier.index] === 1,
    hasStarImport: false,
  };
  const pending: Definition[] = [];

  for (const node of tree.nodes) collectDefinitions(node, scopes, (definition) => pending.push(definition));
  for (const definition of pending) {
    const home = homeOf(definition.node.text, definition.scope, definition.kind);
    const binding = home.bindings.get(definition.node.text) ?? new Binding(definition.node.text, home);
    home.bindings.set(binding.name, binding);
    binding.definitions.push(definition);
    definitions[definition.node.index] = 1;
    bound[definition.node.index] = binding;
  }
  for (const node of tree.nodes) {
    if (node.type !== 'identifier' || definitions[node.index] === 1 || !isLoad(node)) continue;
    const binding = lookUp(node.text, scopes.at(node));
    if (!binding) continue;
    binding.uses.push(node);
    bound[node.index] = binding;
  }
  return scopes;
}

/** What nodes open, by their index. */
type Opened = (Scope | undefined)[];

function openScopes(tree: SyntaxTree): { at: Scope[]; opened: Opened; all: Scope[] } {
  const at: Scope[] = [];
  const opened: Opened = new Array<Scope | undefined>(tree.nodes.length).fill(undefined);
  const all: Scope[] = [];
  for (const node of tree.nodes) {
    const scope = node.parent ? scopeBelow(node.parent, node, at, opened) : undefined;
    if (!scope) {
      const module = new Scope('module', node, undefined, '');
      at[node.index] = module;
      all.push(module);
      continue;
    }
    at[node.index] = scope;
    const kind = OPENERS[node.type];
    if (!kind) continue;
    const inner = new Scope(kind, node, scope, node.child('name')?.text ?? '');
    opened[node.index] = inner;
    all.push(inner);
  }
  return { at, opened, all };
}

/** Decorators, defaults, annotations, base classes and the first iterable belong to the scope around. */
function scopeBelow(parent: Node, child: Node, at: Scope[], opened: Opened): Scope {
  const outer = at[parent.index] as Scope;
  const inner = opened[parent.index];
  switch (parent.type) {
    case 'function_definition':
    case 'lambda':
      return inner && (child.field === 'body' || child.field === 'parameters') ? inner : outer;
    case 'class_definition':
      return inner && child.field === 'body' ? inner : outer;
    case 'typed_parameter':
      return child.field === 'type' ? (outer.parent ?? outer) : outer;
    case 'default_parameter':
    case 'typed_default_parameter':
      return child.field === 'name' ? outer : (outer.parent ?? outer);
    case 'for_in_clause': {
      const isFirst = parent.parent?.children.find(({ type }) => type === 'for_in_clause') === parent;
      return child.field === 'right' && isFirst ? (outer.parent ?? outer) : outer;
    }
    default:
      return inner ?? outer;
  }
}

/** The scope whose name a definition binds. */
function homeOf(name: string, scope: Scope, kind: DefinitionKind): Scope {
  if (scope.globals.has(name)) return scope.nearest('module') as Scope;
  if (!scope.nonlocals.has(name) || kind === 'parameter') return scope;
  for (let outer = scope.parent; outer; outer = outer.parent) {
    if (outer.kind === 'function' && outer.bindings.has(name)) return outer;
  }
  return scope;
}

/** Names of a class body are not seen from the functions inside of it. */
function lookUp(name: string, from: Scope): Binding | undefined {
  if (from.globals.has(name)) return from.nearest('module')?.bindings.get(name);
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    if (scope.kind === 'class' && scope !== from) continue;
    const binding = scope.bindings.get(name);
    if (binding) return binding;
  }
  return undefined;
}

/** Identifiers that are names of attributes, keywords or modules read nothing. */
function isLoad(identifier: Node): boolean {
  const { parent, field } = identifier;
  switch (parent?.type) {
    case 'attribute':
      return field === 'object';
    case 'keyword_argument':
      return field === 'value';
    case 'keyword_pattern':
    case 'global_statement':
    case 'nonlocal_statement':
      return false;
    case 'dotted_name':
      return ['class_pattern', 'case_pattern', 'decorator'].includes(parent.parent?.type ?? '');
    default:
      return true;
  }
}
