import { eventSigns } from '../facts/growth/event-signs.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import {
  growingAttributes,
  methodAround,
  type InstanceContainer,
} from '../facts/growth/instance-containers.ts';
import type { ClassFacts, FunctionFacts } from '../facts/syntax/functions.ts';
import { weakEntries } from '../facts/growth/weak-entries.ts';
import { longevity } from '../facts/life/longevity.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { BOUND, dropOldest } from '../scan/fix-bound.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Histories, logs and waiting lists of long-lived objects that are added to for every event and never taken from. */
export default defineRule({
  id: 'instance-container-grows',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A container of a long-lived object gets an entry for every event and never loses one',
  why:
    'A server, client or worker lives about as long as the process, and so does all that its lists and dicts hold. When ' +
    'a method that runs for every request or message appends to one of them and no method takes anything out, the ' +
    'object grows with every call. Histories, logs, measurements, and waiters that are woken but left in the list are the usual cases.',
  remedy:
    'Bound it (`deque(maxlen=…)`), take entries out where they are dealt with, hold them weakly, or keep a count or a sum ' +
    'in place of the entries.',
  notWhen: [
    'Any method of the class, its bases or its subclasses in the file removes entries, asks for their number or binds the attribute anew.',
    'It states a bound or holds its entries weakly.',
    'The object does one piece of work and goes: builders, parsers, visitors, requests, results, tests.',
    'It is a table of parts: handlers, routes, plug-ins, options; or methods such as `add_route` and `register` fill it.',
    'Its keys are few: literals, flags, enums, classes.',
    'It is filled while the object is made.',
    'The container itself is handed to other code, which may empty it.',
    'It is looked up in the method that fills it, as a cache is.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Server:
    def __init__(self) -> None:
        self.history = []

    def handle(self, request: str) -> int:
        self.history.append(request)
        return len(request)
`,
      good: `
from collections import deque


class Server:
    def __init__(self) -> None:
        self.history = deque(maxlen=100)

    def handle(self, request: str) -> int:
        self.history.append(request)
        return len(request)
`,
      ok: `
class RequestBuilder:
    def __init__(self) -> None:
        self.requests = []

    def request(self, path: str) -> "RequestBuilder":
        self.requests.append(path)
        return self
`,
    },
    {
      bad: `
import time


class MetricsCollector:
    def __init__(self) -> None:
        self._latencies: dict[str, list[float]] = {}

    def record(self, endpoint: str, seconds: float) -> None:
        self._latencies.setdefault(endpoint, []).append(seconds)

    def summary(self) -> dict:
        return {name: sum(values) for name, values in self._latencies.items()}
`,
      good: `
import time


class MetricsCollector:
    def __init__(self) -> None:
        self._total = 0.0

    def record(self, endpoint: str, seconds: float) -> None:
        self._total += seconds

    def summary(self) -> float:
        return self._total
`,
    },
  ],
  links: ['https://docs.python.org/3/library/collections.html#collections.deque'],
  check(file, report) {
    const weak = new Set(weakEntries(file).map(({ place }) => place));
    for (const kept of growingAttributes(file)) {
      if (weak.has(kept.place)) continue;
      const found = surestGrowth(file, kept);
      if (found) report(hitOf(file, kept, found));
    }
  },
});

interface Growth {
  readonly operation: Operation;
  readonly method: FunctionFacts;
  readonly confidence: 'medium' | 'low';
  readonly sum: number;
}

/** One comment a container: where most speaks for an entry an event. */
function surestGrowth(file: FileFacts, kept: InstanceContainer): Growth | undefined {
  let surest: Growth | undefined;
  if (isThinnedInLoop(file, kept)) return undefined;
  for (const operation of kept.growth) {
    const growth = growthOf(file, kept, operation);
    if (growth && (!surest || growth.sum > surest.sum)) surest = growth;
  }
  return surest;
}

/** `self.jobs[key] = …` beside `self.results[key] = …`, where the file takes keys out of `jobs` and never of `results`. */
function isForgotten(
  file: FileFacts,
  { owner, place }: InstanceContainer,
  { key, scope }: Operation,
): boolean {
  if (!key) return false;
  return file.onceFor(owner, takenByKey).some((other) => {
    if (other === place) return false;
    const isFilled = other.of('grow').some((one) => one.key?.text === key.text && one.scope === scope);
    return isFilled && other.of('shrink').some((one) => one.key !== undefined && one.scope !== scope);
  });
}

/** The few attributes of a class from which something is taken by its key. */
function takenByKey(file: FileFacts, owner: ClassFacts): Place[] {
  return [...file.places.ofClass(owner).values()].filter(
    ({ path, operations }) =>
      !path.includes('.') && operations.some(({ kind, key }) => kind === 'shrink' && key !== undefined),
  );
}

/** `for queues in self.queues.values(): queues.remove(queue)` */
function isThinnedInLoop(file: FileFacts, { place: { path } }: InstanceContainer): boolean {
  return file.nodes('for_statement').some((loop) => {
    const [left, right] = [loop.child('left'), loop.child('right')];
    const isOver = right?.text === `self.${path}.values()` || right?.text === `self.${path}.items()`;
    const names = new Set(left?.text.match(/\w+/g));
    return (
      isOver &&
      loop.descendants().some((node) => {
        const callee = node.type === 'call' ? node.child('function') : undefined;
        return (
          /^(remove|discard|pop|clear)$/.test(callee?.child('attribute')?.text ?? '') &&
          names.has(callee?.child('object')?.text ?? '')
        );
      })
    );
  });
}

function growthOf(file: FileFacts, kept: InstanceContainer, operation: Operation): Growth | undefined {
  const method = methodAround(file, operation.scope);
  if (!method || kept.container.kind === 'queue' || isLookedUp(kept, operation)) return undefined;
  const life = longevity(file, kept.owner);
  if (life < 0) return undefined;
  const { attribute, method: way, entry } = eventSigns(file, kept, operation, method);
  const sum = life + attribute + way + entry + (isForgotten(file, kept, operation) ? 3 : 0);
  const isHistory = attribute >= 2 && way >= 1;
  const isMuch = kept.emptiedAtEnd ? sum >= 7 : sum >= 6 || (isHistory && entry >= 1);
  if (isMuch && attribute >= 0 && way >= 0) return { operation, method, sum, confidence: 'medium' };
  return sum === 5 && attribute > 0 && !kept.emptiedAtEnd
    ? { operation, method, sum, confidence: 'low' }
    : undefined;
}

/** `if key in self.found: return self.found[key]` before it is filled. */
function isLookedUp(
  { container, operations }: InstanceContainer,
  { node, scope, inner }: Operation,
): boolean {
  if (container.kind !== 'dict' || inner === true) return false;
  const frame = scope.nearest('function');
  return operations.some(
    ({ kind, how, node: other, scope: where }) =>
      kind === 'read' &&
      (how === '[]' || how === 'get') &&
      where.nearest('function') === frame &&
      !node.contains(other),
  );
}

function hitOf(file: FileFacts, kept: InstanceContainer, { operation, method, confidence }: Growth): Hit {
  const { owner, place, container, emptiedAtEnd } = kept;
  const name = `self.${place.path}`;
  const own = new Set(method.parameters.map((parameter) => parameter.name));
  const behind = parametersBehind(file, operation.key ?? operation.value);
  const edit = operation.inner ? undefined : dropOldest(file, container, name, statementOf(operation.node));
  return {
    anchor: operation.node,
    message: emptiedAtEnd
      ? `\`${name}\` gets an entry for every call of \`${method.name}\` and loses none before the ${owner.name} ends`
      : `\`${name}\` gets an entry for every call of \`${method.name}\` and nothing in this file removes any: it grows as long as the ${owner.name} lives`,
    holder: name,
    payload: 'its entries',
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
    probe: {
      target: method.qualname,
      vary: behind.flatMap((parameter) => (own.has(parameter.name) ? [parameter.name] : [])),
    },
  };
}
