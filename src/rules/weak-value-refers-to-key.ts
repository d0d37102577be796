import type { Confidence } from '../contract/words.ts';
import { keyOf, namesFewThings } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import { isSingleton, runsAtImport } from '../facts/life/lifetimes.ts';
import { selfKeptEntries, type SelfKeptEntry } from '../facts/growth/weak-maps.ts';
import { memberOf, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Weak maps whose values hold their keys, or whose keys hold their values. */
export default defineRule({
  id: 'weak-value-refers-to-key',
  cause: 'global',
  confidence: 'high',
  summary: 'The value in a weak map refers to its key, so that the entry never goes',
  why:
    'A `WeakKeyDictionary` holds its values strongly. A value that refers to its key, directly or through another ' +
    'object, keeps the key alive, and the key keeps the entry: not even the garbage collector frees it, because the map ' +
    'itself is alive. The same goes for a `WeakValueDictionary` whose key refers to its value.',
  remedy:
    'Store the data on the object itself, or let the value refer to the key weakly (`weakref.ref(key)`, ' +
    '`weakref.WeakMethod`). Where a strong map is meant, remove the entry when its owner ends.',
  notWhen: [
    'Only plain parts of the key are stored, such as its id or its name.',
    'The value refers to the key weakly.',
    'The file removes entries from the map.',
    'The map lives no longer than a call.',
    'A class of the file is given the key and does not store it.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import weakref


class Request:
    def __init__(self, path: str) -> None:
        self.path = path


_contexts: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def handle(path: str) -> int:
    request = Request(path)
    _contexts[request] = {"request": request, "user": None}
    return len(path)
`,
      good: `
import weakref


class Request:
    def __init__(self, path: str) -> None:
        self.path = path


_contexts: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def handle(path: str) -> int:
    request = Request(path)
    _contexts[request] = {"path": request.path, "user": None}
    return len(path)
`,
    },
    {
      bad: `
import weakref


class Future:
    def __init__(self) -> None:
        self.result = None


class Runner:
    def __init__(self, future: Future, text: str) -> None:
        self.future = future
        self.text = text


_runners: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def start(text: str) -> Future:
    future = Future()
    _runners[future] = Runner(future, text)
    return future
`,
      good: `
class Future:
    def __init__(self) -> None:
        self.result = None
        self.runner = None


class Runner:
    def __init__(self, text: str) -> None:
        self.text = text


def start(text: str) -> Future:
    future = Future()
    future.runner = Runner(text)
    return future
`,
    },
    {
      bad: `
import weakref


class Widget:
    _redraws: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()

    def __init__(self, text: str) -> None:
        self.text = text
        self._redraws[self] = self.draw

    def draw(self) -> str:
        return self.text


def show(text: str) -> str:
    return Widget(text).draw()
`,
      good: `
import weakref


class Widget:
    _redraws: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()

    def __init__(self, text: str) -> None:
        self.text = text
        self._redraws[self] = weakref.WeakMethod(self.draw)

    def draw(self) -> str:
        return self.text


def show(text: str) -> str:
    return Widget(text).draw()
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/weakref.html#weakref.WeakKeyDictionary',
    'https://github.com/python/cpython/issues/88846',
  ],
  check(file, report) {
    for (const entry of selfKeptEntries(file)) {
      const { operation, place, weak, through, target } = entry;
      const around = file.drivable(operation.node);
      if (!around || isUnderMain(operation.node) || runsAtImport(file, around)) continue;
      const fix = weakFix(file, entry);
      const [held, holder] = weak === 'key' ? ['key', 'value'] : ['value', 'key'];
      const written = shorten(through.text);
      const link = through.text === target.text ? 'is it' : `\`${written}\` refers to it`;
      report({
        anchor: operation.node,
        message: `\`${place.label}\` never lets go of \`${shorten(target.text)}\`: it holds each ${held} weakly, but the ${holder} ${link}`,
        holder: place.label,
        payload: `${target.text} and what it holds`,
        confidence: confidenceOf(file, entry),
        ...(fix ? { fix } : {}),
        probe: {
          target: around.qualname,
          vary: keyOf(file, operation.key).parameters.map(({ name }) => name),
        },
      });
    }
  },
});

function shorten(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line === text && line.length <= 40 ? line : `${line.slice(0, 37)}…`;
}

const PARTS = /^_*(cls|klass|class_|func|function|fn|f|method|module|mod|type_?)$/;

function confidenceOf(file: FileFacts, { operation, place, target, isShown }: SelfKeptEntry): Confidence {
  const owner = file.classAround(operation.node);
  if (file.isSelf(target) && owner && isSingleton(file, owner)) return 'low';
  // Functions and classes live as long as the program anyway.
  if (PARTS.test(target.text) || namesFewThings(target.text)) return isShown ? 'medium' : 'low';
  const isForever = place.of('bind').every(({ scope }) => !scope.nearest('function'));
  return isShown && isForever ? 'high' : 'medium';
}

/** A proxy in the place of the reference, where that stands by itself in a container or a call. */
function weakFix(file: FileFacts, { weak, reference, through }: SelfKeptEntry): ProposedFix | undefined {
  if (weak !== 'key' || !reference) return undefined;
  const isMethod = reference.type === 'attribute';
  const around = reference.parent?.type ?? '';
  const isPart = /^(argument_list|keyword_argument|pair|list|tuple|set|expression_list)$/.test(around);
  if (isMethod || !isPart || (reference === through && around === 'argument_list')) return undefined;
  const proxy = memberOf(file, 'weakref', 'proxy');
  return {
    title: 'Let the value refer to the key weakly',
    safety: 'review',
    edits: [...proxy.edits, replaceNode(file, reference, `${proxy.text}(${reference.text})`)],
  };
}
