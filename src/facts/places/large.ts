/** Expressions that make something large: files read whole, tables, arrays, models, big buffers. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from './containers.ts';
import type { FileFacts } from '../file-facts.ts';

/** Bytes or items from which a constant size counts as large. */
const LARGE = 100_000;

const READERS =
  /^(pandas\.read_\w+|polars\.(read|scan)_\w+|numpy\.(load|fromfile|loadtxt|genfromtxt|memmap)|torch\.load|json\.loads?|pickle\.loads?|yaml\.\w*load\w*|tomllib\.loads?|xml\.etree\.ElementTree\.parse|joblib\.load|cv2\.imread|PIL\.Image\.open)$/;
const SIZED =
  /^(numpy|torch)\.(zeros|ones|empty|full|arange|linspace|eye|identity|rand|randn|random\.\w+|tile|repeat)$|^builtins\.(bytes|bytearray|list|range|tuple|set)$|^os\.urandom$/;
const READING_METHODS = [
  'read',
  'read_text',
  'read_bytes',
  'readlines',
  'fetchall',
  'to_numpy',
  'from_pretrained',
  'getvalue',
];
/** Methods whose result is about as large as what they are called on. */
const KEEPS_SIZE =
  /^(splitlines|split|decode|encode|copy|astype|reshape|ravel|flatten|tolist|to_list|to_dict|to|cpu|cuda|numpy|strip|replace|lower|upper|dropna|reset_index|sort_values|transpose)$/;

/** What makes the value large, as one would write it: `pd.read_csv`, `bytearray`. Undefined when nothing says so. */
export function largeProducer(file: FileFacts, value: Node | undefined): string | undefined {
  let at = value;
  while (at?.type === 'await' || at?.type === 'parenthesized_expression') at = at.children[0];
  if (at?.type !== 'call') return undefined;
  const callee = at.child('function');
  const name = file.names.qualified(callee) ?? '';
  if (READERS.test(name)) return callee?.text;
  if (SIZED.test(name)) return isLargeSize(file, at) ? callee?.text : undefined;
  if (callee?.type !== 'attribute') return undefined;
  const method = callee.child('attribute')?.text ?? '';
  // `read(80)` asks for a piece.
  if (READING_METHODS.includes(method) && positionalArguments(at).length === 0) return callee.text;
  if (method === 'from_pretrained') return callee.text;
  return KEEPS_SIZE.test(method) ? largeProducer(file, callee.child('object')) : undefined;
}

/** `zeros((4096, 4096))`, `bytearray(64 * 1024 * 1024)`, `list(range(5_000_000))`. */
function isLargeSize(file: FileFacts, call: Node): boolean {
  const [size] = positionalArguments(call);
  if (!size) return false;
  if (size.type === 'call') {
    return file.names.callee(size) === 'builtins.range' && positionalArguments(size).some(isLargeNumber);
  }
  if (size.type === 'tuple' || size.type === 'list') {
    const sizes = size.children.map(constant);
    return sizes.every((number) => number !== undefined) && sizes.reduce((a, b) => a * b, 1) >= LARGE;
  }
  return isLargeNumber(size);
}

function isLargeNumber(expression: Node): boolean {
  return (constant(expression) ?? 0) >= LARGE;
}

/** The value of an integer expression of literals. */
export function constant(expression: Node | undefined): number | undefined {
  if (expression?.type === 'integer') return Number(expression.text.replaceAll('_', ''));
  if (expression?.type === 'parenthesized_expression') return constant(expression.children[0]);
  if (expression?.type !== 'binary_operator') return undefined;
  const left = constant(expression.child('left'));
  const right = constant(expression.child('right'));
  if (left === undefined || right === undefined) return undefined;
  switch (expression.child('operator')?.text) {
    case '*':
      return left * right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '**':
      return left ** right;
    case '<<':
      return left * 2 ** right;
    default:
      return undefined;
  }
}
