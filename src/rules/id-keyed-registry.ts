import type { Confidence } from '../contract/words.ts';
import { keyOf, namesFewThings } from '../facts/growth/domains.ts';
import { identityKeyed, type IdentityKeyed } from '../facts/growth/identity-keys.ts';
import { defineRule } from '../scan/rule.ts';

/** Long-lived sets and dicts keyed by `id(object)`. */
export default defineRule({
  id: 'id-keyed-registry',
  cause: 'global',
  confidence: 'medium',
  summary: 'A registry keyed by `id(object)` keeps the entries of objects that are gone',
  why:
    'An id says nothing about when its object ends, so the entry stays for ever and the registry grows with every new ' +
    'object. It also becomes wrong: Python gives the id of a dead object to the next one.',
  remedy:
    'Key by the object itself in a `weakref.WeakSet` or `weakref.WeakKeyDictionary`, which let go of an entry when its ' +
    'object ends; or remove the entry with `weakref.finalize(obj, registry.discard, id(obj))`.',
  notWhen: [
    'The container is local to a call, such as the set of visited objects of a walk.',
    'Something in the file removes entries, empties it or asks for its length.',
    'Entries are made while modules are imported.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Engine:
    def __init__(self, url: str) -> None:
        self.url = url


_owners: dict[int, Engine] = {}


def connect(url: str) -> int:
    engine = Engine(url)
    _owners[id(engine)] = engine
    return len(url)
`,
      good: `
import weakref


class Engine:
    def __init__(self, url: str) -> None:
        self.url = url


_owners: weakref.WeakSet[Engine] = weakref.WeakSet()


def connect(url: str) -> int:
    engine = Engine(url)
    _owners.add(engine)
    return len(url)
`,
      ok: `
def walk(node: list) -> int:
    seen = set()
    pending = [node]
    while pending:
        item = pending.pop()
        if id(item) not in seen:
            seen.add(id(item))
            pending.extend(part for part in item if isinstance(part, list))
    return len(seen)
`,
    },
    {
      bad: `
class Engine:
    def __init__(self, url: str) -> None:
        self.url = url


_prepared: set[tuple[int, str]] = set()


def prepare(engine: Engine, table: str) -> int:
    if (id(engine), table) not in _prepared:
        _prepared.add((id(engine), table))
    return len(table)
`,
      good: `
class Engine:
    def __init__(self, url: str) -> None:
        self.url = url
        self.prepared: set[str] = set()


def prepare(engine: Engine, table: str) -> int:
    if table not in engine.prepared:
        engine.prepared.add(table)
    return len(table)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/functions.html#id',
    'https://docs.python.org/3/library/weakref.html#weakref.WeakSet',
  ],
  check(file, report) {
    for (const entry of identityKeyed(file)) {
      const { map, operation, object, holdsObject, target } = entry;
      const { label } = map.place;
      report({
        anchor: operation.node,
        message: holdsObject
          ? `\`${label}\` keeps every \`${object.text}\` that it has seen, under its id: nothing in this file removes any`
          : `\`${label}\` keeps an entry for the id of every \`${object.text}\`, and nothing removes it when the object ends`,
        holder: label,
        payload: holdsObject ? 'the objects' : 'ids of objects that are gone',
        confidence: confidenceOf(entry),
        probe: {
          target: target.qualname,
          vary: keyOf(file, operation.key ?? operation.value).parameters.map(({ name }) => name),
        },
      });
    }
  },
});

/** Instances may live no longer than the objects whose ids they keep. */
function confidenceOf({ map, object }: IdentityKeyed): Confidence {
  return map.life === 'process' && !namesFewThings(object.text) ? 'medium' : 'low';
}
