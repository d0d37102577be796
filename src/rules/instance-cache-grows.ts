import type { Confidence } from '../contract/words.ts';
import { isWorkOfCalls } from '../facts/life/call-scoped.ts';
import { eventSigns, NAMES_ENTRY } from '../facts/growth/event-signs.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { FunctionFacts, Parameter } from '../facts/syntax/functions.ts';
import {
  growingAttributes,
  methodAround,
  type InstanceContainer,
} from '../facts/growth/instance-containers.ts';
import { varietyOf } from '../facts/growth/key-variety.ts';
import { longevity } from '../facts/life/longevity.ts';
import { fillsAfterLookUp, isComputed, namesCache } from '../facts/growth/look-ups.ts';
import type { Operation } from '../facts/places/operations.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule } from '../scan/rule.ts';

/** Hand-made caches on long-lived objects: looked up by an argument, filled when absent, never emptied. */
export default defineRule({
  id: 'instance-cache-grows',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A hand-made cache of a long-lived object has no bound',
  why:
    'A method that stores the result for every new argument and never drops one makes its object grow with every ' +
    'argument ever seen: addresses, texts, ids from requests. The cache is freed only when the object is, and clients, services and ' +
    'stores live about as long as the process.',
  remedy:
    'Bound it: `functools.lru_cache(maxsize=…)` on a function of plain values, `cachetools.LRUCache`, or drop the oldest ' +
    'entry with `self.cache.pop(next(iter(self.cache)))`. Where entries become stale, remove them when they expire.',
  notWhen: [
    'Any method of the class, its bases or its subclasses in the file removes entries, asks for their number or binds the attribute anew.',
    'It states a bound or holds its entries weakly.',
    'The object does one piece of work and goes: builders, parsers, visitors, requests, results.',
    'Its keys are few: literals, flags, enums, classes, names of parts of the program.',
    'The container itself is handed to other code, which may empty it.',
    'It is filled while the object is made.',
    'The file makes the object as a local only, and neither returns nor stores it.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Client:
    def __init__(self) -> None:
        self._cache: dict[str, bytes] = {}

    def fetch(self, url: str) -> bytes:
        if url in self._cache:
            return self._cache[url]
        page = self.download(url)
        self._cache[url] = page
        return page

    def download(self, url: str) -> bytes:
        return url.encode() * 50
`,
      good: `
class Client:
    def __init__(self) -> None:
        self._cache: dict[str, bytes] = {}

    def fetch(self, url: str) -> bytes:
        if url in self._cache:
            return self._cache[url]
        page = self.download(url)
        if len(self._cache) >= 256:
            self._cache.pop(next(iter(self._cache)))
        self._cache[url] = page
        return page

    def download(self, url: str) -> bytes:
        return url.encode() * 50
`,
      ok: `
class Parser:
    def __init__(self) -> None:
        self._names: dict[str, int] = {}

    def number_of(self, name: str) -> int:
        if name not in self._names:
            self._names[name] = hash(name)
        return self._names[name]
`,
    },
  ],
  links: ['https://docs.python.org/3/library/functools.html#functools.lru_cache'],
  check(file, report) {
    for (const kept of growingAttributes(file)) {
      if (kept.container.kind !== 'dict') continue;
      const found = kept.growth.map((operation) => fillOf(file, kept, operation)).find(Boolean);
      if (!found) continue;
      const { operation, method, parameters, confidence } = found;
      const name = `self.${kept.place.path}`;
      const edit = dropOldest(file, kept.container, name, statementOf(operation.node));
      report({
        anchor: operation.node,
        message: `\`${name}\` keeps the result for every \`${shorten(operation.key?.text ?? '')}\` that \`${method.name}\` has seen, for as long as the ${kept.owner.name} lives: nothing in this file removes any`,
        holder: name,
        payload: 'keys and their values',
        confidence,
        ...(edit
          ? {
              fix: {
                title: `Drop the oldest entry when there are ${BOUND}, or what the process can afford`,
                safety: 'review',
                edits: [edit],
              },
            }
          : {}),
        probe: { target: method.qualname, vary: parameters.map((parameter) => parameter.name) },
      });
    }
  },
});

function shorten(text: string): string {
  return text.length <= 30 && !text.includes('\n') ? text : 'key';
}

interface Fill {
  readonly operation: Operation;
  readonly method: FunctionFacts;
  readonly parameters: readonly Parameter[];
  readonly confidence: Confidence;
}

const GETS =
  /^_*(a?get|fetch|load|look_?up|find|resolve|compute|calculate|render|query|search|read|request|retrieve|download|translate|embed|encode|tokenize|predict|ask|generate|call|cached?|memo\w*|ensure|open|connect|for|of)(_|[A-Z]|$)|_(for|of|from|by)(_|$)/;

function fillOf(file: FileFacts, kept: InstanceContainer, operation: Operation): Fill | undefined {
  const method = methodAround(file, operation.scope);
  if (!method || !fillsAfterLookUp(kept.operations, operation)) return undefined;
  const life = longevity(file, kept.owner);
  const { domain, parameters } = varietyOf(file, operation.key, false);
  if (life < 0 || domain !== 'open' || isWorkOfCalls(file, kept.owner)) return undefined;
  const { attribute } = eventSigns(file, kept, operation, method);
  const isCache = namesCache(kept.place.path);
  const isMade = isComputed(file, operation);
  // `self.counts[user] = 0` counts, and keeps no result.
  if (!isCache && !isMade) return undefined;
  const signs = [
    Math.min(life, 2),
    isCache ? 2 : Math.min(attribute, 1),
    Number(parameters.some(({ name }) => NAMES_ENTRY.test(name))),
    Number(GETS.test(method.name) || method.isAsync),
    Number(isMade),
    kept.emptiedAtEnd ? -1 : 0,
  ];
  const sum = signs.reduce((a, b) => a + b, 0);
  const isEntry = parameters.some(({ name }) => NAMES_ENTRY.test(name));
  const isMuch = sum >= 5 || (sum === 4 && isMade && (isCache || isEntry));
  // Nothing but the name of a method says how long other objects live.
  const isLasting = life >= 2 || frequencyOf(file, operation.node) === 'request';
  if (isMuch && isLasting) return { operation, method, parameters, confidence: 'medium' };
  return isMuch || sum === 4 ? { operation, method, parameters, confidence: 'low' } : undefined;
}
