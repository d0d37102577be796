/** Running totals and collections: places that get more with every step of a loop, or with every call. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround } from '../syntax/flow.ts';
import { keepings, type Keeping } from '../places/keeping.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface Accumulation {
  readonly holder: Place;
  readonly sort: 'total' | 'members';
  /** What is added: `loss` in `total = total + loss` and in `losses.append(loss)`. */
  readonly value: Node;
  /** The call, statement or comprehension that adds it. */
  readonly node: Node;
  /** Of an entry in a mapping. */
  readonly key: Node | undefined;
}

/** All of them in the file by their holder, except where other code empties it or sets it anew. */
export function accumulations(file: FileFacts): Map<Place, Accumulation[]> {
  const found = new Map<Place, Accumulation[]>();
  const resets = new Map<Place, readonly Operation[]>();
  let byName: Map<string, Place[]> | undefined;
  for (const keeping of keepings(file)) {
    const { holder, how, node } = keeping;
    const added = holder && addedBy(file, holder, keeping);
    if (!added || !isRepeated(file, holder, keeping)) continue;
    if (!resets.has(holder)) {
      byName ??= placesByName(file);
      // What is an attribute of some object here may be one of `self` there.
      const same = isOfObject(holder) ? (byName.get(lastName(holder)) ?? []) : [holder];
      resets.set(holder, same.flatMap((place) => place.of('shrink', 'bind')).filter(mayReset));
    }
    if (resets.get(holder)?.some((operation) => isElsewhere(operation, keeping.part))) continue;
    const key = how === '[]=' || how === 'setdefault' ? keeping.key : undefined;
    const adding = node.type === 'identifier' ? (node.parent ?? node) : node;
    const same = found.get(holder) ?? [];
    same.push({ holder, ...added, node: adding, key });
    found.set(holder, same);
  }
  return found;
}

function isOfObject({ root, path }: Place): boolean {
  return root instanceof Binding && path !== '';
}

function lastName({ path }: Place): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function placesByName(file: FileFacts): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const place of file.places.all) {
    if (place.path === '') continue;
    const same = found.get(lastName(place));
    if (same) same.push(place);
    else found.set(lastName(place), [place]);
  }
  return found;
}

/** Undefined for what replaces the value of before. */
function addedBy(
  file: FileFacts,
  holder: Place,
  { how, key, part }: Keeping,
): Pick<Accumulation, 'sort' | 'value'> | undefined {
  const container = file.places.container(holder);
  const member = { sort: 'members', value: part } as const;
  if (container?.growth === 'weak' || container?.kind === 'queue') return undefined;
  if (/^(element|append|appendleft|extend|insert)$/.test(how)) return member;
  if (how === 'add' || how === 'setdefault') return container && member;
  // A literal key is one entry, however often.
  if (how === '[]=') return container && key && !/^(string|integer)$/.test(key.type) ? member : undefined;
  // `totals["loss"] += loss`
  if (how === '[]+=') return { sort: 'total', value: part };
  if (how === '+=') return container ? member : { sort: 'total', value: part };
  const value = how === '=' ? addend(file, holder, part) : undefined;
  return value && { sort: 'total', value };
}

const JOINERS = /^torch\.(cat|concat|concatenate|stack|hstack|vstack)$/;

/** The `loss` of `total + loss`, `0.9 * total + loss`, `(total * n + loss) / n` and `torch.cat([total, loss])`. */
function addend(file: FileFacts, holder: Place, sum: Node | undefined): Node | undefined {
  if (sum?.type === 'parenthesized_expression') return addend(file, holder, sum.children[0]);
  if (sum?.type === 'call' && JOINERS.test(file.names.callee(sum) ?? '')) {
    const joined = positionalArguments(sum)[0]?.children ?? [];
    const others = joined.filter((part) => file.places.at(part) !== holder);
    return others.length < joined.length ? others[0] : undefined;
  }
  if (sum?.type !== 'binary_operator') return undefined;
  const operator = sum.child('operator')?.text;
  const [left, right] = [sum.child('left'), sum.child('right')];
  if (operator === '*' || operator === '/') return addend(file, holder, left) ?? addend(file, holder, right);
  if (operator !== '+' && operator !== '-') return undefined;
  if (isScaled(file, holder, left)) return right;
  if (isScaled(file, holder, right)) return left;
  return addend(file, holder, left) ?? addend(file, holder, right);
}

/** `total`, `0.9 * total`, `total / n`. */
function isScaled(file: FileFacts, holder: Place, node: Node | undefined): boolean {
  if (node?.type === 'parenthesized_expression') return isScaled(file, holder, node.children[0]);
  if (node?.type === 'binary_operator' && /^[*/]$/.test(node.child('operator')?.text ?? '')) {
    return isScaled(file, holder, node.child('left')) || isScaled(file, holder, node.child('right'));
  }
  return node !== undefined && file.places.at(node) === holder;
}

/** A name of the same function needs a loop that does not set it anew; all else is there for the next call. */
function isRepeated(file: FileFacts, { root, path }: Place, { how, part }: Keeping): boolean {
  const frame = file.scopes.at(part).nearest('function', 'lambda', 'module');
  if (how === 'element' || !(root instanceof Binding) || path !== '' || root.scope !== frame) return true;
  const [loop] = loopsAround(part);
  if (!loop) return false;
  return !root.definitions.some(({ kind, node }) => {
    const statement = node.closest('assignment', 'block');
    return kind === 'assignment' && loop.contains(node) && !statement?.contains(part);
  });
}

/** Trimming to the last entries, such as `del items[:-50]`, lets the rest accumulate. */
function mayReset({ kind, how, key, scope }: Operation): boolean {
  const isTrim = how === '[:]=' || (how === 'del' && key?.type === 'slice' && key.text !== ':');
  if (kind === 'shrink') return !isTrim;
  const inside = scope.nearest('function');
  return inside !== undefined && inside.name !== '__init__';
}

/** A `clear()` counts wherever it stands, a new value only in another function. */
function isElsewhere({ kind, scope }: Operation, part: Node): boolean {
  return kind === 'shrink' || !scope.nearest('function')?.node.contains(part);
}
