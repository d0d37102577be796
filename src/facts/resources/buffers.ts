/** Buffers on the C heap, and whether a loop makes them in many sizes. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { constant } from '../places/large.ts';
import { Binding } from '../syntax/scopes.ts';

/** Their first argument is the size. */
const SIZED =
  /^(builtins\.(bytes|bytearray)|os\.urandom|random\.randbytes|secrets\.token_bytes|ctypes\.create_string_buffer)$/;
/** The size follows from what they are given. */
const SERIALISED =
  /^(zlib|gzip|bz2|lzma)\.compress$|^(pickle|marshal|json|msgpack|orjson)\.(dumps|packb)$|^base64\.b64encode$/;
const METHODS = /^(read_bytes|read_text)$/;
/** Calls that give another number each time. */
const RANDOM = /(rand(int|range|om)?|uniform|choice|gauss|expovariate)$/;
/** Fewer than this leave no holes to speak of. */
const MANY = 1000;

/**
 * Whether an expression makes a buffer whose size differs from round to round of a loop or comprehension.
 *
 * @param loop the loop or comprehension; the size depends on a name that is bound in it, or on a call
 */
export function variesInSize(file: FileFacts, expression: Node, loop: Node): boolean {
  const size = sizeOf(file, expression);
  if (!size || constant(size) !== undefined) return false;
  return [size, ...size.descendants()].some((part) =>
    part.type === 'identifier'
      ? isBoundIn(file, part, loop)
      : part.type === 'call' && RANDOM.test(calledName(part)),
  );
}

function calledName(call: Node): string {
  return call.child('function')?.text ?? '';
}

/** The part of an expression that the size of the buffer depends on. */
function sizeOf(file: FileFacts, expression: Node): Node | undefined {
  if (expression.type === 'binary_operator') return repeatedSize(expression);
  if (expression.type !== 'call') return undefined;
  const name = file.names.callee(expression) ?? '';
  const [first] = positionalArguments(expression);
  if (SIZED.test(name)) return first;
  const callee = expression.child('function');
  const method = callee?.type === 'attribute' ? (callee.child('attribute')?.text ?? '') : '';
  return SERIALISED.test(name) ? first : METHODS.test(method) ? expression : undefined;
}

/** `b"\\0" * size`, `line.encode() * 8`: a text or bytes, repeated. */
function repeatedSize(product: Node): Node | undefined {
  if (product.child('operator')?.text !== '*') return undefined;
  const [left, right] = [product.child('left'), product.child('right')];
  const isText = (side: Node | undefined) =>
    side?.type === 'string' ||
    (side?.type === 'call' && side.child('function')?.child('attribute')?.text === 'encode');
  return isText(left) || isText(right) ? product : undefined;
}

function isBoundIn(file: FileFacts, identifier: Node, loop: Node): boolean {
  const binding = file.binding(identifier);
  return binding instanceof Binding && binding.definitions.some(({ node }) => loop.contains(node));
}

/** Whether a loop or comprehension may make many rounds: not over a few literals or a short range. */
export function isLong(file: FileFacts, loop: Node): boolean {
  const clauses =
    loop.type === 'for_statement' ? [loop] : loop.children.filter(({ type }) => type === 'for_in_clause');
  const rounds = clauses.map((clause) => roundsOf(file, clause.child('right')));
  return (
    rounds.some((count) => count === undefined) ||
    rounds.reduce<number>((all, count) => all * (count ?? 1), 1) >= MANY
  );
}

/** The number of rounds over an iterable, when it is written down. */
export function roundsOf(file: FileFacts, iterable: Node | undefined): number | undefined {
  if (iterable?.type === 'list' || iterable?.type === 'tuple') return iterable.children.length;
  if (file.names.callee(iterable) !== 'builtins.range') return undefined;
  const limits = positionalArguments(iterable).map(constant);
  if (limits.some((limit) => limit === undefined)) return undefined;
  const [start, stop, step] =
    limits.length === 1 ? [0, limits[0], 1] : [limits[0], limits[1], limits[2] ?? 1];
  return Math.max(0, Math.ceil(((stop ?? 0) - (start ?? 0)) / (step || 1)));
}
