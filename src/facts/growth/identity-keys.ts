/** Containers that outlive a call and are keyed by `id(…)` of objects. */
import type { FileFacts } from '../file-facts.ts';
import { isUnderMain } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { keyedMaps, type KeyedMap } from './keyed-maps.ts';
import { keptParts } from '../places/kept-parts.ts';
import { runsAtImport } from '../life/lifetimes.ts';
import type { Operation } from '../places/operations.ts';
import { assignedBefore } from '../places/reaching.ts';
import type { Node } from '../../python/node.ts';

export interface IdentityKeyed {
  readonly map: KeyedMap;
  /** Adds the entry. */
  readonly operation: Operation;
  /** `id(engine)` */
  readonly call: Node;
  /** What the id is taken of. */
  readonly object: Node;
  /** The entry also holds the object: its id stays its own, and the object stays. */
  readonly holdsObject: boolean;
  readonly target: FunctionFacts;
}

/** The first entry of each such container. */
export function identityKeyed(file: FileFacts): IdentityKeyed[] {
  return file.once(findKeyed);
}

function findKeyed(file: FileFacts): IdentityKeyed[] {
  const ids = file.calls.to('builtins.id');
  return ids.length > 0 ? keyedMaps(file).flatMap((map) => entryOf(file, map) ?? []) : [];
}

function entryOf(file: FileFacts, map: KeyedMap): IdentityKeyed | undefined {
  // A walk with a nested function has its visited set around it.
  if (map.life === 'closure') return undefined;
  for (const operation of map.place.of('grow')) {
    const key = operation.key ?? operation.value;
    const call = key && identityIn(file, key);
    const object = call?.child('arguments')?.children[0];
    const target = file.drivable(operation.node);
    const around = file.functionAround(operation.node);
    if (!call || !object || !target || !around || isUnderMain(operation.node)) continue;
    if (runsAtImport(file, target) || runsAtImport(file, around)) continue;
    const holdsObject =
      operation.key !== undefined &&
      keptParts(file, operation.value).some(
        (part) => part.text === object.text || (part.type === 'call' && mentions(part, object)),
      );
    return { map, operation, call, object, holdsObject, target };
  }
  return undefined;
}

/** The `id(…)` that a key is made of, also through a local name. */
function identityIn(file: FileFacts, key: Node): Node | undefined {
  const parts = key.type === 'tuple' ? key.children : [key];
  for (const part of parts) {
    const value = part.type === 'identifier' ? (assignedBefore(file, part) ?? part) : part;
    const inside = value.type === 'tuple' ? value.children : [value];
    const call = inside.find((node) => file.names.callee(node) === 'builtins.id');
    if (call) return call;
  }
  return undefined;
}

/** Whether the object itself is among what a call is given. */
function mentions(call: Node, object: Node): boolean {
  const given = call.child('arguments')?.children ?? [];
  return given.some((argument) => (argument.child('value') ?? argument).text === object.text);
}
