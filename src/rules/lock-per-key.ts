import type { Confidence } from '../contract/words.ts';
import { lockMaps, type Insertion, type LockMap } from '../facts/growth/lock-maps.ts';
import { weakLocks } from '../scan/fix-locks.ts';
import { defineRule } from '../scan/rule.ts';

/** Maps of locks, one for each user, session or file ever seen. */
export default defineRule({
  id: 'lock-per-key',
  cause: 'global',
  confidence: 'high',
  summary: 'A map keeps a lock for every key it has ever seen',
  why:
    'A lock for each user, session or file is made when its key is first seen and stays in the map when nobody holds it ' +
    'any more. Keys come from outside, so the map grows for as long as the process runs.',
  remedy:
    'Keep the locks in a `weakref.WeakValueDictionary`, which lets go of a lock when nobody holds or waits for it. ' +
    'Removing an entry by hand needs a count of those who wait: a lock that is removed too early no longer excludes. ' +
    'A fixed number of locks, chosen by `hash(key) % len(locks)`, is bounded too.',
  notWhen: [
    'Something in the file removes entries, empties the map or asks for its length.',
    'The map holds its locks weakly or states a bound.',
    'The keys are few: literals, enums, classes, parts of the program.',
    'The map is local to one call.',
    'Entries are made while modules are imported or under `if __name__ == "__main__"`.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import threading
from collections import defaultdict

_locks: dict[str, threading.Lock] = defaultdict(threading.Lock)


def deposit(account: str, amount: int) -> int:
    with _locks[account]:
        return amount
`,
      good: `
import threading
import weakref

_locks: weakref.WeakValueDictionary[str, threading.Lock] = weakref.WeakValueDictionary()


def deposit(account: str, amount: int) -> int:
    with _locks.setdefault(account, threading.Lock()):
        return amount
`,
      ok: `
import threading

_locks = {name: threading.Lock() for name in ("read", "write")}


def lock_for(name: str) -> threading.Lock:
    return _locks[name]
`,
    },
    {
      bad: `
import asyncio


class Sessions:
    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}

    async def handle(self, session_id: str) -> int:
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        async with lock:
            return len(session_id)
`,
      good: `
import asyncio
import weakref


class Sessions:
    def __init__(self) -> None:
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def handle(self, session_id: str) -> int:
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        async with lock:
            return len(session_id)
`,
    },
    {
      bad: `
import threading

_guards: dict[str, threading.RLock] = {}
_guards_lock = threading.Lock()


def guard_of(path: str) -> threading.RLock:
    with _guards_lock:
        if path not in _guards:
            _guards[path] = threading.RLock()
        return _guards[path]
`,
      good: `
import threading
import weakref

_guards: weakref.WeakValueDictionary[str, threading.RLock] = weakref.WeakValueDictionary()
_guards_lock = threading.Lock()


def guard_of(path: str) -> threading.RLock:
    with _guards_lock:
        return _guards.setdefault(path, threading.RLock())
`,
    },
  ],
  links: ['https://docs.python.org/3/library/weakref.html#weakref.WeakValueDictionary'],
  check(file, report) {
    for (const locks of lockMaps(file)) {
      const { map, worst } = locks;
      const edits = locks.kind === 'lock' ? weakLocks(file, locks) : undefined;
      const { label } = map.place;
      report({
        anchor: worst.operation.node,
        message: `\`${label}\` keeps a ${THINGS[locks.kind]} for every key it has seen: nothing in this file removes any`,
        holder: label,
        payload: 'locks that nobody holds',
        confidence: confidenceOf(locks),
        ...(edits
          ? {
              fix: {
                title: 'Hold the locks weakly: an entry goes when nobody holds or waits for its lock',
                safety: 'review',
                edits,
              },
            }
          : {}),
        probe: {
          target: worst.target.qualname,
          vary: worst.parameters.map(({ name }) => name),
        },
      });
    }
  },
});

const THINGS = { lock: 'lock', signal: 'event or condition' };

/** Other files may take entries out of what is public or handed on; signals are mostly removed by who waits. */
function confidenceOf({ map, kind, worst }: LockMap): Confidence {
  if (worst.domain !== 'open' || isForInstance(worst)) return 'low';
  const name = map.place.label.split('.').at(-1) ?? '';
  const isOurs = name.startsWith('_') && !map.escapes && map.life === 'process' && kind === 'lock';
  return isOurs ? 'high' : 'medium';
}

/** Each instance takes the lock of what it stands for: `self._lock = _locks.setdefault(name, Lock())` in `__init__`. */
function isForInstance({ operation, target }: Insertion): boolean {
  const value = operation.node.closest('assignment')?.child('left');
  return target.name === '__init__' && value?.type === 'attribute';
}
