import type { FileFacts } from '../facts/file-facts.ts';
import { callsIn } from '../facts/life/endings.ts';
import { isProgramWide } from '../facts/life/lives.ts';
import { isFinal, looseEnds, type Kept, type LooseEnd } from '../facts/cycles/loose-ends.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { startsLine } from '../scan/fix-block.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Methods that end the life of an instance and set some of its references to `None`, but not all that need it. */
export default defineRule({
  id: 'reference-kept-after-close',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'A closed object still holds what refers back to it',
  why:
    'A connection holds its parser or its writer, and these hold the connection: a cycle that the method which closes it is ' +
    'there to break. Here it sets some attributes to `None` (or closes what one of them holds) and leaves another, so that ' +
    'the closed object and its buffers wait for the garbage collector. Where the attribute holds a callback of the caller, ' +
    'the caller and its data wait with it. With one such object for each connection or request they pile up.',
  remedy:
    'Set the attribute to `None` where the object is closed, after its last use there. If methods may still be called on ' +
    'the closed object, let them ask for `None` first.',
  notWhen: [
    'The method that closes it, one that it calls, or another one that ends the object sets the attribute as well.',
    'The attribute is set in the constructor and never `None`: it belongs to the object for good.',
    'What the attribute holds was not given the instance, and is neither a callback nor another end of the connection.',
    'The method lets go of nothing, or only of what its name says.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
class Parser:
    def __init__(self, connection: object, size: int) -> None:
        self.connection = connection
        self.buffer = bytearray(size * 1000)


class Connection:
    def __init__(self) -> None:
        self.transport = None
        self.parser = None

    def connection_made(self, transport: str, size: int) -> None:
        self.transport = transport
        self.parser = Parser(self, size)

    def connection_lost(self) -> None:
        self.transport = None


def fetch(host: str, size: int) -> int:
    connection = Connection()
    connection.connection_made(host, size)
    received = len(connection.parser.buffer)
    connection.connection_lost()
    return received
`,
      good: `
class Parser:
    def __init__(self, connection: object, size: int) -> None:
        self.connection = connection
        self.buffer = bytearray(size * 1000)


class Connection:
    def __init__(self) -> None:
        self.transport = None
        self.parser = None

    def connection_made(self, transport: str, size: int) -> None:
        self.transport = transport
        self.parser = Parser(self, size)

    def connection_lost(self) -> None:
        self.transport = None
        self.parser = None


def fetch(host: str, size: int) -> int:
    connection = Connection()
    connection.connection_made(host, size)
    received = len(connection.parser.buffer)
    connection.connection_lost()
    return received
`,
    },
    {
      bad: `
class Channel:
    def __init__(self, handler: object) -> None:
        self.handler = handler
        self.frames = bytearray(100_000)

    def close(self) -> None:
        self.frames.clear()


class Handler:
    channel = None

    def open(self) -> None:
        self.body = bytearray(100_000)
        self.channel = Channel(self)

    def close(self) -> None:
        self.channel.close()

    def handle(self, path: str) -> int:
        self.open()
        try:
            return len(self.body) + len(path)
        finally:
            self.close()
`,
      good: `
class Channel:
    def __init__(self, handler: object) -> None:
        self.handler = handler
        self.frames = bytearray(100_000)

    def close(self) -> None:
        self.frames.clear()


class Handler:
    channel = None

    def open(self) -> None:
        self.body = bytearray(100_000)
        self.channel = Channel(self)

    def close(self) -> None:
        self.channel.close()
        self.channel = None

    def handle(self, path: str) -> int:
        self.open()
        try:
            return len(self.body) + len(path)
        finally:
            self.close()
`,
    },
  ],
  links: ['https://devguide.python.org/internals/garbage-collector/'],
  check(file, report) {
    for (const end of looseEnds(file)) report(hitOf(file, end));
  },
});

function hitOf(file: FileFacts, end: LooseEnd): Hit {
  const { owner, ending, statement, sibling, kept } = end;
  const [first] = kept;
  const names = kept.map(({ attribute }) => `self.${attribute}`).join(', ');
  const done = sibling ? `lets go of self.${sibling}` : `closes ${names}`;
  const target = driverOf(file, end);
  return {
    anchor: statement,
    message: `${ending.method.name} ${done} and still holds ${sibling ? names : 'it'}, ${describe(first)}`,
    holder: `self.${first?.attribute ?? ''}`,
    payload: `the ${owner.name} and what ${names} ${kept.length > 1 ? 'hold' : 'holds'}`,
    ...(isProgramWide(file, owner) || !isFinal(ending) ? { confidence: 'low' } : {}),
    ...letGo(file, end),
    ...(target === undefined ? {} : { probe: { target } }),
  };
}

function describe(kept: Kept | undefined): string {
  switch (kept?.how) {
    case 'owned':
      return 'which was given self: only the garbage collector can free them';
    case 'own':
      return 'which refers to self: only the garbage collector can free them';
    case 'callback':
      return 'a callback and all that it refers to';
    case 'peer':
    case undefined:
      return 'the other end, with all that hangs on it';
  }
}

/** A function that both sets the attribute and ends the instance: only there shows whether the cycle is broken. */
function driverOf(file: FileFacts, { owner, ending, kept }: LooseEnd): string | undefined {
  const setters = kept.map(({ setter }) => setter.name);
  const driver = file.functions.find((candidate) => {
    if (candidate.kind === 'nested' || (candidate.class && candidate.class !== owner)) return false;
    const called = callsIn(file, candidate).map(({ name }) => name);
    return called.includes(ending.method.name) && setters.some((name) => called.includes(name));
  });
  return driver?.qualname;
}

/** Sets what is left to `None` as the last thing that the ending does. */
function letGo(file: FileFacts, { ending, kept }: LooseEnd): { fix?: ProposedFix } {
  const last = ending.method.node.child('body')?.children.at(-1);
  if (!last || /^(return|raise|if|try|with|for|while|match)_/.test(last.type) || !startsLine(file, last))
    return {};
  const text = kept.map(({ attribute }) => `self.${attribute} = None`).join('\n');
  return {
    fix: {
      title: `Let go of what ${ending.method.name} still holds`,
      safety: 'review',
      edits: [insertStatementAfter(file, last, text)],
    },
  };
}
