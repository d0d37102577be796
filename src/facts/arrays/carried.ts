/** State that a call takes and gives back: `output, hidden = rnn(inputs, hidden)`. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround } from '../syntax/flow.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface Carried {
  readonly node: Node;
  /** The target that carries it, such as `self.hidden`. */
  readonly state: Node;
  readonly place: Place;
  /** The call that takes the state and gives it back. */
  readonly call: Node;
}

/** Assignments whose call takes what they assign. */
export function carriedStates(file: FileFacts): Carried[] {
  return file.nodes('assignment').flatMap((node) => {
    const call = node.child('right');
    if (call?.type !== 'call') return [];
    const given = (call.child('arguments')?.children ?? []).flatMap(partsOf);
    return partsOf(node.child('left')).flatMap((state) => {
      const place =
        state.type === 'identifier' || state.type === 'attribute' ? file.places.at(state) : undefined;
      const isTaken = place !== undefined && given.some((part) => part.text === state.text);
      return isTaken ? [{ node, state, place, call }] : [];
    });
  });
}

/** The names of `output, (hidden, cell)`. */
function partsOf(node: Node | undefined): Node[] {
  if (!node) return [];
  if (node.type === 'keyword_argument') return partsOf(node.child('value'));
  const isList =
    /^(pattern_list|tuple_pattern|list_pattern|tuple|list|expression_list|parenthesized_expression)$/.test(
      node.type,
    );
  return isList ? node.children.flatMap(partsOf) : [node];
}

/** The loop over which a local name keeps its value: nothing in it sets the name anew, but for the calls that carry it. */
export function loopThatCarries({ node, place }: Carried): Node | undefined {
  const { root } = place;
  if (!(root instanceof Binding)) return undefined;
  return loopsAround(node)
    .filter((loop) =>
      root.definitions.every(({ node: name, kind }) => {
        if (kind === 'annotation' || !loop.contains(name)) return true;
        const statement = name.closest('assignment', 'block');
        const right = statement?.type === 'assignment' ? statement.child('right') : undefined;
        return right?.type === 'call' && !DETACHES.test(right.text) && mentions(right, root.name);
      }),
    )
    .at(-1);
}

/** `hidden.detach()`, `repackage_hidden(hidden)`, `tuple(part.data for part in hidden)`. */
const DETACHES = /detach|\.data\b|repackage|no_grad|zeros|init_\w*\(|truncate/;

function mentions(expression: Node, name: string): boolean {
  return expression.descendants().some((node) => node.type === 'identifier' && node.text === name);
}

/** Whether something in a region detaches a name: `hidden.detach_()`, `for part in hidden: part.detach_()`. */
export function isDetachedIn(region: Node, name: string): boolean {
  const code = region.text.replace(/#[^\n]*/g, '');
  return new RegExp(
    `\\b${name}\\b[^\\n]*(detach|\\.data\\b)|(detach|repackage)\\w*\\([^\\n]*\\b${name}\\b`,
  ).test(code);
}
