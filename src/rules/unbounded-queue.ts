import { isCallback } from '../facts/life/callbacks.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import { methodAround } from '../facts/growth/instance-containers.ts';
import { longevity } from '../facts/life/longevity.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import { defineRule } from '../scan/rule.ts';

/** Queues without a size that callbacks and handlers fill as fast as events come. */
export default defineRule({
  id: 'unbounded-queue',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A queue without a size grows when events come faster than they are dealt with',
  why:
    'A queue made without `maxsize` takes whatever it is given. A callback or handler that puts each event into it does ' +
    'not slow down when the consumer does: a slow disk, a lost connection or a burst is enough, and every waiting item ' +
    'stays in memory until somebody gets to it.',
  remedy:
    'Give it a size, `Queue(maxsize=1000)`, and decide what happens when it is full: wait (`await queue.put(item)`), drop ' +
    'the item (`queue.Full`, `asyncio.QueueFull`), or drop the oldest.',
  notWhen: [
    'It has a size, or something asks how full it is.',
    'It is a local, which ends with its function.',
    'Ordinary functions put into it: they may be the ones that wait for the result.',
    'What is put is a signal to stop.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import queue

_events = queue.Queue()


def on_event(payload: str) -> None:
    _events.put_nowait(payload * 10)


def work() -> None:
    while True:
        print(_events.get())
`,
      good: `
import queue

_events = queue.Queue(maxsize=100)


def on_event(payload: str) -> None:
    try:
        _events.put_nowait(payload * 10)
    except queue.Full:
        pass


def work() -> None:
    while True:
        print(_events.get())
`,
      ok: `
import queue


def pairs(items: list) -> list:
    waiting = queue.Queue()
    for item in items:
        waiting.put(item)
    return [waiting.get() for _ in items]
`,
    },
  ],
  links: ['https://docs.python.org/3/library/queue.html#queue.Queue'],
  check(file, report) {
    if (!/Queue\(/.test(file.tree.source)) return;
    for (const place of file.places.all) {
      if (!isKeptQueue(file, place)) continue;
      const put = place.of('grow').find((operation) => isFromOutside(file, operation));
      const producer = put && methodAround(file, put.scope);
      if (!put || !producer) continue;
      const isShared = place.root instanceof Binding;
      const holder = isShared ? place.label : `self.${place.path}`;
      report({
        anchor: put.node,
        message: `${holder} has no size: what \`${producer.name}\` puts in faster than it is taken out stays in memory`,
        holder,
        payload: 'items that wait',
        ...(isShared ? { cause: 'global' as const } : {}),
        probe: { target: producer.qualname, vary: [] },
      });
    }
  },
});

/** A queue without a bound that a module or an instance holds. */
function isKeptQueue(file: FileFacts, place: Place): boolean {
  const container = file.places.container(place);
  if (container?.kind !== 'queue' || container.growth !== 'open' || place.path.includes('.')) return false;
  if (place.operations.some(({ how }) => /^(qsize|full|maxsize)$/.test(how)) || holdsBack(place))
    return false;
  const { root } = place;
  return root instanceof Binding
    ? root.scope.kind === 'module' && place.path === ''
    : !root.isLocal && longevity(file, root) >= 0;
}

/** Put by what events call: they do not wait for the consumer. */
function isFromOutside(file: FileFacts, { node, scope, value, how }: Operation): boolean {
  const producer = methodAround(file, scope);
  if (!producer || ENDS.test(producer.name) || isUnderMain(node) || !/^put(_nowait)?$/.test(how))
    return false;
  if (!value || /^(none|true|false|integer|string)$/.test(value.type) || isSentinel(value.text)) return false;
  return isCallback(producer);
}

/** They run once for each instance. */
const ENDS = /^_*(connection_lost|a?close|stop|shutdown|eof_received|a?exit|on_(close|disconnect)\w*)_*$/;

/** Protocols that stop reading until the consumer is done. */
function holdsBack({ root }: Place): boolean {
  return (
    !(root instanceof Binding) && /\.(pause_reading|pause_producing|pauseProducing)\b/.test(root.node.text)
  );
}

function isSentinel(text: string): boolean {
  return /^_*[A-Z][A-Z_]*$/.test(text) || /^\w*(sentinel|stop|done|quit|exit)\w*$/i.test(text);
}
