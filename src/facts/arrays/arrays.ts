/** Arrays of NumPy, tensors of PyTorch, tables of pandas: what makes one, and how large it is known to be. */
import type { Node } from '../../python/node.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { constant } from '../places/large.ts';
import { assignedBefore } from '../places/reaching.ts';

export type ArrayLibrary = 'numpy' | 'torch' | 'pandas';

export interface ArrayFacts {
  readonly library: ArrayLibrary;
  /** Undefined when nothing in the file says so. */
  readonly dimensions?: number | undefined;
  /** The number of elements, where it is written down. */
  readonly elements?: number | undefined;
}

/** How many steps lead from an expression back to what made its array. */
const STEPS = 24;

const words = (list: string): Set<string> => new Set(list.trim().split(/\s+/));

/** Their first argument is the shape. */
const SHAPED = words('zeros ones empty full');
/** Each argument is a dimension. */
const PER_DIMENSION = words('rand randn random.rand random.randn');
const ONE_DIMENSION = words(`
  arange linspace logspace geomspace fromfile frombuffer fromiter fromstring randperm random.permutation
  bincount flatnonzero`);
const TWO_DIMENSIONS = words('eye identity vstack column_stack outer diag');
const NUMPY = words(`
  load loadtxt genfromtxt zeros_like ones_like empty_like full_like copy concatenate stack hstack dstack block
  tile repeat pad roll flip rot90 where sort unique cumsum cumprod diff dot matmul einsum tensordot kron
  sqrt exp log log2 log10 sin cos tan abs absolute clip maximum minimum add subtract multiply divide power square
  nan_to_num interp convolve
  random.random random.randint random.normal random.uniform random.standard_normal random.choice
  random.random_sample random.poisson random.exponential fft.fft fft.ifft fft.fft2 fft.ifft2 fft.rfft fft.irfft`);
const TORCH = words(`
  zeros_like ones_like empty_like full_like rand_like randn_like randint normal cat concat stack hstack vstack
  matmul mm bmm einsum where clone sigmoid tanh relu softmax exp log sqrt abs clamp`);
const READERS =
  /^(cv2\.(imread|imdecode)|imageio(\.v[23])?\.(imread|volread)|skimage\.io\.imread|matplotlib\.(pyplot|image)\.imread|tifffile\.imread|scipy\.ndimage\.(zoom|rotate|gaussian_filter|median_filter)|torchvision\.io\.read_image)$/;

/** Tables that are held in memory as a few large blocks. */
const TABLES = /^pandas\.(read_\w+|DataFrame|Series|concat|merge|json_normalize|date_range)$/;

/** Attributes that give the whole array in another order, or parts of every element. */
const SAME_DATA = words('T mT real imag data iloc loc values');
/** Methods that give an array of as many dimensions. */
const SAME_SHAPE = words(`
  copy clone astype to cpu cuda contiguous float double half int long byte bool detach requires_grad_ fill_ clip
  clamp abs normal_ uniform_ round conj numpy transpose permute swapaxes t`);
/** Methods that give an array of other dimensions. */
const OTHER_SHAPE = words(`
  squeeze unsqueeze reshape view expand repeat tile cumsum cumprod dot matmul take`);

/**
 * What is known of the array that an expression gives, where the array is made right here: followed through local
 * names, methods and arithmetic. Undefined for all else, also for arrays that other code hands in.
 */
export function arrayOf(file: FileFacts, expression: Node | undefined): ArrayFacts | undefined {
  let steps = STEPS;

  function find(at: Node | undefined): ArrayFacts | undefined {
    if (!at || steps-- <= 0) return undefined;
    switch (at.type) {
      case 'identifier':
        return find(assignedBefore(file, at));
      case 'parenthesized_expression':
        return find(at.children[0]);
      case 'named_expression':
        return find(at.child('value'));
      case 'attribute':
        return SAME_DATA.has(at.child('attribute')?.text ?? '') ? find(at.child('object')) : undefined;
      case 'unary_operator':
        return find(at.child('argument'));
      case 'subscript':
        return libraryOnly(find(at.child('value')));
      case 'binary_operator':
        return libraryOnly(find(at.child('left')) ?? find(at.child('right')));
      case 'conditional_expression':
        return libraryOnly(find(at.children[0]) ?? find(at.children[2]));
      case 'call':
        return madeBy(file, at) ?? afterMethod(at);
      default:
        return undefined;
    }
  }

  function afterMethod(call: Node): ArrayFacts | undefined {
    const callee = call.child('function');
    const method = callee?.child('attribute')?.text ?? '';
    if (callee?.type !== 'attribute') return undefined;
    if (method === 'to_numpy') return { library: 'numpy' };
    const isFlattening = method === 'ravel' || method === 'flatten';
    if (!SAME_SHAPE.has(method) && !OTHER_SHAPE.has(method) && !isFlattening) return undefined;
    const array = find(callee.child('object'));
    if (!array) return undefined;
    if (method === 'numpy') return { ...array, library: 'numpy' };
    if (isFlattening) return { ...array, dimensions: 1 };
    if (method === 'reshape' || method === 'view') {
      return { library: array.library, dimensions: shape(positionalArguments(call)).dimensions };
    }
    return SAME_SHAPE.has(method) ? array : libraryOnly(array);
  }

  return find(expression);
}

function libraryOnly(array: ArrayFacts | undefined): ArrayFacts | undefined {
  return array && { library: array.library };
}

/** The array of a call that makes one: `np.load(path)`, `frame.to_numpy()`. */
function madeBy(file: FileFacts, call: Node): ArrayFacts | undefined {
  const name = file.names.callee(call);
  if (name === undefined) return undefined;
  if (TABLES.test(name)) return isInChunks(call) ? undefined : { library: 'pandas' };
  if (READERS.test(name)) return { library: name.startsWith('torch') ? 'torch' : 'numpy' };
  const library = /^(numpy|torch)\./.exec(name)?.[1] as ArrayLibrary | undefined;
  if (!library) return undefined;
  const maker = name.slice(library.length + 1);
  const given = positionalArguments(call);
  // `asarray` of a name is no new array, but the one that the name stands for.
  if (/^(asarray|asanyarray|as_tensor|from_numpy|ascontiguousarray)$/.test(maker)) {
    return given[0]?.type === 'call' ? { library } : undefined;
  }
  if (SHAPED.has(maker))
    return { library, ...shape(library === 'torch' && maker !== 'full' ? given : given.slice(0, 1)) };
  if (PER_DIMENSION.has(maker)) return { library, ...shape(given) };
  if (ONE_DIMENSION.has(maker)) return { library, dimensions: 1, ...counted(maker, given) };
  if (TWO_DIMENSIONS.has(maker)) return { library, dimensions: 2 };
  if (maker === 'array' || maker === 'tensor') return { library, ...writtenOut(given[0]) };
  // What is mapped from a file is not held in memory.
  const isMapped = keywordArgument(call, 'mmap_mode') !== undefined;
  return (library === 'numpy' ? NUMPY : TORCH).has(maker) && !isMapped ? { library } : undefined;
}

/** `zeros((4, n))`, `zeros(4)`, `rand(4, n)`. */
function shape(given: readonly Node[]): Omit<ArrayFacts, 'library'> {
  const [first] = given;
  const isOne = given.length === 1 && (first?.type === 'tuple' || first?.type === 'list');
  const sizes = isOne ? first.children : given;
  // `zeros(shape)` can have any shape, `zeros(512)` and `zeros(2 * n)` have one dimension.
  const isNumber = first?.type === 'integer' || first?.children.some(({ type }) => type === 'integer');
  if (sizes.length === 1 && !isOne && !(isNumber && first?.type !== 'call')) return {};
  if (sizes.some(({ type }) => type === 'list_splat' || type === 'keyword_argument')) return {};
  const numbers = sizes.map(constant);
  const isKnown = numbers.every((number) => number !== undefined);
  return { dimensions: sizes.length, ...(isKnown ? { elements: numbers.reduce((a, b) => a * b, 1) } : {}) };
}

/** `read_csv(path, chunksize=1000)` gives one small table after the other. */
function isInChunks(call: Node): boolean {
  return keywordArgument(call, 'chunksize') !== undefined || keywordArgument(call, 'nrows') !== undefined;
}

function counted(maker: string, given: readonly Node[]): { elements?: number } {
  const size =
    maker === 'arange' && given.length === 1 ? given[0] : maker.endsWith('space') ? given[2] : undefined;
  const elements = constant(size);
  return elements === undefined ? {} : { elements };
}

/** `np.array([1, 2, 3])`: as many elements as are written out. */
function writtenOut(list: Node | undefined): { elements?: number } {
  if (list?.type !== 'list' && list?.type !== 'tuple') return {};
  const parts = list.descendants();
  const isPlain = parts.every(({ type }) => /^(integer|float|list|tuple|unary_operator|-)$/.test(type));
  return isPlain ? { elements: parts.length } : {};
}

/** Whether an import of the file names a library, or a part of it. */
export function importsLibrary(file: FileFacts, library: string): boolean {
  return [...file.nodes('import_statement'), ...file.nodes('import_from_statement')].some((node) =>
    node.children.some((child) => {
      const dotted = child.type === 'aliased_import' ? child.child('name') : child;
      const isModule = node.type === 'import_statement' || child.field === 'module_name';
      return isModule && dotted?.children[0]?.text === library;
    }),
  );
}
