/** Maps that outlive the calls which fill them, and from which nothing in the file takes an entry again. */
import type { Container } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { lineageOf } from '../places/instances.ts';
import { copiesDefaults, heirsOf, isFirstBinding } from './long-lived.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

/** What a map lives as long as: the process, its object, or the function that was made over it. */
export type Life = 'process' | 'instance' | 'closure';

export interface KeyedMap {
  readonly place: Place;
  readonly container: Container;
  readonly life: Life;
  /** Other code gets hold of it, and may take entries out. */
  readonly escapes: boolean;
}

/** The dicts and sets of a file without a bound that only grow, whoever owns them. */
export function keyedMaps(file: FileFacts): KeyedMap[] {
  return file.once(findMaps);
}

function findMaps(file: FileFacts): KeyedMap[] {
  const taken = namesTakenFromOutside(file);
  return file.places.all.flatMap((place) => {
    const container = file.places.container(place);
    if (container?.growth !== 'open' || !(container.kind === 'dict' || container.kind === 'set')) return [];
    const life = lifeOf(place);
    if (!life || taken.has(lastName(place)) || isKeptSmall(file, place)) return [];
    const escapes = place.of('escape').some(({ how }) => how !== 'yield');
    return [{ place, container, life, escapes }];
  });
}

/** The last part of a place's label: `locks` of `Pool.locks`, of `self.pool.locks` and of the name `locks`. */
function lastName({ root, path }: Place): string {
  return path.split('.').at(-1) || (root instanceof Binding ? root.name : '');
}

/** Names from which something is removed through another object: `pool.locks.pop(key)`, `del self.pool.locks[key]`. */
function namesTakenFromOutside(file: FileFacts): Set<string> {
  const names = new Set<string>();
  for (const place of file.places.all) {
    const isOutside = place.path.includes('.') || (place.root instanceof Binding && place.path !== '');
    if (isOutside && place.operations.some(takes)) names.add(lastName(place));
  }
  return names;
}

/** Removes entries, or asks how many there are. */
export function takes({ kind, how }: Operation): boolean {
  return kind === 'shrink' || kind === 'guard' || (kind === 'bind' && how === '[:]=');
}

const BIRTHS =
  /^(__init__|__new__|__post_init__|__attrs_post_init__|__setstate__|__init_subclass__|_*init\w*|_*set_?up\w*|_*build\w*)$/i;

export function lifeOf(place: Place): Life | undefined {
  const { root, path } = place;
  const births = place.operations.filter(({ kind, how }) => kind === 'bind' && how === '=');
  if (root instanceof Binding) {
    if (root.scope.kind === 'module') {
      const isOwn = path === '' || (root.only?.kind === 'function' && !path.includes('.'));
      return isOwn && births.some(({ scope }) => scope.kind === 'module') ? 'process' : undefined;
    }
    if (path !== '' || root.scope.kind !== 'function' || root.isParameter) return undefined;
    const isShared = place.of('grow', 'read').some(({ scope }) => scope.nearest('function') !== root.scope);
    return isShared ? 'closure' : undefined;
  }
  if (path.includes('.') || /^__\w+__$/.test(path) || root.isLocal || births.length === 0) return undefined;
  const isClassWide = births.some(({ scope }) => scope === root.scope) && !copiesDefaults(root, births);
  const isOwn = births.some(({ scope }) => scope !== root.scope);
  return isClassWide && !isOwn ? 'process' : 'instance';
}

/** Whether something takes entries out, or something other than a constructor starts with an empty map again. */
function isKeptSmall(file: FileFacts, place: Place): boolean {
  const { root, path } = place;
  const family =
    root instanceof Binding
      ? [place]
      : [...lineageOf(root), ...(heirsOf(file).get(root) ?? [])].flatMap(
          (relative) => file.places.ofClass(relative).get(path) ?? [],
        );
  return family.some((same) =>
    same.operations.some(
      (operation) => takes(operation) || (operation.kind === 'bind' && isRebirth(same, operation)),
    ),
  );
}

export function isRebirth(place: Place, operation: Operation): boolean {
  const frame = operation.scope.nearest('function', 'lambda');
  if (!frame || frame === (place.root instanceof Binding ? place.root.scope : undefined)) return false;
  return !BIRTHS.test(frame.name) && !isFirstBinding(place, operation);
}
