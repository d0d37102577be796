/** Text to `SyntaxTree`. The only way to the parser for the rest of the program. */
import type { Backend, Cursor } from './backends/backend.ts';
import { Node, SyntaxTree } from './node.ts';

export interface PythonParser {
  readonly backend: Backend['name'];
  /** @throws ParseTimeout */
  parse(source: string): SyntaxTree;
}

export async function createParser(backend: Backend['name'] = 'wasm'): Promise<PythonParser> {
  const chosen =
    backend === 'wasm'
      ? await (await import('./backends/wasm.ts')).createWasmBackend()
      : (await import('./backends/native.ts')).createNativeBackend();
  return {
    backend,
    parse: (source) => chosen.visit(source, (cursor, hasError) => build(source, cursor, hasError)),
  };
}

// Nodes without named children: going down into them would only cost time.
const LEAVES = new Set([
  'identifier',
  'integer',
  'float',
  'comment',
  'true',
  'false',
  'none',
  'ellipsis',
  'pass_statement',
  'break_statement',
  'continue_statement',
  'escape_sequence',
  'string_start',
  'string_content',
  'string_end',
]);

// Here a token without a name of its own fills a field that the facts ask for.
const OPERATORS = new Set([
  'augmented_assignment',
  'binary_operator',
  'boolean_operator',
  'comparison_operator',
  'unary_operator',
]);

// The grammar names no child of these, so asking the parser for the name of each would only cost time.
const WITHOUT_FIELDS = new Set([
  'argument_list',
  'decorator',
  'dictionary',
  'dotted_name',
  'expression_list',
  'expression_statement',
  'list',
  'module',
  'parameters',
  'parenthesized_expression',
  'pattern_list',
  'return_statement',
  'set',
  'tuple',
  'type',
]);

interface NodeKind {
  readonly name: string;
  readonly named: boolean;
  readonly leaf: boolean;
}

/** Walks without recursion: nesting can be thousands deep. */
function build(source: string, cursor: Cursor, hasError: boolean): SyntaxTree {
  const tree = new SyntaxTree(source);
  const { nodes } = tree;
  const kinds: NodeKind[] = [];
  let parent: Node | undefined;
  // The children so far of all open parents, and where those of each parent begin. Arrays that grow by themselves
  // would take several times the memory.
  const children: Node[] = [];
  const begins: number[] = [];
  let end = 0;

  for (;;) {
    const id = cursor.nodeTypeId;
    const kind = (kinds[id] ??= kindOf(cursor));
    if (hasError && (kind.name === 'ERROR' || cursor.nodeIsMissing)) tree.errorAt ??= cursor.startIndex;

    let entered: Node | undefined;
    if (kind.name === 'comment') {
      tree.comments.push({ start: cursor.startIndex, end: cursor.endIndex });
    } else if (kind.named || (parent && OPERATORS.has(parent.type) && cursor.currentFieldName !== null)) {
      const field = parent && WITHOUT_FIELDS.has(parent.type) ? undefined : cursor.currentFieldName;
      entered = new Node(
        tree,
        nodes.length,
        kind.name,
        field ?? undefined,
        cursor.startIndex,
        cursor.endIndex,
        parent,
      );
      nodes.push(entered);
      children[end++] = entered;
    }

    if (
      entered &&
      kind.named &&
      !kind.leaf &&
      !isPlainString(kind, source, entered) &&
      cursor.gotoFirstChild()
    ) {
      parent = entered;
      begins.push(end);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) return finish(tree);
      const begin = begins.pop() ?? 0;
      if (parent && end > begin) parent.children = children.slice(begin, end);
      end = begin;
      parent = parent?.parent;
    }
  }
}

function kindOf(cursor: Cursor): NodeKind {
  const name = cursor.nodeType;
  return { name, named: cursor.nodeIsNamed, leaf: LEAVES.has(name) };
}

/** Strings without interpolation have nothing in them that a rule could ask for. */
function isPlainString(kind: NodeKind, source: string, node: Node): boolean {
  if (kind.name !== 'string') return false;
  for (let at = node.start; at < node.end; at++) {
    const letter = source.charCodeAt(at);
    if (letter === 0x22 || letter === 0x27) return true;
    if ((letter | 0x20) === 0x66 || (letter | 0x20) === 0x74) return false;
  }
  return true;
}

function finish(tree: SyntaxTree): SyntaxTree {
  // Backwards, so that each node's last descendant is known before its parent asks.
  for (let at = tree.nodes.length - 1; at > 0; at--) {
    const node = tree.nodes[at];
    if (node?.parent && node.last > node.parent.last) node.parent.last = node.last;
  }
  return tree;
}
