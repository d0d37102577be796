/** What kind of container an expression makes, and whether it states a bound. */
import type { Node } from '../../python/node.ts';
import type { Names } from '../syntax/names.ts';

export interface Container {
  readonly kind: 'dict' | 'list' | 'set' | 'deque' | 'queue' | 'bytes' | 'other';
  /** `open` grows without end; `bounded` states a limit; `weak` lets its entries go. */
  readonly growth: 'open' | 'bounded' | 'weak';
  /** A `defaultdict`: reading an absent key inserts it. */
  readonly insertsOnRead: boolean;
  /** Born without entries. */
  readonly empty: boolean;
}

const DISPLAYS: Record<string, Container['kind']> = {
  dictionary: 'dict',
  list: 'list',
  set: 'set',
  list_comprehension: 'list',
  set_comprehension: 'set',
  dictionary_comprehension: 'dict',
};

const MAKERS: Record<string, Container['kind']> = {
  'builtins.dict': 'dict',
  'builtins.list': 'list',
  'builtins.set': 'set',
  'builtins.bytearray': 'bytes',
  'collections.OrderedDict': 'dict',
  'collections.defaultdict': 'dict',
  'collections.Counter': 'dict',
  'collections.ChainMap': 'dict',
  'collections.deque': 'deque',
  'collections.UserDict': 'dict',
  'collections.UserList': 'list',
  'queue.Queue': 'queue',
  'queue.LifoQueue': 'queue',
  'queue.PriorityQueue': 'queue',
  'queue.SimpleQueue': 'queue',
  'asyncio.Queue': 'queue',
  'asyncio.LifoQueue': 'queue',
  'asyncio.PriorityQueue': 'queue',
  'multiprocessing.Queue': 'queue',
  'weakref.WeakSet': 'set',
  'weakref.WeakKeyDictionary': 'dict',
  'weakref.WeakValueDictionary': 'dict',
};

/** Containers whose constructor takes their bound first. */
const BOUNDED =
  /(^|\.)(LRUCache|LFUCache|FIFOCache|RRCache|TLRUCache|TTLCache|MRUCache|LRU|LRUDict|BoundedDict|ExpiringDict|CacheDict)$/;

/** Factories that a `defaultdict` or `field(default_factory=…)` may name. */
export function containerOf(value: Node | undefined, names: Names): Container | undefined {
  if (!value) return undefined;
  const display = DISPLAYS[value.type];
  if (display) {
    return { kind: display, growth: 'open', insertsOnRead: false, empty: value.children.length === 0 };
  }
  if (value.type === 'boolean_operator') return containerOf(value.child('right'), names);
  if (value.type !== 'call') return undefined;

  const maker = names.callee(value) ?? value.child('function')?.text ?? '';
  if (/(^|\.)field$/.test(maker)) return fromFactory(keywordArgument(value, 'default_factory'), names);
  if (BOUNDED.test(maker)) return { kind: 'dict', growth: 'bounded', insertsOnRead: false, empty: true };
  const kind = MAKERS[maker];
  if (!kind) return undefined;
  return {
    kind,
    growth: maker.startsWith('weakref.') ? 'weak' : isBounded(kind, value) ? 'bounded' : 'open',
    insertsOnRead: maker === 'collections.defaultdict',
    empty: maker === 'collections.defaultdict' || value.child('arguments')?.children.length === 0,
  };
}

function fromFactory(factory: Node | undefined, names: Names): Container | undefined {
  if (factory?.type === 'lambda') return containerOf(factory.child('body'), names);
  const kind = MAKERS[names.qualified(factory) ?? ''];
  return kind ? { kind, growth: 'open', insertsOnRead: false, empty: true } : undefined;
}

function isBounded(kind: Container['kind'], call: Node): boolean {
  const positional =
    call.child('arguments')?.children.filter(({ type }) => type !== 'keyword_argument') ?? [];
  const limit =
    kind === 'deque'
      ? (keywordArgument(call, 'maxlen') ?? positional[1])
      : kind === 'queue'
        ? (keywordArgument(call, 'maxsize') ?? positional[0])
        : undefined;
  return limit !== undefined && limit.type !== 'none' && limit.text !== '0';
}

/** The value of a keyword argument of a call. */
export function keywordArgument(call: Node | undefined, name: string): Node | undefined {
  return call
    ?.child('arguments')
    ?.children.find((child) => child.type === 'keyword_argument' && child.child('name')?.text === name)
    ?.child('value');
}

/** The positional arguments of a call. */
export function positionalArguments(call: Node | undefined): Node[] {
  const list = call?.child('arguments');
  if (!list) return [];
  // `sum(x for x in y)` has the generator in place of a list of arguments.
  return list.type === 'generator_expression'
    ? [list]
    : list.children.filter(({ type }) => type !== 'keyword_argument');
}
