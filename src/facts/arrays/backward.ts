/** What becomes of a tensor that is kept: whether a backward pass may still need it. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { definitionsBefore } from '../places/reaching.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface Fate {
  /** A backward pass starts from it, or from what is computed from it. */
  readonly isBackwarded: boolean;
  /** It is handed to code that may do anything with it. */
  readonly isPassedOn: boolean;
  readonly isReturned: boolean;
  /** Something asks it for what only a tensor has. */
  readonly isUsedAsTensor: boolean;
}

/** How many uses are followed. */
const STEPS = 100;

/** Follows the uses of a place, and of all that is computed from it, without leaving the function of each use. */
export function fateOf(file: FileFacts, place: Place): Fate {
  const fate = { isBackwarded: false, isPassedOn: false, isReturned: false, isUsedAsTensor: false };
  const pending = expressionsOf(file, place);
  const seen = new Set<Node>();
  for (let step = 0; pending.length > 0 && step < STEPS; step++) {
    const use = pending.pop() as Node;
    if (seen.has(use)) continue;
    seen.add(use);
    const end = follow(file, use, () => (fate.isUsedAsTensor = true));
    if (end === 'backward') fate.isBackwarded = true;
    else if (end === 'passed') fate.isPassedOn = true;
    else if (end === 'returned') fate.isReturned = true;
    else pending.push(...end.flatMap((name) => usesOf(file, name)));
  }
  return fate;
}

/** The expressions that read a place. */
function expressionsOf(file: FileFacts, place: Place): Node[] {
  if (place.root instanceof Binding && place.path === '') return [...place.root.uses];
  const name = place.path.split('.').at(-1);
  return file
    .nodes('attribute')
    .filter((node) => node.child('attribute')?.text === name && file.places.at(node) === place);
}

/** Where a name has the value that is bound here; all uses of a container that the value is added to. */
function usesOf(file: FileFacts, name: Node): readonly Node[] {
  const binding = file.binding(name);
  if (!binding) return [];
  if (!file.scopes.binds(name)) return binding.uses;
  const definition = binding.definitions.find(({ node }) => node === name);
  return binding.uses.filter((use) => definitionsBefore(file, use).some((before) => before === definition));
}

/** Where a value ends: in one of these, or in the names (maybe none) that it is bound or added to. */
type End = 'backward' | 'passed' | 'returned' | Node[];

const NUMBER_METHODS = /^(item|tolist|detach|detach_|numpy|data|shape|size|dim|device|dtype)$/;
const ADDING_METHODS =
  /^(append|appendleft|extend|add|insert|setdefault|update|clear|pop|popleft|get|items|values|keys)$/;
const LOOKERS = /^builtins\.(float|int|len|print|isinstance|str|repr|bool|format|type|id|round|callable)$/;
const COMBINERS =
  /^builtins\.(sum|min|max|list|tuple|zip|enumerate|reversed|sorted|iter|abs|filter|map|next)$/;
const REPORTERS =
  /(log|logger|print|write|info|debug|warning|add_scalars?|set_postfix|set_description|report|format)$/i;

/** Climbs from a use to the end of its expression. */
function follow(file: FileFacts, use: Node, asTensor: () => void): End {
  let at = use;
  for (let outer = at.parent; outer; outer = at.parent) {
    switch (outer.type) {
      case 'attribute': {
        if (at.field !== 'object') return [];
        const name = outer.child('attribute')?.text ?? '';
        if (name === 'backward') return 'backward';
        if (ADDING_METHODS.test(name) && at === use) {
          // `losses.values()` gives what is in it; `losses.append(…)` gives nothing.
          if (!/^(pop|popleft|get|items|values)$/.test(name)) return [];
        } else asTensor();
        if (NUMBER_METHODS.test(name)) return [];
        break;
      }
      case 'argument_list': {
        const end = asArgument(file, outer.parent as Node, asTensor);
        if (end) return end;
        break;
      }
      case 'for_statement':
      case 'for_in_clause':
        return at.field === 'right' ? namesIn(outer.child('left')) : [];
      case 'assignment':
      case 'augmented_assignment':
        return at.field === 'right' ? namesIn(outer.child('left')) : [];
      case 'named_expression':
        return namesIn(outer.child('name'));
      case 'return_statement':
      case 'yield':
      case 'lambda':
        return 'returned';
      case 'comparison_operator':
      case 'not_operator':
      case 'interpolation':
      case 'expression_statement':
      case 'block':
      case 'module':
        return [];
      default:
    }
    at = outer;
  }
  return [];
}

/** What a call does with an argument; undefined when its result still depends on it. */
function asArgument(file: FileFacts, call: Node, asTensor: () => void): End | undefined {
  const callee = call.child('function');
  const name = file.names.qualified(callee) ?? callee?.text ?? '';
  if (/backward$/.test(name) || name === 'torch.autograd.grad') return 'backward';
  if (LOOKERS.test(name) || name.startsWith('numpy.')) return [];
  if (COMBINERS.test(name)) return undefined;
  if (name.startsWith('torch.')) {
    asTensor();
    return undefined;
  }
  const method = callee?.type === 'attribute' ? (callee.child('attribute')?.text ?? '') : '';
  if (ADDING_METHODS.test(method)) {
    const container = callee?.child('object');
    return container?.type === 'identifier' ? [container] : [];
  }
  if (REPORTERS.test(name)) return [];
  return 'passed';
}

function namesIn(target: Node | undefined): Node[] {
  if (!target) return [];
  return target.type === 'identifier'
    ? [target]
    : target
        .descendants()
        .filter(
          ({ type, parent }) => type === 'identifier' && /(pattern|list|tuple)/.test(parent?.type ?? ''),
        );
}

/** Calls of `backward()` that start from a value of this very name, in the same function. */
export function backwardsFrom(file: FileFacts, identifier: Node): Node[] {
  const binding = file.binding(identifier);
  const made = definitionsBefore(file, identifier);
  return (binding?.uses ?? []).flatMap((use) => {
    if (file.functionAround(use) !== file.functionAround(identifier)) return [];
    const isSame = definitionsBefore(file, use).some((definition) => made.includes(definition));
    const call = isSame ? backwardCall(file, use) : undefined;
    return call ? [call] : [];
  });
}

/** `loss.backward()`, `(loss / 4).backward()`, `scaler.scale(loss).backward()`, `accelerator.backward(loss)`. */
function backwardCall(file: FileFacts, use: Node): Node | undefined {
  for (let at = use; at.parent && at.parent.type !== 'block'; at = at.parent) {
    if (at.type !== 'call') continue;
    const callee = at.child('function');
    const name = file.names.qualified(callee) ?? callee?.text ?? '';
    if (/(^|[._])backward$/.test(name)) return at;
  }
  return undefined;
}
