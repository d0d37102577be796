/** Everything that rules may ask about one file. Computed once; what few rules need is computed when first asked. */
import type { Range } from '../contract/position.ts';
import type { Node, SyntaxTree } from '../python/node.ts';
import { LineIndex } from '../python/source-file.ts';
import { callsOf, type Calls } from './syntax/calls.ts';
import { closuresOf, type Closures } from './syntax/closures.ts';
import { definitionsOf, type ClassFacts, type Definitions, type FunctionFacts } from './syntax/functions.ts';
import { namesOf, type Names } from './syntax/names.ts';
import { placesOf, type Places } from './places/places.ts';
import { scopesOf, type Binding, type Scopes } from './syntax/scopes.ts';
import { settingOf, type Setting } from './life/setting.ts';

export class FileFacts {
  readonly path: string;
  readonly tree: SyntaxTree;
  readonly scopes: Scopes;
  readonly names: Names;
  readonly definitions: Definitions;
  readonly lines: LineIndex;
  #calls: Calls | undefined;
  #setting: Setting | undefined;
  #places: Places | undefined;
  #closures: Closures | undefined;
  #nodesByType: Map<string, Node[]> | undefined;
  readonly #known = new Map<unknown, unknown>();

  constructor(path: string, tree: SyntaxTree) {
    this.path = path;
    this.tree = tree;
    this.lines = new LineIndex(tree.source);
    this.scopes = scopesOf(tree);
    this.names = namesOf(this.scopes);
    this.definitions = definitionsOf(tree, this.scopes, this.names);
  }

  get calls(): Calls {
    return (this.#calls ??= callsOf(this.tree, this.names));
  }

  get setting(): Setting {
    return (this.#setting ??= settingOf(this.path, this.tree.source));
  }

  get places(): Places {
    return (this.#places ??= placesOf(this.tree, this.scopes, this.names, this.definitions));
  }

  get closures(): Closures {
    return (this.#closures ??= closuresOf(this.scopes));
  }

  get functions(): readonly FunctionFacts[] {
    return this.definitions.functions;
  }

  get classes(): readonly ClassFacts[] {
    return this.definitions.classes;
  }

  /**
   * What a function finds in this file, found when first asked for. Kept here and not in a `WeakMap` of a module: the
   * collector of young objects takes what is in such a map for alive, and would carry along all files of before.
   */
  once<T>(find: (file: FileFacts) => T): T {
    if (!this.#known.has(find)) this.#known.set(find, find(this));
    return this.#known.get(find) as T;
  }

  /** The same for one class, function, name or node of the file. */
  onceFor<K extends object, T>(key: K, find: (file: FileFacts, key: K) => T): T {
    const known = (this.#known.get(find) ?? new Map<K, T>()) as Map<K, T>;
    this.#known.set(find, known);
    if (!known.has(key)) known.set(key, find(this, key));
    return known.get(key) as T;
  }

  /** All nodes of a type, in document order. */
  nodes(type: string): readonly Node[] {
    if (!this.#nodesByType) {
      this.#nodesByType = new Map();
      for (const node of this.tree.nodes) {
        const same = this.#nodesByType.get(node.type);
        if (same) same.push(node);
        else this.#nodesByType.set(node.type, [node]);
      }
    }
    return this.#nodesByType.get(type) ?? [];
  }

  /** The innermost function in whose body (or parameters) a node stands; lambdas do not count. */
  functionAround(node: Node): FunctionFacts | undefined {
    return this.definitions.functionOf(this.scopes.at(node).nearest('function'));
  }

  /** The class of the method in which a node stands, also from functions nested in the method. */
  classAround(node: Node): ClassFacts | undefined {
    return this.definitions.classOf(this.scopes.at(node).nearest('class'));
  }

  /** Whether an expression is the `self` of the method around it (or of one further out). */
  isSelf(expression: Node | undefined): boolean {
    if (expression?.type !== 'identifier') return false;
    const binding = this.scopes.binding(expression);
    const method = binding && this.definitions.functionOf(binding.scope);
    return method?.kind === 'method' && method.self === binding;
  }

  binding(identifier: Node): Binding | undefined {
    return this.scopes.binding(identifier);
  }

  /** Dotted names of the classes and functions around a node; empty at module level. */
  symbolAt(node: Node): string {
    return this.scopes.at(node).qualname;
  }

  /**
   * What the probe can call so that a node runs: the outermost function or method around it, since a nested
   * function exists only while the outer one runs. Undefined at module level.
   */
  drivable(node: Node): FunctionFacts | undefined {
    let outermost: FunctionFacts | undefined;
    for (
      let scope = this.scopes.at(node).nearest('function');
      scope;
      scope = scope.parent?.nearest('function')
    ) {
      outermost = this.definitions.functionOf(scope) ?? outermost;
    }
    return outermost;
  }

  range(node: Node): Range {
    return this.lines.range(node.start, node.end);
  }

  /** The first line of a node: where a finding about a whole statement is anchored. */
  headRange(node: Node): Range {
    const lineEnd = this.tree.source.indexOf('\n', node.start);
    const end = lineEnd < 0 || lineEnd > node.end ? node.end : lineEnd;
    const text = this.tree.source.slice(node.start, end).trimEnd();
    return this.lines.range(node.start, node.start + text.length);
  }

  line(node: Node): number {
    return this.lines.line(node.start);
  }

  /** The white space before the first statement of the line. */
  indentation(node: Node): string {
    return /^\s*/.exec(this.lines.text(this.line(node)))?.[0] ?? '';
  }
}
