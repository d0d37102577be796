/** Maps whose entries are removed for their age, and only where they are read. */
import type { Container } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { isUnderMain } from '../syntax/flow.ts';
import type { FunctionFacts, Parameter } from '../syntax/functions.ts';
import { varietyOf } from './key-variety.ts';
import { isRebirth, lifeOf, takes } from './keyed-maps.ts';
import { runsAtImport } from '../life/lifetimes.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import type { Node } from '../../python/node.ts';

export interface ExpiringMap {
  readonly place: Place;
  readonly container: Container;
  readonly insertion: Operation;
  readonly target: FunctionFacts;
  readonly parameters: readonly Parameter[];
}

const AGE =
  /\b(time|monotonic|perf_counter|now|utcnow)\(|\b(now|ttl|timeout|max_?age|lifetime|\w*expir\w*|timestamp|created_at|deadline|stale|fresh|is_valid)\b|_(ttl|age|at|expiry)\b/i;

export function expiringMaps(file: FileFacts): ExpiringMap[] {
  if (!/expir|\b(ttl|monotonic|time|now)\b/i.test(file.tree.source)) return [];
  return file.places.all.flatMap((place) => {
    const taking = place.operations.filter(takes);
    const container = file.places.container(place);
    if (taking.length === 0 || container?.kind !== 'dict' || container.growth !== 'open') return [];
    const life = lifeOf(place);
    if (!life || !taking.every((operation) => isExpiry(file, place, operation))) return [];
    const isReborn = place.of('bind').some((operation) => isRebirth(place, operation));
    const isHandedOn = place.of('escape').some(({ how }) => how === 'argument' || how === 'keyword_argument');
    if (isReborn || isHandedOn) return [];
    for (const insertion of place.of('grow')) {
      const target = file.drivable(insertion.node);
      if (!target || !insertion.key || insertion.inner === true || isUnderMain(insertion.node)) continue;
      if (runsAtImport(file, target)) continue;
      const { domain, parameters } = varietyOf(file, insertion.key, life === 'process');
      if (domain === 'open') return [{ place, container, insertion, target, parameters }];
    }
    return [];
  });
}

/** `if now - entry[0] > ttl: del entries[key]`, where the key was asked for in the same function. */
function isExpiry(file: FileFacts, place: Place, { kind, key, node, scope }: Operation): boolean {
  if (kind !== 'shrink' || key?.type !== 'identifier') return false;
  const frame = scope.nearest('function');
  const binding = file.binding(key);
  if (!frame || !binding || binding.definitions.some(({ kind: how }) => how === 'for')) return false;
  const isRead = place
    .of('read')
    .some(
      (read) =>
        read.scope.nearest('function') === frame &&
        (read.key?.text === key.text || read.how === 'comparison_operator'),
    );
  return isRead && isForAge(node);
}

function isForAge(node: Node): boolean {
  for (let at = node; at.parent && at.parent.type !== 'function_definition'; at = at.parent) {
    const { parent } = at;
    if (parent.type === 'if_statement' && at.field !== 'condition') {
      if (AGE.test(parent.child('condition')?.text ?? '')) return true;
    }
  }
  return false;
}
