/** Builds the fix that holds the locks of a map weakly, and makes every user of a lock hold it strongly. */
import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import type { LockMap } from '../facts/growth/lock-maps.ts';
import type { Operation } from '../facts/places/operations.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from './fix-block.ts';
import { memberOf, replaceNode } from './fix.ts';

/** Names for the local that holds the lock; the first one that the function does not use is taken. */
const NAMES = ['lock', 'held', 'own_lock'];

/** Undefined where an entry could be gone before it is used. */
export function weakLocks(file: FileFacts, { map, inserts }: LockMap): Edit[] | undefined {
  const births = map.place.of('bind');
  const [birth] = births;
  const value = birth?.value;
  if (births.length !== 1 || !value) return undefined;
  const maker = defaultMaker(value);
  if (!isEmptyDict(value) && !maker) return undefined;
  const dictionary = memberOf(file, 'weakref', 'WeakValueDictionary');
  const edits = [...dictionary.edits, replaceNode(file, value, `${dictionary.text}()`)];
  for (const operation of inserts) {
    const edit = maker ? readWithDefault(file, operation, maker) : heldEdit(file, operation);
    if (!edit) return undefined;
    edits.push(...edit);
  }
  return edits;
}

function isEmptyDict(value: Node): boolean {
  return /^(\{\s*\}|dict\(\))$/.test(value.text);
}

/** How to make one entry of a `defaultdict(Lock)`. */
function defaultMaker(value: Node): string | undefined {
  const [factory] = value.type === 'call' ? positionalArguments(value) : [];
  if (factory?.type === 'lambda') {
    const body = factory.child('body');
    return body?.type === 'call' ? body.text : undefined;
  }
  return factory?.type === 'identifier' || factory?.type === 'attribute' ? `${factory.text}()` : undefined;
}

/** `locks[key]` → `locks.setdefault(key, Lock())` */
function readWithDefault(file: FileFacts, { key }: Operation, maker: string): Edit[] | undefined {
  const subscript = key?.parent;
  const map = subscript?.child('value');
  if (subscript?.type !== 'subscript' || !map || !key) return undefined;
  return [replaceNode(file, subscript, `${map.text}.setdefault(${key.text}, ${maker})`)];
}

/** Nothing to do where a local name or a `with` holds the lock already. */
function heldEdit(file: FileFacts, operation: Operation): Edit[] | undefined {
  const { node, how, value, key } = operation;
  const statement = statementOf(node);
  if (how === 'setdefault')
    return node.parent?.type === 'expression_statement' || value?.type !== 'call' ? undefined : [];
  if (value?.type === 'identifier') return [];
  const isChained = node.parent?.type === 'assignment' && node.parent.child('left')?.type === 'identifier';
  if (isChained || value?.type === 'assignment') return [];
  const test = statement.parent?.parent;
  const map = key?.parent?.child('value');
  const around = file.functionAround(node);
  const name = NAMES.find((candidate) => !new RegExp(`\\b${candidate}\\b`).test(around?.node.text ?? ''));
  const isWhole =
    test?.type === 'if_statement' &&
    test.children.length === 2 &&
    statement.parent?.children.length === 1 &&
    startsLine(file, test);
  if (!isWhole || value?.type !== 'call' || !key || !map || !name) return undefined;
  // The name keeps the lock alive until the function is done with it.
  if (test.child('condition')?.text !== `${key.text} not in ${map.text}`) return undefined;
  return [replaceNode(file, test, `${name} = ${map.text}.setdefault(${key.text}, ${value.text})`)];
}
