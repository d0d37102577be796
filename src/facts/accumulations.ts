/** Running totals and collections: places that get more with every step of a loop, or with every call. */
import type { Node } from '../python/node.ts';
import type { FileFacts } from './file-facts.ts';
import { loopsAround } from './flow.ts';
import { keepings, type Keeping } from './keeping.ts';
import type { Operation } from './operations.ts';
import type { Place } from './places.ts';
import { Binding } from './scopes.ts';

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
  for (const keeping of keepings(file)) {
    const { holder, how, node } = keeping;
    const added = holder && addedBy(file, holder, keeping);
    if (!added || !isRepeated(file, holder, keeping)) continue;
    if (!resets.has(holder)) resets.set(holder, holder.of('shrink', 'bind').filter(mayReset));
    if (resets.get(holder)?.some((operation) => isElsewhere(operation, keeping.part))) continue;
    const key = how === '[]=' || how === 'setdefault' ? keeping.key : undefined;
    const adding = node.type === 'identifier' ? (node.parent ?? node) : node;
    const same = found.get(holder) ?? [];
    same.push({ holder, ...added, node: adding, key });
    found.set(holder, same);
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
  if (how === '+=') return container ? member : { sort: 'total', value: part };
  const value = how === '=' ? addend(file, holder, part) : undefined;
  return value && { sort: 'total', value };
}

/** The `loss` of `total + loss`. */
function addend(file: FileFacts, holder: Place, sum: Node): Node | undefined {
  if (sum.type !== 'binary_operator' || sum.child('operator')?.text !== '+') return undefined;
  const [left, right] = [sum.child('left'), sum.child('right')];
  if (file.places.at(left) === holder) return right;
  return file.places.at(right) === holder ? left : undefined;
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
