import { isWorkOfCalls } from '../facts/life/call-scoped.ts';
import { namesEvent } from '../facts/growth/event-signs.ts';
import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { keyOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { longevity } from '../facts/life/longevity.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** A lookup in a `defaultdict` that outlives the call: an absent key is inserted by reading it. */
export default defineRule({
  id: 'defaultdict-read-inserts',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'Looking up an absent key of a defaultdict inserts it for good',
  why:
    'A `defaultdict` stores what its factory makes for every key that is read with `[]` and is not there. Where code ' +
    'only wants to know what is stored for a name, a path or a user, each new one leaves an empty list or dict behind, ' +
    'and the dict grows with every question that has no answer.',
  remedy:
    'Read with `.get(key, ())`, or ask `if key in mapping` first; both insert nothing. Use `[]` only where something is stored.',
  notWhen: [
    'The function asks whether the key is there, or stores under it as well.',
    'The file deletes or pops keys.',
    'The keys are few: literals, flags, enums, classes, or those of the dict itself.',
    'The dict is a local, or belongs to an object that goes soon.',
    'The entry is changed or handed on, and not just read.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from collections import defaultdict


class Broker:
    def __init__(self) -> None:
        self._topics = defaultdict(set)

    def subscribe(self, topic: str, who: str) -> None:
        self._topics[topic].add(who)

    def publish(self, topic: str, message: str) -> int:
        sent = 0
        for who in self._topics[topic]:
            sent += len(who) + len(message)
        return sent
`,
      good: `
from collections import defaultdict


class Broker:
    def __init__(self) -> None:
        self._topics = defaultdict(set)

    def subscribe(self, topic: str, who: str) -> None:
        self._topics[topic].add(who)

    def publish(self, topic: str, message: str) -> int:
        sent = 0
        for who in self._topics.get(topic, ()):
            sent += len(who) + len(message)
        return sent
`,
    },
  ],
  links: ['https://docs.python.org/3/library/collections.html#collections.defaultdict'],
  check(file, report) {
    for (const place of insertingMaps(file)) {
      for (const read of place.operations) {
        const entry = entryRead(file, place, read);
        if (!entry || !leavesKeys(file, place, read, entry)) continue;
        const isShared = isForProcess(place);
        const target = file.drivable(read.node);
        const own = new Set(target?.parameters.map(({ name }) => name));
        const holder = isShared ? place.label : `self.${place.path}`;
        const fix = getFix(file, entry);
        report({
          anchor: entry,
          message: `Reading \`${entry.text}\` inserts each key that is absent: ${holder} keeps an empty entry for every one that is looked up`,
          holder,
          payload: 'keys and empty entries',
          ...(isShared ? { cause: 'global' as const } : {}),
          ...(namesPart(file, place, read) ? { confidence: 'low' as const } : {}),
          ...(fix ? { fix } : {}),
          ...(target
            ? {
                probe: {
                  target: target.qualname,
                  vary: keyOf(file, read.key).parameters.flatMap(({ name }) => (own.has(name) ? [name] : [])),
                },
              }
            : {}),
        });
      }
    }
  },
});

/** The defaultdicts of modules, classes and instances from which no key is taken. */
function insertingMaps(file: FileFacts): Place[] {
  if (!file.tree.source.includes('defaultdict')) return [];
  return file.places.all.filter((place) => {
    if (!file.places.container(place)?.insertsOnRead || place.path.includes('.')) return false;
    if (place.root instanceof Binding ? place.root.scope.kind !== 'module' : place.root.isLocal) return false;
    return !place.operations.some(
      ({ kind, how, key }) => kind === 'shrink' && (key !== undefined || how === 'popitem'),
    );
  });
}

/** `self.map[key]`, where its entry is only looked at. */
function entryRead(
  file: FileFacts,
  { operations }: Place,
  { kind, how, node, key, inner, scope }: Operation,
): Node | undefined {
  if (kind !== 'read' || key === undefined) return undefined;
  const entry = inner === true ? node.child('function')?.child('object') : how === '[]' ? node : undefined;
  if (entry?.type !== 'subscript') return undefined;
  if (!(inner === true ? LOOKS.test(how) : isLookedAt(entry) || isLocalLookedAt(file, entry)))
    return undefined;
  const frame = scope.nearest('function');
  // What is stored under the same key makes the insertion wanted.
  const isStored = operations.some(
    (other) =>
      other.kind === 'grow' && other.scope.nearest('function') === frame && other.key?.text === key.text,
  );
  return isStored ? undefined : entry;
}

const LOOKS =
  /^(items|values|keys|get|copy|count|index|issubset|issuperset|isdisjoint|union|intersection|difference)$/;
const LOOKERS =
  /^(len|list|tuple|set|frozenset|dict|sorted|sum|min|max|any|all|iter|enumerate|reversed|bool)$/;

/** Iterated over, measured, or asked whether it holds something. */
function isLookedAt(entry: Node): boolean {
  const { parent, field } = entry;
  switch (parent?.type) {
    case 'for_statement':
    case 'for_in_clause':
      return field === 'right';
    case 'comparison_operator':
      return /\bin\b/.test(parent.text.slice(0, entry.start - parent.start));
    case 'if_statement':
    case 'while_statement':
    case 'not_operator':
      return field !== 'body';
    case 'argument_list':
      return LOOKERS.test(parent.parent?.child('function')?.text ?? '');
    default:
      return false;
  }
}

/** `items = hits[key]`, where the name is then only looked at: `items[-1] if items else None`. */
function isLocalLookedAt(file: FileFacts, entry: Node): boolean {
  const assignment =
    entry.field === 'right' && entry.parent?.type === 'assignment' ? entry.parent : undefined;
  const name = assignment?.child('left');
  const binding = name?.type === 'identifier' ? file.binding(name) : undefined;
  if (!binding?.only || binding.scope.kind !== 'function' || binding.uses.length === 0) return false;
  return binding.uses.every((use) => isLookedAt(use) || isTested(use) || isItemRead(use));
}

/** The condition of `x if items else y`. */
function isTested(use: Node): boolean {
  return use.parent?.type === 'conditional_expression' && use.parent.children[1] === use;
}

/** `items[-1]`, and not `items[-1] = x` or `items[-1].append(x)`. */
function isItemRead(use: Node): boolean {
  const item = use.parent?.type === 'subscript' && use.field === 'value' ? use.parent : undefined;
  return (
    item !== undefined &&
    item.field !== 'left' &&
    !/^(attribute|subscript|delete_statement|argument_list)$/.test(item.parent?.type ?? '')
  );
}

function leavesKeys(file: FileFacts, place: Place, { key, scope, node }: Operation, entry: Node): boolean {
  const around = file.functionAround(node);
  const { domain, parameters } = keyOf(file, key);
  if (!around || domain !== 'open' || runsAtImport(file, around)) return false;
  const map = entry.child('value')?.text ?? place.label;
  const body = scope.nearest('function')?.node.text ?? '';
  if (isAskedFor(body, map)) return false;
  if (place.root instanceof Binding || isForProcess(place)) return true;
  if (isWorkOfCalls(file, place.root)) return false;
  const life = longevity(file, place.root);
  return life >= 1 || (life >= 0 && parameters.some(({ name }) => namesEvent(name)));
}

/** Whether the key names a kind of event, of which a program has few, or is a literal in every call of the file. */
function namesPart(file: FileFacts, { root }: Place, { key, node }: Operation): boolean {
  const method = file.functionAround(node);
  const { parameters } = keyOf(file, key);
  if (!method || parameters.length !== 1) return false;
  const name = parameters[0]?.name ?? '';
  const isEvent = /^_*(event|signal|hook)(_?(name|type|kind))?$/.test(name);
  const isOfEvents =
    /^_*(name|kind)$/.test(name) && !(root instanceof Binding) && /Event|Signal|Hook/.test(root.name);
  if (isEvent || isOfEvents) return true;
  const at = method.parameters.findIndex((parameter) => parameter.name === name) - (method.class ? 1 : 0);
  const calls = file.calls.named(method.name);
  return (
    calls.length > 0 &&
    calls.every(
      ({ node: call }) => (keywordArgument(call, name) ?? positionalArguments(call)[at])?.type === 'string',
    )
  );
}

/** `key in self.map` somewhere in the function. */
function isAskedFor(body: string, map: string): boolean {
  for (let at = body.indexOf(` in ${map}`); at >= 0; at = body.indexOf(` in ${map}`, at + 1)) {
    const after = body.charAt(at + 4 + map.length);
    const before = body.slice(body.lastIndexOf('\n', at) + 1, at);
    if (!/[\w[.]/.test(after) && !/^\s*(async\s+)?for\b[^:]*$/.test(before)) return true;
  }
  return false;
}

function isForProcess({ root, operations }: Place): boolean {
  if (root instanceof Binding) return true;
  return operations.some(({ kind, how, scope }) => kind === 'bind' && how === '=' && scope === root.scope);
}

/** `map.get(key, ())`, where nothing depends on the kind of what is read. */
function getFix(file: FileFacts, entry: Node): ProposedFix | undefined {
  const [map, key] = [entry.child('value'), entry.child('subscript')];
  const isPlain = entry.parent?.type !== 'attribute' && entry.parent?.type !== 'argument_list';
  if (!map || !key || key.type === 'slice' || entry.children.length !== 2 || !isPlain) return undefined;
  return {
    title: 'Read with `get`, which inserts nothing',
    safety: 'review',
    edits: [replaceNode(file, entry, `${map.text}.get(${key.text}, ())`)],
  };
}
