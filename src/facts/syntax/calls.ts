/** All calls of a file, found by what they call. */
import type { Node, SyntaxTree } from '../../python/node.ts';
import type { Names } from './names.ts';

export interface Call {
  readonly node: Node;
  /** The last part of what is called: `register` of `atexit.register(…)` and of `register(…)`. */
  readonly name: string;
  /** What the method is called on: `bus.events` of `bus.events.connect(…)`. */
  readonly receiver: Node | undefined;
}

export interface Calls {
  readonly all: readonly Call[];
  /** Calls whose last part is one of the names, in document order for each name. */
  named(...names: string[]): readonly Call[];
  /** Calls of what has one of the full dotted names, through imports and aliases: `to('atexit.register')`. */
  to(...qualified: string[]): readonly Call[];
}

export function callsOf(tree: SyntaxTree, names: Names): Calls {
  const all: Call[] = [];
  const byName = new Map<string, Call[]>();
  for (const node of tree.nodes) {
    if (node.type !== 'call') continue;
    const callee = node.child('function');
    const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
    const call = { node, name, receiver: callee?.type === 'attribute' ? callee.child('object') : undefined };
    all.push(call);
    push(byName, name, call);
  }

  let byQualified: Map<string, Call[]> | undefined;
  function resolve(): Map<string, Call[]> {
    const found = new Map<string, Call[]>();
    for (const call of all) {
      const qualified = names.callee(call.node);
      if (qualified) push(found, qualified, call);
    }
    return found;
  }

  return {
    all,
    named: (...wanted) => wanted.flatMap((name) => byName.get(name) ?? []),
    to(...wanted) {
      byQualified ??= resolve();
      return wanted.flatMap((name) => byQualified?.get(name) ?? []);
    },
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const same = map.get(key);
  if (same) same.push(value);
  else map.set(key, [value]);
}
