/** How many different entries a key selects while a map lives. */
import type { Node } from '../../python/node.ts';
import { keyOf, namesFewThings, type Key } from './domains.ts';
import type { FileFacts } from '../file-facts.ts';
import { originsOf } from '../places/provenance.ts';

/** Names under which frameworks hand out what is being served just now. */
const CURRENT = /(^|\.)(request|current_(user|request|task|session))$/;

/**
 * Like `keyOf`, and sees through attributes of the instance (`LOCKS[self.path]`) where the map outlives it, and through
 * what frameworks hand out.
 */
export function varietyOf(file: FileFacts, expression: Node | undefined, outlivesSelf: boolean): Key {
  const key = keyOf(file, expression);
  if (key.domain === 'open' || !expression) return key;
  const { calls } = originsOf(file, expression);
  const nodes = [expression, ...expression.descendants()];
  if (nodes.some((node) => node.type === 'identifier' && CURRENT.test(file.names.qualified(node) ?? '')))
    return { ...key, domain: 'open' };
  const domains = outlivesSelf ? nodes.flatMap((node) => ownAttribute(file, node)) : [];
  if (domains.includes('open')) return { ...key, domain: 'open' };
  return { ...key, domain: domains.length > 0 || calls.length > 0 ? 'few' : key.domain };
}

/** How many values `self.name` can have in all instances together. */
function ownAttribute(file: FileFacts, node: Node): Key['domain'][] {
  const isRead = node.type === 'attribute' && !(node.parent?.type === 'call' && node.field === 'function');
  if (!isRead || !file.isSelf(node.child('object'))) return [];
  if (namesFewThings(node.child('attribute')?.text ?? '')) return ['few'];
  const births = file.places.at(node)?.of('bind') ?? [];
  return births.map(({ value }) => keyOf(file, value).domain);
}
