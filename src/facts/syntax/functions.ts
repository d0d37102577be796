/** Functions, methods and classes of a file, with their parameters and decorators. */
import type { Node, SyntaxTree } from '../../python/node.ts';
import type { Names } from './names.ts';
import { parameterName } from './definitions.ts';
import type { Binding, Scope, Scopes } from './scopes.ts';

export interface Parameter {
  readonly name: string;
  readonly node: Node;
  readonly annotation: Node | undefined;
  readonly default: Node | undefined;
  readonly kind: 'plain' | 'args' | 'kwargs';
}

export interface Decorator {
  /** The `@…` line. */
  readonly node: Node;
  /** Dotted name of the decorator, or of what is called to make it. */
  readonly name: string | undefined;
  /** The call of `@decorator(…)`. */
  readonly call: Node | undefined;
}

/** `nested` means inside another function; methods of a nested class are still methods. */
export type FunctionKind = 'function' | 'method' | 'classmethod' | 'staticmethod' | 'nested';

export interface FunctionFacts {
  readonly node: Node;
  readonly scope: Scope;
  readonly name: string;
  readonly qualname: string;
  readonly kind: FunctionKind;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Decorator[];
  readonly class: ClassFacts | undefined;
  /** The first parameter of a method or class method. */
  readonly self: Binding | undefined;
}

export interface ClassFacts {
  readonly node: Node;
  readonly scope: Scope;
  readonly name: string;
  readonly qualname: string;
  /** Dotted names of the bases that are known, else their text. */
  readonly bases: readonly string[];
  /** The bases that are defined in the same file. */
  readonly parents: readonly ClassFacts[];
  readonly decorators: readonly Decorator[];
  readonly methods: Map<string, FunctionFacts>;
  readonly isEnum: boolean;
  readonly isMetaclass: boolean;
  /** Defined inside a function: it lives no longer than what refers to it. */
  readonly isLocal: boolean;
}

const TEARDOWN =
  /^_{0,2}(a?close|a?exit|del|stop|shutdown|dispose|teardown|tearDown|clean_?up|disconnect|destroy|release|terminate|unsubscribe|unregister|detach|reset|finali[sz]e|on_close|remove)(_.*)?$/;

/** Methods that end the life of an instance, such as `close` and `__exit__`. */
export function teardownsOf(facts: ClassFacts): FunctionFacts[] {
  return [...facts.methods.values()].filter(({ name }) => TEARDOWN.test(name));
}

export interface Definitions {
  readonly functions: readonly FunctionFacts[];
  readonly classes: readonly ClassFacts[];
  /** By the node of the definition or by the scope it opens. */
  functionOf(opener: Node | Scope | undefined): FunctionFacts | undefined;
  classOf(opener: Node | Scope | undefined): ClassFacts | undefined;
}

export function definitionsOf(tree: SyntaxTree, scopes: Scopes, names: Names): Definitions {
  const functions = new Map<Node, FunctionFacts>();
  const classes = new Map<Node, ClassFacts>();
  const classNamed = (name: Node): ClassFacts | undefined => {
    const definition = name.type === 'identifier' ? scopes.binding(name)?.only : undefined;
    return definition?.kind === 'class' ? classes.get(definition.value as Node) : undefined;
  };
  const yields = tree.nodes.filter(({ type }) => type === 'yield');
  const generators = new Set(yields.map((node) => scopes.at(node).nearest('function', 'lambda')));
  for (const node of tree.nodes) {
    const scope = scopes.opened(node);
    if (!scope) continue;
    if (node.type === 'class_definition') classes.set(node, classFacts(node, scope, names, classNamed));
    if (node.type !== 'function_definition') continue;
    const owner = classes.get(scope.parent?.node ?? node);
    const facts = functionFacts(node, scope, owner, names, generators.has(scope));
    functions.set(node, facts);
    owner?.methods.set(facts.name, facts);
  }
  const nodeOf = (opener: Node | Scope | undefined): Node | undefined =>
    opener && 'node' in opener ? opener.node : opener;
  return {
    functions: [...functions.values()],
    classes: [...classes.values()],
    functionOf: (opener) => functions.get(nodeOf(opener) as Node),
    classOf: (opener) => classes.get(nodeOf(opener) as Node),
  };
}

function functionFacts(
  node: Node,
  scope: Scope,
  owner: ClassFacts | undefined,
  names: Names,
  isGenerator: boolean,
): FunctionFacts {
  const decorators = decoratorsOf(node, names);
  const parameters = (node.child('parameters')?.children ?? []).flatMap(parameterFacts);
  const kind = kindOf(scope, owner, decorators);
  const first = parameters[0]?.kind === 'plain' ? parameters[0] : undefined;
  return {
    node,
    scope,
    name: scope.name,
    qualname: scope.qualname,
    kind,
    isAsync: node.text.startsWith('async'),
    isGenerator,
    parameters,
    decorators,
    class: owner,
    self: first && (kind === 'method' || kind === 'classmethod') ? scope.bindings.get(first.name) : undefined,
  };
}

function kindOf(scope: Scope, owner: ClassFacts | undefined, decorators: readonly Decorator[]): FunctionKind {
  if (owner) {
    const implicit = {
      __new__: 'staticmethod',
      __init_subclass__: 'classmethod',
      __class_getitem__: 'classmethod',
    };
    if (decorators.some(({ name }) => name === 'builtins.staticmethod')) return 'staticmethod';
    if (decorators.some(({ name }) => name === 'builtins.classmethod')) return 'classmethod';
    return (implicit as Record<string, FunctionKind>)[scope.name] ?? 'method';
  }
  return scope.parent?.nearest('function', 'lambda') ? 'nested' : 'function';
}

function classFacts(
  node: Node,
  scope: Scope,
  names: Names,
  classNamed: (name: Node) => ClassFacts | undefined,
): ClassFacts {
  const superclasses = (node.child('superclasses')?.children ?? []).filter(
    ({ type }) => type !== 'keyword_argument',
  );
  const bases = superclasses.map((base) => names.qualified(base) ?? base.text);
  const parents = superclasses.flatMap((base) => classNamed(base) ?? []);
  return {
    node,
    scope,
    name: scope.name,
    qualname: scope.qualname,
    bases,
    parents,
    decorators: decoratorsOf(node, names),
    methods: new Map(),
    isEnum:
      bases.some((base) => /(^|\.)(Int|Str)?(Enum|Flag)$/.test(base)) ||
      parents.some((parent) => parent.isEnum),
    isMetaclass: bases.some(
      (base) => base === 'builtins.type' || base === 'abc.ABCMeta' || base.endsWith('EnumMeta'),
    ),
    isLocal: scope.parent?.nearest('function', 'lambda') !== undefined,
  };
}

function decoratorsOf(definition: Node, names: Names): Decorator[] {
  if (definition.parent?.type !== 'decorated_definition') return [];
  return definition.parent.children
    .filter(({ type }) => type === 'decorator')
    .map((node) => {
      const [expression] = node.children;
      const call = expression?.type === 'call' ? expression : undefined;
      return { node, name: names.qualified(call ? call.child('function') : expression), call };
    });
}

function parameterFacts(node: Node): Parameter[] {
  const name = parameterName(node);
  if (!name) return [];
  const splat = node.type === 'typed_parameter' ? (node.children[0]?.type ?? '') : node.type;
  const kind =
    splat === 'list_splat_pattern' ? 'args' : splat === 'dictionary_splat_pattern' ? 'kwargs' : 'plain';
  return [{ name: name.text, node, annotation: node.child('type'), default: node.child('value'), kind }];
}
