/** Views: slices of arrays that share the memory of the whole. A view keeps all of its base alive. */
import type { Node } from '../../python/node.ts';
import { arrayOf, type ArrayFacts } from './arrays.ts';
import type { FileFacts } from '../file-facts.ts';
import { isInteger } from '../syntax/integers.ts';
import { spanOf } from '../places/keeping.ts';
import { assignedBefore, definitionsBefore } from '../places/reaching.ts';
import type { Binding, Definition } from '../syntax/scopes.ts';

export interface View {
  /** The subscript that takes a part of the array. */
  readonly slice: Node;
  /** The array that the slice is taken from, as it is written there. */
  readonly base: Node;
  readonly array: ArrayFacts;
  /** The expression that made the array. */
  readonly maker: Node;
  /** The local names that the whole array goes by, and the definitions that gave it to them. */
  readonly names: readonly Binding[];
  readonly definitions: readonly Definition[];
}

/** How many names and methods lead from an expression to the slice, and from there to the maker. */
const STEPS = 24;

/** Attributes and methods whose result shares the memory of their object, whatever its layout. */
const SHARING =
  /^(T|mT|real|imag|data|view|iloc|loc|values|transpose|swapaxes|squeeze|unsqueeze|permute|expand|detach|numpy|diagonal|t)$/;

/**
 * The view that an expression gives, where it takes a part of an array that is made in the same function. Undefined
 * for copies: an index by a list or a mask, arithmetic, `.copy()`; and for the whole array in another order.
 */
export function partialView(file: FileFacts, expression: Node | undefined): View | undefined {
  let at = expression;
  let slice: Node | undefined;
  const names: Binding[] = [];
  const definitions: Definition[] = [];
  for (let step = 0; at && step < STEPS; step++) {
    const next = sharing(file, at);
    if (!next) break;
    if (slice && at.type === 'identifier') {
      names.push(file.binding(at) as Binding);
      definitions.push(...definitionsBefore(file, at));
    }
    if (!slice && at.type === 'subscript' && takesPart(file, at)) slice = at;
    at = next;
  }
  const base = slice?.child('value');
  const array = arrayOf(file, base);
  return slice && base && array && at ? { slice, base, array, maker: at, names, definitions } : undefined;
}

/** The expression that an expression shares its memory with. */
function sharing(file: FileFacts, at: Node): Node | undefined {
  switch (at.type) {
    case 'identifier':
      return assignedBefore(file, at);
    case 'parenthesized_expression':
      return at.children[0];
    case 'attribute':
      return SHARING.test(at.child('attribute')?.text ?? '') ? at.child('object') : undefined;
    case 'subscript':
      return indexing(file, at) ? at.child('value') : undefined;
    case 'call': {
      const callee = at.child('function');
      const isShared = callee?.type === 'attribute' && SHARING.test(callee.child('attribute')?.text ?? '');
      return isShared ? callee.child('object') : undefined;
    }
    default:
      return undefined;
  }
}

interface Indexing {
  readonly integers: number;
  readonly hasSlices: boolean;
  /** A slice leaves out more than a few elements at the ends. */
  readonly isPartial: boolean;
}

/** What a basic index selects; undefined for an index by a list, a mask or something unknown, which may copy. */
function indexing(file: FileFacts, subscript: Node): Indexing | undefined {
  const indices = subscript.children.filter(({ field }) => field === 'subscript');
  const slices = indices.filter(({ type }) => type === 'slice');
  const rest = indices.filter(({ type }) => !/^(slice|ellipsis|none)$/.test(type));
  if (indices.length === 0 || !rest.every((index) => isInteger(file, index))) return undefined;
  return {
    integers: rest.length,
    hasSlices: rest.length < indices.length,
    isPartial: slices.some((slice) => leavesOutMuch(slice)),
  };
}

function takesPart(file: FileFacts, subscript: Node): boolean {
  const index = indexing(file, subscript);
  if (!index) return false;
  if (index.integers === 0) return index.isPartial;
  if (index.hasSlices) return true;
  // As many integers as dimensions give a number, in NumPy; in PyTorch that too is a view.
  const array = arrayOf(file, subscript.child('value'));
  return array?.library === 'torch' || (array?.dimensions ?? 0) > index.integers;
}

/** `[:10]`, `[-10:]`, `[a:b]`, `[::4]`; not `[:]`, `[1:]`, `[:-1]`, `[::-1]`. */
function leavesOutMuch(slice: Node): boolean {
  const { start, stop, step } = sliceParts(slice);
  if (step && !/^-?1$/.test(step.text)) return true;
  if (stop && !isNegative(stop)) return true;
  return start !== undefined && start.type !== 'integer';
}

function isNegative(index: Node): boolean {
  return index.text.startsWith('-');
}

/** The parts of `start:stop:step`; those that are left out are undefined. */
export function sliceParts(slice: Node): { start?: Node; stop?: Node; step?: Node } {
  const parts: Record<number, Node> = {};
  for (const child of slice.children) {
    // Colons outside of the parts before this one.
    const before = slice.children.slice(0, slice.children.indexOf(child));
    const inner = before.reduce((colons, { text }) => colons + colonsIn(text), 0);
    parts[colonsIn(slice.text.slice(0, child.start - slice.start)) - inner] = child;
  }
  return {
    ...(parts[0] ? { start: parts[0] } : {}),
    ...(parts[1] ? { stop: parts[1] } : {}),
    ...(parts[2] ? { step: parts[2] } : {}),
  };
}

function colonsIn(text: string): number {
  return text.split(':').length - 1;
}

export interface Usage {
  /** Whether the whole array is stored or given back as well, so that a view of it costs nothing more. */
  isKeptWhole(view: View): boolean;
  /** Whether the array may be changed after a node: assigned into, worked on in place, handed to other code. */
  isWrittenAfter(view: View, node: Node): boolean;
}

/** What a file does with the arrays behind views. Each name is looked through once. */
export function usageOf(file: FileFacts): Usage {
  const seen = new Set<Binding>();
  const keptWhole = new Set<Definition>();
  const lastWrite = new Map<Definition, number>();

  function look(binding: Binding): void {
    if (seen.has(binding)) return;
    seen.add(binding);
    for (const use of binding.uses) {
      const isKept = spanOf(file, use) !== 'call';
      const isWritten = writes(use);
      if (!isKept && !isWritten) continue;
      for (const definition of definitionsBefore(file, use)) {
        if (isKept) keptWhole.add(definition);
        if (isWritten) lastWrite.set(definition, use.index);
      }
    }
    let standing: Definition | undefined;
    for (const definition of binding.definitions) {
      if (definition.kind !== 'augmented') standing = definition;
      else if (standing)
        lastWrite.set(standing, Math.max(lastWrite.get(standing) ?? 0, definition.node.index));
    }
  }

  return {
    isKeptWhole({ definitions, names }) {
      names.forEach(look);
      return definitions.some((definition) => keptWhole.has(definition));
    },
    isWrittenAfter({ definitions, names }, node) {
      names.forEach(look);
      return definitions.some((definition) => (lastWrite.get(definition) ?? 0) > node.last);
    },
  };
}

const WRITING_METHODS = /^(sort|fill|put|partition|resize|itemset|setfield|byteswap|\w+_)$/;

function writes(use: Node): boolean {
  const { parent } = use;
  switch (parent?.type) {
    case 'argument_list':
    case 'keyword_argument':
    case 'assignment':
      return true;
    case 'subscript':
      return parent.field === 'left';
    case 'attribute':
      return WRITING_METHODS.test(parent.child('attribute')?.text ?? '');
    default:
      return false;
  }
}
