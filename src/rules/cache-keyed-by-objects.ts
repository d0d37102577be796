import { functionCaches, type FunctionCache } from '../facts/growth/caches.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { objectParameters } from '../facts/growth/object-keys.ts';
import { deleteStatement } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Caches on functions, static and class methods whose arguments are objects: requests, sessions, models, tensors. */
export default defineRule({
  id: 'cache-keyed-by-objects',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A cache whose keys are objects keeps them, and all that they hold, alive',
  why:
    'A cache refers to the arguments of every call that it remembers. Plain values are cheap keys; a request, a session, ' +
    'a model or a tensor stays alive with all that it holds, long after its owner has let it go. Objects that are ' +
    'compared by identity do not even make the cache useful: a new object is never found again. A bound of 128 still ' +
    'keeps the last 128 of them for ever.',
  remedy:
    'Key the cache by a plain value of the object (`user.id`), keep the result on the object itself ' +
    '(`functools.cached_property`), or use a `weakref.WeakKeyDictionary`.',
  notWhen: [
    'The arguments are plain values: texts, numbers, paths, tuples, frozen dataclasses, enums.',
    'The argument is a class and no model class.',
    'The function is nested: the cache dies with the call.',
    'It is a method: `cached-method` looks at those.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import functools


class Model:
    def __init__(self, name: str) -> None:
        self.name = name


@functools.cache
def describe(model: Model) -> str:
    return f"model {model.name}"
`,
      good: `
import functools


class Model:
    def __init__(self, name: str) -> None:
        self.name = name


def describe(model: Model) -> str:
    return describe_name(model.name)


@functools.lru_cache(maxsize=256)
def describe_name(name: str) -> str:
    return f"model {name}"
`,
      ok: `
import functools
from pathlib import Path


@functools.lru_cache(maxsize=64)
def lines(path: Path) -> int:
    return len(path.read_text().splitlines())
`,
    },
    {
      bad: `
import functools


class Session:
    def __init__(self, token: str) -> None:
        self.token = token
        self.rows = [token] * 100


class Users:
    @staticmethod
    @functools.lru_cache(maxsize=None)
    def name_of(session: Session, number: int) -> str:
        return f"{session.token} {number}"
`,
      good: `
class Session:
    def __init__(self, token: str) -> None:
        self.token = token
        self.rows = [token] * 100


class Users:
    @staticmethod
    def name_of(session: Session, number: int) -> str:
        return f"{session.token} {number}"
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/functools.html#functools.lru_cache',
    'https://docs.python.org/3/faq/programming.html#how-do-i-cache-method-calls',
  ],
  check(file, report) {
    for (const cache of functionCaches(file)) {
      const { cached, anchor, maxsize } = cache;
      if (!['function', 'staticmethod', 'classmethod'].includes(cached.kind)) continue;
      const objects = objectParameters(file, cached);
      const [first] = objects;
      if (!first || cached.class?.isLocal === true) continue;
      const count = maxsize === null ? 'every' : `the last ${maxsize ?? 'maxsize'}`;
      const fix = fixOf(file, cache);
      report({
        anchor,
        symbol: cached.qualname,
        message: `The cache of \`${cached.qualname}\` keeps ${count} \`${first.name}\` alive: the object itself is its key`,
        holder: cached.qualname,
        payload: `objects given as ${objects.map(({ name }) => name).join(', ')}`,
        // One or two objects are a slot, not a heap.
        confidence: typeof maxsize === 'number' && maxsize > 0 && maxsize <= 2 ? 'low' : 'medium',
        ...(fix ? { fix } : {}),
        probe: { target: cached.qualname, vary: cached.parameters.map(({ name }) => name) },
      });
    }
  },
});

function fixOf(file: FileFacts, { anchor }: FunctionCache): ProposedFix | undefined {
  if (anchor.type !== 'decorator') return undefined;
  return {
    title: 'Do not cache by the object; to keep a cache, key a function by plain values of it',
    safety: 'review',
    edits: [deleteStatement(file, anchor)],
  };
}
