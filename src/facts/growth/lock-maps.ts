/** Maps that get a new lock for every new key. */
import type { FileFacts } from '../file-facts.ts';
import { isUnderMain } from '../syntax/flow.ts';
import { varietyOf } from './key-variety.ts';
import { keyedMaps, type KeyedMap } from './keyed-maps.ts';
import type { Domain } from './domains.ts';
import type { FunctionFacts, Parameter } from '../syntax/functions.ts';
import { runsAtImport } from '../life/lifetimes.ts';
import { lockByDefault, lockIn, type LockKind } from './locks.ts';
import type { Operation } from '../places/operations.ts';

export interface LockMap {
  readonly map: KeyedMap;
  readonly kind: LockKind;
  /** All operations that make an entry. */
  readonly inserts: readonly Operation[];
  /** The one that takes the most keys. */
  readonly worst: Insertion;
}

export interface Insertion {
  readonly operation: Operation;
  readonly domain: Domain;
  readonly parameters: readonly Parameter[];
  /** The outermost function around it. */
  readonly target: FunctionFacts;
}

/** The maps of the file that get a lock for every key, and from which nothing takes one. */
export function lockMaps(file: FileFacts): LockMap[] {
  return file.once(findLocks);
}

function findLocks(file: FileFacts): LockMap[] {
  return keyedMaps(file).flatMap((map) => lockMap(file, map) ?? []);
}

function lockMap(file: FileFacts, map: KeyedMap): LockMap | undefined {
  const { place, container } = map;
  if (container.kind !== 'dict') return undefined;
  const births = place.of('bind').map(({ value }) => value);
  const byDefault = container.insertsOnRead
    ? births.map((birth) => lockByDefault(file, birth)).find(Boolean)
    : undefined;
  const stored = place
    .of('grow')
    .flatMap((operation) => ({ operation, kind: lockIn(file, operation.value) }))
    .filter(({ operation, kind }) => kind && operation.key && !/update|extend/.test(operation.how));
  const read = byDefault ? place.of('read').filter(({ key, node }) => key && node.type !== 'slice') : [];
  const kind = byDefault ?? stored[0]?.kind;
  if (!kind) return undefined;
  const inserts = [...stored.map(({ operation }) => operation), ...read];
  const insertions = inserts.flatMap((operation) => insertionOf(file, map, operation) ?? []);
  const worst = insertions.find(({ domain }) => domain === 'open') ?? insertions[0];
  return worst && { map, kind, inserts, worst };
}

function insertionOf(file: FileFacts, map: KeyedMap, operation: Operation): Insertion | undefined {
  const target = file.drivable(operation.node);
  const around = file.functionAround(operation.node);
  if (!target || !around || isUnderMain(operation.node)) return undefined;
  if (runsAtImport(file, around) || (map.life === 'process' && runsAtImport(file, target))) return undefined;
  const { domain, parameters } = varietyOf(file, operation.key, map.life === 'process');
  return domain === 'closed' ? undefined : { operation, domain, parameters, target };
}
