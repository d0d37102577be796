/** A syntax tree as plain objects, the same from either parser. */

/** Shared: most nodes have no children. */
const NONE: readonly Node[] = [];

/** One named node (or a token that fills a field, such as an operator). */
export class Node {
  /** Place in document order; parents come before their children. */
  readonly index: number;
  readonly type: string;
  /** The grammar's name for this child of its parent, such as `left` or `body`. */
  readonly field: string | undefined;
  /** UTF-16 offsets into the source, half-open. */
  readonly start: number;
  readonly end: number;
  readonly parent: Node | undefined;
  /** Set once, by the parser. */
  children: readonly Node[] = NONE;
  /** Index of the last descendant (its own where it has none). */
  last: number;
  readonly #tree: SyntaxTree;

  constructor(
    tree: SyntaxTree,
    index: number,
    type: string,
    field: string | undefined,
    start: number,
    end: number,
    parent: Node | undefined,
  ) {
    this.#tree = tree;
    this.index = index;
    this.type = type;
    this.field = field;
    this.start = start;
    this.end = end;
    this.parent = parent;
    this.last = index;
  }

  get text(): string {
    return this.#tree.source.slice(this.start, this.end);
  }

  /** The first child that fills the field. */
  child(field: string): Node | undefined {
    for (const child of this.children) if (child.field === field) return child;
    return undefined;
  }

  /** Whether the other node is this one or lies inside of it. */
  contains(other: Node): boolean {
    return this.index <= other.index && other.index <= this.last;
  }

  /** The nearest ancestor of one of the types. */
  closest(...types: string[]): Node | undefined {
    let node = this.parent;
    while (node && !types.includes(node.type)) node = node.parent;
    return node;
  }

  /** All nodes below this one, in document order. */
  descendants(): Node[] {
    return this.#tree.nodes.slice(this.index + 1, this.last + 1);
  }
}

export class SyntaxTree {
  readonly source: string;
  /** All nodes in document order; the first is the module. */
  readonly nodes: Node[] = [];
  /** Comments are kept apart: they can stand anywhere and mean nothing to the facts. */
  readonly comments: { readonly start: number; readonly end: number }[] = [];
  /** Offset of the first place that did not parse. */
  errorAt: number | undefined;

  constructor(source: string) {
    this.source = source;
  }

  get root(): Node {
    const root = this.nodes[0];
    if (!root) throw new Error('the tree has no root');
    return root;
  }
}
