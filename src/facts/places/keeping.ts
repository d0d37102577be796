/** What is stored where for longer than a statement: in containers, attributes, module names and results. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { keptParts } from './kept-parts.ts';
import type { Place } from './places.ts';
import { Binding } from '../syntax/scopes.ts';

/**
 * How long a place lives: as long as the process, as its object, as something of the caller's, as what the function
 * gives back or stores in turn, or no longer than the call.
 */
export type Span = 'process' | 'object' | 'caller' | 'result' | 'call';

export interface Keeping {
  /** What is stored; the entries of `(path, array[:10])` are one keeping each. */
  readonly part: Node;
  /** The call, statement or comprehension that stores it. */
  readonly node: Node;
  /** Where it is stored; undefined for a comprehension that is given back at once. */
  readonly holder: Place | undefined;
  /** `append`, `[]=`, `=`, `+=`, … as in operations of places; `element` for a comprehension. */
  readonly how: string;
  readonly key: Node | undefined;
  readonly span: Span;
}

const COMPREHENSIONS = /^(list|set|dictionary)_comprehension$/;
/** How far a value is followed from local name to local name. */
const DEPTH = 4;

/** Everything that the file stores, in no particular order. */
export function keepings(file: FileFacts): Keeping[] {
  const destinations = destinationsIn(file);
  const found: Keeping[] = [];
  for (const holder of file.places.all) {
    for (const { kind, how, node, key, value } of holder.operations) {
      if ((kind !== 'grow' && kind !== 'bind') || !value) continue;
      const span = destinations.spanOf(holder);
      for (const part of keptParts(file, value)) found.push({ part, node, holder, how, key, span });
    }
  }
  for (const node of file.tree.nodes) {
    if (!COMPREHENSIONS.test(node.type)) continue;
    const { span, holder } = destinations.destination(node);
    for (const part of keptParts(file, node.child('body'))) {
      found.push({ part, node, holder, how: 'element', key: undefined, span });
    }
  }
  return found;
}

/** How long the value of an expression lives, by where it ends up. */
export function spanOf(file: FileFacts, expression: Node): Span {
  return destinationsIn(file).destination(expression).span;
}

interface Destination {
  readonly span: Span;
  readonly holder: Place | undefined;
}

interface Destinations {
  spanOf(place: Place): Span;
  /** Follows an expression outwards to what keeps it. */
  destination(expression: Node): Destination;
}

const NOWHERE: Destination = { span: 'call', holder: undefined };

function destinationsIn(file: FileFacts): Destinations {
  const known = new Map<Place, Span>();

  function spanOf(place: Place, depth = DEPTH): Span {
    const before = known.get(place);
    if (before) return before;
    // Names that refer to each other end here.
    known.set(place, 'call');
    const span = spanOfRoot(place, depth);
    known.set(place, span);
    return span;
  }

  function spanOfRoot({ root }: Place, depth: number): Span {
    if (!(root instanceof Binding)) return 'object';
    if (root.scope.kind === 'module') return 'process';
    if (root.isParameter) return 'caller';
    const leaves = depth > 0 && root.uses.some((use) => destination(use, depth - 1).span !== 'call');
    return leaves ? 'result' : 'call';
  }

  function destination(expression: Node, depth = DEPTH): Destination {
    let at = expression;
    for (let outer = at.parent; outer; outer = at.parent) {
      if (outer.type === 'return_statement' || outer.type === 'yield') return { ...NOWHERE, span: 'result' };
      if (outer.type === 'assignment') {
        const target = at.field === 'right' ? outer.child('left') : undefined;
        const stored = inPlace(target?.type === 'subscript' ? target.child('value') : target, depth);
        // `self.rows = rows = […]`
        if (stored.span !== 'call' || outer.parent?.type !== 'assignment') return stored;
      } else if (outer.type === 'argument_list') {
        const call = outer.parent as Node;
        if (addsArgument(call)) return inPlace(call.child('function')?.child('object'), depth);
        if (!holdsItsArguments(file, call)) return NOWHERE;
      } else if (!passesOn(outer, at)) return NOWHERE;
      at = outer;
    }
    return NOWHERE;
  }

  function inPlace(expression: Node | undefined, depth: number): Destination {
    const holder = file.places.at(expression);
    return holder ? { span: spanOf(holder, depth), holder } : NOWHERE;
  }

  return { spanOf: (place) => spanOf(place), destination: (expression) => destination(expression) };
}

/** `items.append(value)` and its kin. */
function addsArgument(call: Node): boolean {
  const method = call.child('function')?.child('attribute')?.text ?? '';
  return /^(append|appendleft|add|insert|setdefault|extend|put|put_nowait)$/.test(method);
}

/** Whether the value of the outer expression holds that of the inner one. */
function passesOn(outer: Node, inner: Node): boolean {
  switch (outer.type) {
    case 'parenthesized_expression':
    case 'list':
    case 'tuple':
    case 'set':
    case 'dictionary':
    case 'expression_list':
    case 'list_splat':
    case 'dictionary_splat':
    case 'boolean_operator':
    case 'call':
      return inner.field !== 'function';
    case 'conditional_expression':
      return outer.children[1] !== inner;
    case 'pair':
    case 'keyword_argument':
      return inner.field === 'value';
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
      return inner.field === 'body';
    default:
      return false;
  }
}

const COPIES_ITEMS =
  /^builtins\.(list|tuple|set|frozenset|dict|sorted|reversed|iter|enumerate|zip)$|^collections\.deque$/;

/** Containers, and constructors of other classes. */
function holdsItsArguments(file: FileFacts, call: Node): boolean {
  const callee = call.child('function');
  const name = file.names.qualified(callee) ?? callee?.text ?? '';
  if (COPIES_ITEMS.test(name)) return true;
  return /(^|\.)_*[A-Z]\w*$/.test(name) && !/^(numpy|torch)\./.test(name);
}
