/** Which parts of an expression stay alive when its value is stored. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from './containers.ts';
import type { FileFacts } from '../file-facts.ts';

/** Functions whose result holds what they are given. */
const HOLDERS = new Set([
  'functools.partial',
  'functools.partialmethod',
  'functools.cache',
  'types.MethodType',
]);
/** Functions that are called to make such a function: `lru_cache(maxsize=8)(function)`. */
const HOLDER_MAKERS = new Set(['functools.lru_cache', 'functools.wraps']);
const WEAK_REFERENCES = new Set(['weakref.ref', 'weakref.proxy', 'weakref.WeakMethod']);
const HOLDER_NAMES = /(^|[._])(wrap|curry|memoi[sz]e|debounce|throttle)$/;
/** Containers that are made of what a generator yields. */
const COLLECTORS = /^builtins\.(list|tuple|set|frozenset|dict)$|^collections\.(deque|OrderedDict)$/;

/**
 * The value itself, the entries of a list, tuple, set or dict (also of a comprehension), both branches of a
 * conditional, what a `functools.partial` binds, the callback of a weak reference. Results of other calls are parts of their own: what they hold is
 * not known.
 */
export function keptParts(file: FileFacts, value: Node | undefined): Node[] {
  if (!value) return [];
  const outermost = partsInside(file, value);
  if (!outermost) return [value];
  const parts: Node[] = [];
  const pending: Node[] = outermost.toReversed();
  for (let node = pending.pop(); node; node = pending.pop()) {
    const inside = partsInside(file, node);
    if (inside) pending.push(...inside.toReversed());
    else parts.push(node);
  }
  return parts;
}

function partsInside(file: FileFacts, node: Node): readonly Node[] | undefined {
  switch (node.type) {
    case 'parenthesized_expression':
    case 'list':
    case 'tuple':
    case 'set':
    case 'dictionary':
    case 'expression_list':
    case 'list_splat':
    case 'dictionary_splat':
      return node.children;
    case 'conditional_expression':
      return [node.children[0], node.children[2]].filter((part) => part !== undefined);
    case 'boolean_operator':
      return node.children.filter(({ field }) => field === 'left' || field === 'right');
    case 'pair':
    case 'keyword_argument':
    case 'named_expression':
      return node.children.filter(({ field }) => field === 'value');
    case 'assignment':
      return node.children.filter(({ field }) => field === 'right');
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
      return node.children.filter(({ field }) => field === 'body');
    case 'binary_operator':
      return joined(node);
    case 'call':
      return holdsArguments(file, node)
        ? node.child('arguments')?.children
        : (callbackOfWeak(file, node) ?? collected(file, node));
    default:
      return undefined;
  }
}

function holdsArguments(file: FileFacts, call: Node): boolean {
  const callee = call.child('function');
  const name = file.names.qualified(callee);
  if (HOLDERS.has(name ?? '') || HOLDER_NAMES.test(name ?? callee?.text ?? '')) return true;
  return (
    callee?.type === 'call' && HOLDER_MAKERS.has(file.names.callee(callee) ?? '') && hasOneArgument(call)
  );
}

/** What is written out of `(self,) + arguments`; a new tuple or list holds it. */
function joined(node: Node): Node[] | undefined {
  const sides = ['left', 'right'].flatMap((field) => node.child(field) ?? []);
  const written = sides.filter(({ type }) => type === 'tuple' || type === 'list');
  return written.length > 0 && node.child('operator')?.text === '+' ? written : undefined;
}

/** `weakref.ref(item, self.remove)`: a weak reference holds its callback. */
function callbackOfWeak(file: FileFacts, call: Node): Node[] | undefined {
  if (!WEAK_REFERENCES.has(file.names.callee(call) ?? '')) return undefined;
  const callback = positionalArguments(call)[1];
  return callback ? [callback] : undefined;
}

/** `dict((name, self.make(name)) for name in names)` keeps what the generator makes. */
function collected(file: FileFacts, call: Node): Node[] | undefined {
  const [first] = positionalArguments(call);
  const body = first?.type === 'generator_expression' ? first.child('body') : undefined;
  return body && COLLECTORS.test(file.names.callee(call) ?? '') ? [body] : undefined;
}

function hasOneArgument(call: Node): boolean {
  return positionalArguments(call).length === 1;
}
