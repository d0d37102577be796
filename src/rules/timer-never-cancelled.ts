import type { Call } from '../facts/syntax/calls.ts';
import { calledName } from '../facts/syntax/called.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { teardownsOf, type ClassFacts, type FunctionFacts } from '../facts/syntax/functions.ts';
import { lineageOf } from '../facts/places/instances.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** A timer that calls a method of its owner for ever: nothing cancels it. */
export default defineRule({
  id: 'timer-never-cancelled',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A timer that nothing cancels keeps the object whose method it calls',
  why:
    'The event loop, or the thread of the timer, holds the method, and the method holds its object. A method that sets its ' +
    'own timer again each time keeps the object and all that it refers to for as long as the process runs, also after ' +
    'everybody else has let it go.',
  remedy:
    'Keep the handle that `call_later` or `Timer` gives, and cancel it when the object is closed. Or let the callback hold the ' +
    'object weakly (`weakref.WeakMethod`) and stop when it is gone.',
  notWhen: [
    'The class cancels a timer.',
    'The method asks a flag of the object before it sets the timer again.',
    'The timer runs out once, and it does not set the next.',
    'There is one instance for the whole process.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import asyncio

_loop = asyncio.new_event_loop()


class Poller:
    def __init__(self, size: int = 20_000) -> None:
        self.page = bytearray(size)
        self.poll()

    def poll(self) -> None:
        self.page[0] = 1
        _loop.call_later(60, self.poll)
`,
      good: `
import asyncio

_loop = asyncio.new_event_loop()


class Poller:
    def __init__(self, size: int = 20_000) -> None:
        self.page = bytearray(size)
        self.poll()
        self.close()

    def poll(self) -> None:
        self.page[0] = 1
        self.timer = _loop.call_later(60, self.poll)

    def close(self) -> None:
        self.timer.cancel()
        _loop.run_until_complete(asyncio.sleep(0))
`,
    },
  ],
  links: ['https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_later'],
  check(file, report) {
    for (const call of file.calls.named(...TIMERS)) {
      const owner = file.classAround(call.node);
      const method = ownMethod(file, call, owner);
      if (!owner || !method || cancels(owner)) continue;
      const home = file.drivable(call.node);
      const repeats = home !== undefined && runsAgain(home, method, owner);
      if (!repeats && !isKeptThoughClosed(call.node, owner)) continue;
      if (asksFlag(file, call.node) || isSingleton(file, owner) || frequencyOf(file, owner.node) !== 'once')
        continue;
      const holder = call.receiver?.text ?? call.name;
      report({
        anchor: call.node,
        message: repeats
          ? `\`${method.name}\` sets this timer again and again and nothing cancels it: it keeps \`${owner.name}\` and what it refers to for good`
          : `This timer holds \`${owner.name}\` until it runs out: \`${owner.name}\` keeps its handle, and no method cancels it`,
        holder,
        payload: `instances of \`${owner.name}\``,
        confidence: repeats ? 'medium' : 'low',
        probe: { target: birthOf(owner, home)?.qualname ?? method.qualname },
      });
    }
  },
});

const TIMERS = [
  'Timer',
  'call_later',
  'call_at',
  'callLater',
  'after',
  'add_timeout',
  'timer',
  'enter',
  'singleShot',
];

/** The method that the timer calls: `self.tick`, or a lambda that calls it. */
function ownMethod(
  file: FileFacts,
  { node, name }: Call,
  owner: ClassFacts | undefined,
): FunctionFacts | undefined {
  if (name === 'Timer' && !/(^|\.)(threading\.)?Timer$/.test(calledName(file, node))) return undefined;
  const given = node.child('arguments')?.children ?? [];
  for (const argument of given.slice(1)) {
    const value = argument.type === 'keyword_argument' ? argument.child('value') : argument;
    const parts = value?.type === 'lambda' ? value.descendants() : [value];
    for (const part of parts) {
      if (part?.type !== 'attribute' || !file.isSelf(part.child('object'))) continue;
      const method = owner?.methods.get(part.child('attribute')?.text ?? '');
      if (method?.kind === 'method') return method;
    }
  }
  return undefined;
}

/** The method sets its own timer, or calls the one that does. */
function runsAgain(home: FunctionFacts, method: FunctionFacts, owner: ClassFacts): boolean {
  if (home === method) return true;
  return (
    owner.methods.has(home.name) &&
    home.name !== '__init__' &&
    new RegExp(`\\bself\\.${home.name}\\(`).test(method.node.text)
  );
}

const CANCELS = /\.(cancel|after_cancel|deleteLater|stop|kill|remove_timeout|unschedule)\b/;

function cancels(owner: ClassFacts): boolean {
  return lineageOf(owner).some(({ node }) => CANCELS.test(node.text));
}

/** `self._handle = loop.call_later(…)` in a class that has a method to close it. */
function isKeptThoughClosed(call: Node, owner: ClassFacts): boolean {
  const target = call.parent?.type === 'assignment' ? call.parent.child('left') : undefined;
  return target?.type === 'attribute' && teardownsOf(owner).some(({ name }) => name !== '__del__');
}

/** `if self.running:` around the call, or a return before it. */
function asksFlag(file: FileFacts, call: Node): boolean {
  const around = file.functionAround(call)?.node;
  const conditions = (around?.descendants() ?? []).filter(
    ({ type, index }) => (type === 'if_statement' || type === 'while_statement') && index < call.index,
  );
  return conditions.some((statement) => {
    const test = statement.child('condition')?.text ?? '';
    const exits = /\b(return|raise|break)\b/.test(statement.child('consequence')?.text ?? '');
    return (statement.contains(call) || exits) && !/__name__/.test(test);
  });
}

/** The constructor, where it starts the timer; else the method itself. */
function birthOf(owner: ClassFacts, home: FunctionFacts | undefined): FunctionFacts | undefined {
  const birth = owner.methods.get('__init__');
  return birth && home && new RegExp(`\\b${home.name}\\(`).test(birth.node.text) ? birth : home;
}
