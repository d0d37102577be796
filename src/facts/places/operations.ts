/** What the code around an expression does to the container that the expression denotes. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from './containers.ts';
import type { Names } from '../syntax/names.ts';
import type { Scope } from '../syntax/scopes.ts';

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

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

const GROW = words(
  `append add setdefault update extend insert appendleft extendleft push put put_nowait __setitem__`,
);
/** Methods that take entries out of a container. */
export const SHRINK = words(`
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

/** Whether an operation takes something out of an entry: `place[key].remove(value)`. */
export function takesFromEntry({ inner, kind, how }: Operation): boolean {
  return inner === true && kind === 'read' && (how === 'del' || SHRINK.has(how));
}

type Classified = Omit<Operation, 'scope'>;

/** The operation that an occurrence of a place is part of. */
export function operationOf(expression: Node, names: Names): Classified {
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

/** `place += value` and its kin. */
export function augmented(statement: Node): { kind: OperationKind; how: string; value: Node | undefined } {
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
