import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain, statementOf } from '../facts/flow.ts';
import { runsAtImport } from '../facts/lifetimes.ts';
import type { Operation, Place } from '../facts/places.ts';
import { parametersBehind } from '../facts/provenance.ts';
import { Binding } from '../facts/scopes.ts';
import { isFiniteType } from '../facts/types.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Module-level containers that functions add to and nothing in the file takes from. */
export default defineRule({
  id: 'module-container-grows',
  cause: 'global',
  confidence: 'medium',
  summary: 'A container at module level grows and never shrinks',
  why:
    'A module lives until the process ends, and so does everything that its containers hold. When functions add entries ' +
    'by key or by event and nothing removes them, memory grows with every new key or call. A container of constant size ' +
    'is no leak; growth is.',
  remedy:
    'Bound it (`lru_cache(maxsize=…)`, `deque(maxlen=…)`, dropping the oldest entry), hold the values weakly ' +
    '(`weakref.WeakValueDictionary`), or remove entries when their owner ends: `NAME.pop(key)`, `NAME.clear()`. Where the ' +
    'name itself must go, `del globals()["NAME"]`.',
  notWhen: [
    'Anything in the file removes entries, empties it, binds it anew or asks for its length.',
    'It states a bound or holds its entries weakly.',
    'It is filled while modules are imported: by decorators, registration functions, class hooks.',
    'Its keys are few: literals, flags, enums, classes.',
    'It is filled only when the file runs as a script.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
_pages = {}


def fetch(url: str) -> bytes:
    if url not in _pages:
        _pages[url] = url.encode() * 100
    return _pages[url]
`,
      good: `
_pages = {}


def fetch(url: str) -> bytes:
    if url not in _pages:
        if len(_pages) >= 100:
            _pages.pop(next(iter(_pages)))
        _pages[url] = url.encode() * 100
    return _pages[url]
`,
      ok: `
_codecs = {}


def register_codec(name: str, codec: object) -> None:
    _codecs[name] = codec
`,
    },
    {
      bad: `
_events: list[dict] = []


def record(kind: str, size: int) -> int:
    _events.append({"kind": kind, "size": size})
    return len(kind)
`,
      good: `
from collections import deque

_events: deque[dict] = deque(maxlen=100)


def record(kind: str, size: int) -> int:
    _events.append({"kind": kind, "size": size})
    return len(kind)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/collections.html#collections.deque'],
  check(file, report) {
    for (const place of file.places.all) {
      if (!(place.root instanceof Binding) || place.root.scope.kind !== 'module' || place.path !== '')
        continue;
      if (
        file.places.container(place)?.growth !== 'open' ||
        !isBornAtModuleLevel(place) ||
        isKeptSmall(place)
      )
        continue;
      for (const operation of place.of('grow')) {
        const grown = growthOf(file, place, operation);
        if (!grown) continue;
        const fix = boundFix(file, place, operation);
        report({
          anchor: operation.node,
          message: `${place.label} keeps every ${grown.what} for the life of the process: nothing in this file removes any`,
          holder: place.label,
          payload: PAYLOADS[grown.what],
          ...(fix ? { fix } : {}),
          probe: { target: grown.target, vary: grown.vary },
        });
        // One comment a container: the first place where it grows.
        break;
      }
    }
  },
});

function isBornAtModuleLevel(place: Place): boolean {
  return place.of('bind').some(({ scope, how }) => how === '=' && scope.kind === 'module');
}

function isKeptSmall(place: Place): boolean {
  return place
    .of('shrink', 'guard', 'bind')
    .some(({ kind, scope }) => kind !== 'bind' || scope.nearest('function', 'lambda') !== undefined);
}

const PAYLOADS = { key: 'keys and their values', entry: 'entries', instance: 'instances' };

interface Growth {
  readonly what: 'key' | 'entry' | 'instance';
  readonly target: string;
  readonly vary: readonly string[];
}

/** How an operation makes the container grow, if it does so again and again. */
function growthOf(file: FileFacts, place: Place, operation: Operation): Growth | undefined {
  const around = file.functionAround(operation.node);
  const target = file.drivable(operation.node);
  if (
    !around ||
    !target ||
    runsAtImport(file, target) ||
    runsAtImport(file, around) ||
    isUnderMain(operation.node)
  ) {
    return undefined;
  }
  const container = file.places.container(place);
  const isKeyed = container?.kind === 'dict' || container?.kind === 'set';
  const stores = operation.how === '[]=' || operation.how === '[]+=';
  if (!isKeyed && stores && !operation.inner) return undefined;
  const parameters = parametersBehind(file, operation.key ?? operation.value);
  const open = parameters.filter(({ annotation }) => !isFiniteType(file, annotation));
  if (isKeyed && open.length === 0 && !addsInstance(file, operation)) return undefined;
  const own = new Set(target.parameters.map(({ name }) => name));
  const vary = isKeyed ? open.map(({ name }) => name).filter((name) => own.has(name)) : [];
  const what = addsInstance(file, operation) ? 'instance' : container?.kind === 'dict' ? 'key' : 'entry';
  return { what, target: target.qualname, vary };
}

/** `INSTANCES.add(self)`: a new entry for every instance. */
function addsInstance(file: FileFacts, { key, value }: Operation): boolean {
  return file.isSelf(key) || file.isSelf(value);
}

function boundFix(file: FileFacts, place: Place, operation: Operation): ProposedFix | undefined {
  const statement = statementOf(operation.node);
  const edit = operation.inner
    ? undefined
    : dropOldest(file, file.places.container(place), place.label, statement);
  return (
    edit && {
      title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
      safety: 'review',
      edits: [edit],
    }
  );
}
