import type { Confidence } from '../contract/words.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import { closedSibling, ownedAndNotClosed, type Owned } from '../facts/resources/own-resources.ts';
import { defineRule } from '../scan/rule.ts';

/** A class that closes some of what it made, and not this. */
export default defineRule({
  id: 'owned-resource-not-closed',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A class with a `close` method does not close something that it made',
  why:
    'Sessions, connections, files and the like are often registered somewhere that outlives their owner: with the event ' +
    'loop, in a pool, in a table of the library. Until they are closed they stay there, and what they refer to stays ' +
    'with them, although the owner was closed and forgotten.',
  remedy:
    'Close it where the others are closed. Where it may also be handed in from outside, remember who made it and close only ' +
    'what the instance made itself.',
  notWhen: [
    'A method that ends the life of the instance mentions it.',
    'Something in the file calls its `close` or the like.',
    'The class has no method that closes things.',
    'It is handed in from outside.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
_open = set()


class Channel:
    def __init__(self, buffer: bytearray) -> None:
        self.buffer = buffer
        _open.add(self)

    def close(self) -> None:
        _open.discard(self)


class Client:
    def __init__(self) -> None:
        self.requests = Channel(bytearray(1_000))
        self.answers = Channel(bytearray(20_000))

    def close(self) -> None:
        self.requests.close()


def ask(question: str) -> int:
    client = Client()
    client.close()
    return len(question)
`,
      good: `
_open = set()


class Channel:
    def __init__(self, buffer: bytearray) -> None:
        self.buffer = buffer
        _open.add(self)

    def close(self) -> None:
        _open.discard(self)


class Client:
    def __init__(self) -> None:
        self.requests = Channel(bytearray(1_000))
        self.answers = Channel(bytearray(20_000))

    def close(self) -> None:
        self.requests.close()
        self.answers.close()


def ask(question: str) -> int:
    client = Client()
    client.close()
    return len(question)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/contextlib.html#contextlib.ExitStack'],
  check(file, report) {
    for (const owner of file.classes) {
      const sibling = closedSibling(file, owner);
      for (const owned of ownedAndNotClosed(file, owner)) {
        const target = userOf(file, owner) ?? file.drivable(owned.made);
        const others = sibling
          ? `closes \`${sibling}\` and not this`
          : 'has a method to close things that leaves it out';
        report({
          anchor: owned.made,
          message: `\`${owner.name}\` makes \`self.${owned.place.path}\`${owned.isDefault ? ' when none is given' : ''}, ${others}: nothing in this file does`,
          holder: `self.${owned.place.path}`,
          payload: 'what it holds open',
          confidence: confidenceOf(file, owned, sibling),
          ...(target ? { probe: { target: target.qualname } } : {}),
        });
      }
    }
  },
});

function confidenceOf(
  file: FileFacts,
  { owner, evidence, isDefault }: Owned,
  sibling: string | undefined,
): Confidence {
  if (!sibling || isSingleton(file, owner) || isServer(owner) || isMadeOnce(file, owner)) return 'low';
  return evidence === 'known' || isDefault ? 'medium' : 'low';
}

/** A process has one that listens, most often until it ends. */
function isServer({ name }: ClassFacts): boolean {
  return /(Server|Daemon|Listener|Application|App)$/.test(name);
}

/** Whether the only place that makes one runs when the program starts. */
function isMadeOnce(file: FileFacts, owner: ClassFacts): boolean {
  const uses = file.scopes.at(owner.node).bindings.get(owner.name)?.uses ?? [];
  const made = uses.filter(({ parent, field }) => parent?.type === 'call' && field === 'function');
  return made.length === 1 && made.every((use) => frequencyOf(file, use) === 'once');
}

/** A function of the module that makes one and calls it closed: the whole life of an instance in one call. */
function userOf(file: FileFacts, owner: ClassFacts) {
  const uses = file.scopes.at(owner.node).bindings.get(owner.name)?.uses ?? [];
  return uses
    .map((use) => file.drivable(use))
    .find((facts) => facts?.kind === 'function' && /\b(close|stop|with)\b/.test(facts.node.text));
}
