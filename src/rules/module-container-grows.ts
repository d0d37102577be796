import { isCallback } from '../facts/life/callbacks.ts';
import { takesConstantsOnly } from '../facts/growth/constant-calls.ts';
import type { Container } from '../facts/places/containers.ts';
import { keyOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain, statementOf } from '../facts/syntax/flow.ts';
import type { FunctionFacts, Parameter } from '../facts/syntax/functions.ts';
import { isStart } from '../facts/life/frequency.ts';
import { isMadeAtImport, isMadeInFunctions, runsAtImport } from '../facts/life/lifetimes.ts';
import { identityKeyed } from '../facts/growth/identity-keys.ts';
import { lockMaps } from '../facts/growth/lock-maps.ts';
import { longLivedContainers, type LongLived } from '../facts/growth/long-lived.ts';
import { weakEntries } from '../facts/growth/weak-entries.ts';
import { fillsAfterLookUp, namesCache } from '../facts/growth/look-ups.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { tableSigns } from '../facts/growth/program-tables.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Containers of modules, classes and functions that are added to and that nothing in the file takes from. */
export default defineRule({
  id: 'module-container-grows',
  cause: 'global',
  confidence: 'medium',
  summary: 'A container at module or class level grows and never shrinks',
  why:
    'A module lives until the process ends, and so does everything that its containers hold, those of its classes ' +
    'included. When functions add entries by key or by event and nothing removes them, memory grows with every new key ' +
    'or call. A container of constant size is no leak; growth is.',
  remedy:
    'Bound it (`lru_cache(maxsize=…)`, `deque(maxlen=…)`, dropping the oldest entry), hold the values weakly ' +
    '(`weakref.WeakValueDictionary`), or remove entries when their owner ends: `NAME.pop(key)`, `NAME.clear()`. Where the ' +
    'name itself must go, `del globals()["NAME"]`.',
  notWhen: [
    'The function starts a program or shows it off, such as `main`; or the module makes all instances that it registers.',
    'Anything in the file removes entries, empties it, binds it anew or asks for its length.',
    'It states a bound or holds its entries weakly.',
    'It is filled while modules are imported: by decorators, registration functions, class hooks.',
    'Its keys are few: literals, flags, enums, classes.',
    'Its class is a dataclass or a model, which gives each instance its own copy, or each instance sets its own.',
    'It is filled once, under `if not NAME`.',
    'It is filled only when the file runs as a script.',
    'It maps keys to locks, is keyed by `id(…)` or holds weak references: `lock-per-key`, `id-keyed-registry` and `dead-weak-reference-kept` look at those.',
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
    // Maps of locks and ids, and lists of weak references, have rules and remedies of their own.
    const maps = [...lockMaps(file), ...identityKeyed(file)].map(({ map }) => map.place);
    const others = new Set([...maps, ...weakEntries(file).map(({ place }) => place)]);
    for (const kept of longLivedContainers(file)) {
      const { place, container } = kept;
      if (others.has(place)) continue;
      const found = worstGrowth(file, kept);
      if (!found) continue;
      const { operation, what, confidence, target, vary } = found;
      const isCache = namesCache(place.label) && fillsAfterLookUp(place.operations, operation);
      const fix = boundFix(file, place, container, operation);
      report({
        anchor: operation.node,
        message: `${place.label} keeps every ${what} for the life of the process: nothing in this file removes any`,
        holder: place.label,
        payload: PAYLOADS[what],
        confidence,
        ...(isCache ? { cause: 'cache' } : {}),
        ...(fix ? { fix } : {}),
        probe: { target, vary },
      });
    }
  },
});

const PAYLOADS = { key: 'keys and their values', entry: 'entries', instance: 'instances' };

interface Growth {
  readonly operation: Operation;
  readonly what: 'key' | 'entry' | 'instance';
  readonly confidence: 'medium' | 'low';
  readonly target: string;
  readonly vary: readonly string[];
}

/** One comment a container: where it keeps instances, else the first place where it surely grows. */
function worstGrowth(file: FileFacts, kept: LongLived): Growth | undefined {
  let worst: Growth | undefined;
  for (const operation of kept.growth) {
    const growth = growthOf(file, kept, operation);
    if (growth?.what === 'instance') return growth;
    if (!worst || (worst.confidence === 'low' && growth?.confidence === 'medium')) worst = growth;
  }
  return worst;
}

/** How an operation makes the container grow, if it does so again and again. */
function growthOf(file: FileFacts, kept: LongLived, operation: Operation): Growth | undefined {
  const around = file.functionAround(operation.node);
  const target = file.drivable(operation.node);
  if (!around || !target || isUnderMain(operation.node)) return undefined;
  if (runsAtImport(file, target) || runsAtImport(file, around)) return undefined;
  if (isUsedAsDecorator(around) || isStart(target) || isBornAtImport(file, around)) return undefined;
  const { kind } = kept.container;
  // Queues that callbacks fill have a rule of their own.
  if (kind === 'queue' && isCallback(target)) return undefined;
  const what = addsInstance(file, operation) ? 'instance' : kind === 'dict' ? 'key' : 'entry';
  const isKeyed = kind === 'dict' || kind === 'set';
  const key = keyOf(file, operation.key ?? operation.value);
  // A fixed key still grows when its entry does: `STATE["events"].append(event)`.
  const growsEntry =
    operation.inner === true && /^(append|add|extend|insert|push|appendleft)$/.test(operation.how);
  if (isKeyed && !growsEntry && (what === 'instance' ? isLiteral(operation.key) : key.domain === 'closed'))
    return undefined;
  const doubts =
    what === 'instance'
      ? Number(isNamedPart(operation, around))
      : tableSigns(file, kept, operation, around) +
        Number(
          isKeyed && (key.domain === 'few' || (!growsEntry && isOfFewCalls(file, around, key.parameters))),
        ) +
        Number(isKeyed && !growsEntry && !namesManyThings(key.parameters));
  if (doubts > 1) return undefined;
  const own = new Set(target.parameters.map(({ name }) => name));
  const vary = isKeyed ? key.parameters.map(({ name }) => name).filter((name) => own.has(name)) : [];
  return { operation, what, confidence: doubts > 0 ? 'low' : 'medium', target: target.qualname, vary };
}

/** The file calls the function with constants only, or its parameters are numbers such as orders and precisions. */
function isOfFewCalls(file: FileFacts, around: FunctionFacts, parameters: readonly Parameter[]): boolean {
  if (parameters.length === 0) return false;
  return parameters.every(({ name }) => NUMERICAL.test(name)) || takesConstantsOnly(file, around);
}

const NUMERICAL = /^(order|deg|degree|prec|precision|dps|bits|ndim|nbits|shape|radix|wp)$/;

/** Things of which ever new ones come: what people type, what requests bring, objects, keys of nobody knows what. */
const MANY =
  /(^|_)(text|string|str|line|content|body|source|code|tex|html|url|uri|link|path|file|filename|dir|directory|query|sql|statement|key|k|id|ids|uid|uuid|pk|hash|digest|token|user|username|account|customer|tenant|client|peer|session|conn|connection|socket|request|req|response|event|message|msg|prompt|email|host|hostname|addr|address|ip|domain|topic|channel|room|data|payload|obj|object|item|instance|value|arg|args|kwargs|params|match|symbols|symbol|word|words|job|task|thread|model|graph|node|widget|engine|x|uids?|spider|record|row|sample|image|array|tensor|df|frame)s?$/;

/** Whether a name that the key comes from is that of a thing of which there are ever more; without a name, it may be. */
function namesManyThings(parameters: readonly { readonly name: string }[]): boolean {
  return parameters.length === 0 || parameters.some(({ name }) => MANY.test(name.toLowerCase()));
}

/** One slot with a name: `CURRENT["context"] = self`. */
function isLiteral(key: Operation['key']): boolean {
  return key !== undefined && LITERALS.includes(key.type);
}

const LITERALS = ['string', 'integer', 'none', 'true', 'false'];

/** `def purpose(func)` in a class body, whose methods it decorates. */
function isUsedAsDecorator({ name, class: owner }: FunctionFacts): boolean {
  const uses = owner?.scope.bindings.get(name)?.uses ?? [];
  return uses.some(({ parent }) => parent?.type === 'decorator');
}

/** `SYSTEMS[name] = self`: what has a name of its own is part of the program, in most cases. */
function isNamedPart({ key, how }: Operation, { parameters }: FunctionFacts): boolean {
  return (
    how === '[]=' &&
    /^(self\.)?_*name$/.test(key?.text ?? '') &&
    parameters.some(({ name }) => name === 'name')
  );
}

/** The constructor of a class of which the file makes all instances at module level. */
function isBornAtImport(file: FileFacts, { name, class: owner }: FunctionFacts): boolean {
  if (!owner || !/^__(init|new|post_init)__$/.test(name)) return false;
  return isMadeAtImport(file, owner) && !isMadeInFunctions(file, owner);
}

/** `INSTANCES.add(self)`: a new entry for every instance. */
function addsInstance(file: FileFacts, { key, value }: Operation): boolean {
  return file.isSelf(key) || file.isSelf(value);
}

function boundFix(
  file: FileFacts,
  place: Place,
  container: Container,
  operation: Operation,
): ProposedFix | undefined {
  if (operation.inner) return undefined;
  const edit = dropOldest(file, container, place.label, statementOf(operation.node));
  return (
    edit && {
      title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
      safety: 'review',
      edits: [edit],
    }
  );
}
