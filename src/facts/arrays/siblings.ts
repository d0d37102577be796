/** Entries of dicts that are made for a record: which of them are numbers or detached, and which still have a graph. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { Binding } from '../syntax/scopes.ts';

export interface Entry {
  /** The pair, keyword or assignment. */
  readonly node: Node;
  readonly value: Node;
}

/** Entries of one dict that a function writes, by the dict's name where it has one, else by the dict itself. */
export function recordsIn(file: FileFacts): Entry[][] {
  const found = new Map<Binding | Node, Entry[]>();
  const add = (group: Binding | Node | undefined, node: Node, value: Node | undefined): void => {
    if (!group || !value || isDict(file, value)) return;
    const same = found.get(group);
    if (same) same.push({ node, value });
    else found.set(group, [{ node, value }]);
  };
  for (const node of file.nodes('pair')) add(groupOf(file, node), node, node.child('value'));
  for (const { node: call } of file.calls.to('builtins.dict')) {
    for (const node of call.child('arguments')?.children ?? []) {
      if (node.type === 'keyword_argument') add(groupOf(file, node), node, node.child('value'));
    }
  }
  for (const node of file.nodes('assignment')) {
    const left = node.child('left');
    const container = left?.type === 'subscript' ? left.child('value') : undefined;
    if (container?.type === 'identifier') add(file.binding(container), node, node.child('right'));
  }
  return [...found.values()];
}

function isDict(file: FileFacts, value: Node): boolean {
  return value.type === 'dictionary' || file.names.callee(value) === 'builtins.dict';
}

/** The name of the outermost dict around an entry: of `stats = dict(loss=dict(total=…))` and `stats.update({…})`. */
function groupOf(file: FileFacts, entry: Node): Binding | Node | undefined {
  let dict: Node | undefined;
  for (let at = entry.parent; at; at = at.parent) {
    if (isDict(file, at)) dict = at;
    else if (!/^(argument_list|pair|keyword_argument)$/.test(at.type)) break;
  }
  const outer = dict?.parent;
  if (outer?.type === 'assignment') {
    const left = outer.child('left');
    if (left?.type === 'identifier') return file.binding(left) ?? dict;
  }
  const callee = outer?.type === 'argument_list' ? outer.parent?.child('function') : undefined;
  const updated = callee?.child('attribute')?.text === 'update' ? callee.child('object') : undefined;
  return (updated?.type === 'identifier' ? file.binding(updated) : undefined) ?? dict;
}

const KEEPS_GRAPH =
  /^(mean|sum|cpu|cuda|float|double|half|to|clone|squeeze|unsqueeze|view|reshape|flatten|max|min|abs|exp|log|neg|pow|sqrt|norm|std|var)$/;

/** The names that a value is made of by arithmetic and methods that keep its graph: `nll` of `nll.cpu().mean()`. */
export function tensorNames(value: Node | undefined): Node[] {
  switch (value?.type) {
    case 'identifier':
      return [value];
    case 'parenthesized_expression':
      return tensorNames(value.children[0]);
    case 'unary_operator':
      return tensorNames(value.child('argument'));
    case 'binary_operator':
      return [...tensorNames(value.child('left')), ...tensorNames(value.child('right'))];
    case 'call': {
      const callee = value.child('function');
      const method = callee?.type === 'attribute' ? (callee.child('attribute')?.text ?? '') : '';
      return KEEPS_GRAPH.test(method) ? tensorNames(callee?.child('object')) : [];
    }
    default:
      return [];
  }
}

/** How many uses are followed from a name to the loss. */
const STEPS = 100;
const LOSS = /(^|_)(loss|losses|objective|elbo)\d*(_|$)/i;
const ENDS_GRAPH = /^(item|tolist|detach|detach_|numpy|data|shape|size|dim|device|dtype|argmax|argmin|ndim)$/;
const NO_GRADIENT =
  /(^|\.)(gt|lt|ge|le|eq|ne|argmax|argmin|sign|round|isnan|isinf|len|float|int|print|append|update|log|info|debug|dict|isinstance)$/;

/** Whether the value of a name becomes part of a loss that its function gives back or starts a backward pass from. */
export function reachesLoss(file: FileFacts, identifier: Node): boolean {
  const first = file.binding(identifier);
  const pending = first ? [first] : [];
  const seen = new Set<Binding>(pending);
  for (let steps = 0; pending.length > 0 && steps < STEPS;) {
    const binding = pending.pop() as Binding;
    for (const use of binding.uses) {
      if (steps++ > STEPS) return false;
      const end = endOf(file, use);
      if (end === 'loss') return true;
      const next = end && file.binding(end);
      if (next && next.scope === binding.scope && !seen.has(next)) {
        seen.add(next);
        pending.push(next);
      }
    }
  }
  return false;
}

/** The name that a use is bound to, or that it is given back as a loss. */
function endOf(file: FileFacts, use: Node): Node | 'loss' | undefined {
  let at = use;
  for (let outer = at.parent; outer; outer = at.parent) {
    switch (outer.type) {
      case 'attribute': {
        const name = outer.child('attribute')?.text ?? '';
        if (name === 'backward') return 'loss';
        if (ENDS_GRAPH.test(name)) return undefined;
        break;
      }
      case 'argument_list': {
        const callee = outer.parent?.child('function');
        const name = file.names.qualified(callee) ?? callee?.text ?? '';
        if (/(^|[._])backward$/.test(name)) return 'loss';
        if (NO_GRADIENT.test(name)) return undefined;
        break;
      }
      case 'return_statement':
        return LOSS.test(use.text) || LOSS.test(file.functionAround(use)?.name ?? '') ? 'loss' : undefined;
      case 'assignment':
      case 'augmented_assignment': {
        const left = at.field === 'right' ? outer.child('left') : undefined;
        return left?.type === 'identifier' ? left : undefined;
      }
      case 'pair':
      case 'dictionary':
      case 'subscript':
      case 'comparison_operator':
      case 'not_operator':
      case 'block':
      case 'module':
        return undefined;
      default:
    }
    at = outer;
  }
  return undefined;
}
