import { endingsOf, type Ending } from '../facts/life/endings.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import { letsGo, payloadOf, takesWeakReferences } from '../facts/places/instances.ts';
import { isProgramWide, isShortLived } from '../facts/life/lives.ts';
import { ownedObjects, type OwnedObject } from '../facts/cycles/owned.ts';
import { describeReference } from '../facts/cycles/self-references.ts';
import type { Node } from '../python/node.ts';
import { weakSelfEdits } from '../scan/fix-weak.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Instances that keep an object which they have given themselves, and that no method lets go. */
export default defineRule({
  id: 'owned-object-holds-owner',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'An object keeps a helper that was given the object itself, and never lets it go',
  why:
    'A helper that is made with `self`, or with one of its methods as callback, holds the object; the object holds the ' +
    'helper. Closing the helper does not break that: as long as the attribute is set, both wait for the garbage collector, ' +
    'with all that hangs on them. With one such pair for each connection, request or task they pile up, and a helper ' +
    'written in C may hide the cycle from the collector altogether.',
  remedy:
    'Set the attribute to `None` in the method that ends the object, or give the helper a weak reference ' +
    '(`weakref.proxy(self)`, `weakref.WeakMethod(self.method)`). In objects of which a program makes one, leave it.',
  notWhen: [
    'A method sets the attribute to `None`, deletes it or sets it anew.',
    'The helper gets a weak reference, or only looks at what it is given.',
    'It is a thread, a timer or a task, which lets go by itself when it is done.',
    'The class is one that programs make once, such as a server, or a window.',
    'Nothing says that many instances come and go: neither the name of the class, nor a method that closes the helper.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
class Usage:
    def __init__(self, context: object) -> None:
        self.context = context
        self.samples = [0] * 1000


class RequestContext:
    def __init__(self, body: bytes) -> None:
        self.body = bytes(body * 1000)
        self._usage = Usage(self)

    def __enter__(self) -> object:
        return self

    def __exit__(self, *exception: object) -> None:
        self._usage.samples.append(len(self.body))
`,
      good: `
import weakref


class Usage:
    def __init__(self, context: object) -> None:
        self.context = context
        self.samples = [0] * 1000


class RequestContext:
    def __init__(self, body: bytes) -> None:
        self.body = bytes(body * 1000)
        self._usage = Usage(weakref.proxy(self))

    def __enter__(self) -> object:
        return self

    def __exit__(self, *exception: object) -> None:
        self._usage.samples.append(len(self.body))
`,
    },
    {
      bad: `
class Ticker:
    def __init__(self, callback: object, interval: int) -> None:
        self.callback = callback
        self.interval = interval

    def stop(self) -> None:
        self.interval = 0


class Download:
    def __init__(self, url: str) -> None:
        self.received = bytearray(100_000)
        self.ticker = Ticker(self.report, 10)

    def report(self) -> int:
        return len(self.received)

    def close(self) -> None:
        self.ticker.stop()
`,
      good: `
class Ticker:
    def __init__(self, callback: object, interval: int) -> None:
        self.callback = callback
        self.interval = interval

    def stop(self) -> None:
        self.interval = 0


class Download:
    def __init__(self, url: str) -> None:
        self.received = bytearray(100_000)
        self.ticker = Ticker(None, 10)

    def report(self) -> int:
        return len(self.received)

    def close(self) -> None:
        self.ticker.stop()
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/weakref.html#weakref.proxy',
    'https://devguide.python.org/internals/garbage-collector/',
  ],
  check(file, report) {
    const classes = Map.groupBy(ownedObjects(file), ({ owner }) => owner);
    for (const [owner, objects] of classes) {
      if (isProgramWide(file, owner)) continue;
      const hit = worst(file, owner, objects);
      if (hit) report(hit);
    }
  },
});

/** One hit a class: the object that an ending closes, else the first one. */
function worst(file: FileFacts, owner: ClassFacts, objects: readonly OwnedObject[]): Hit | undefined {
  const endings = endingsOf(file, owner);
  const kept = objects.filter(({ attribute, operation }) => {
    const place = file.places.ofClass(owner).get(attribute);
    return place !== undefined && !letsGo(file, owner, place, operation) && !isReset(endings, attribute);
  });
  const closed = kept.find(({ attribute }) => endings.some(({ closes }) => closes.has(attribute)));
  const [first] = kept;
  if (closed) return hitOf(file, closed, endings.length > 0);
  return first && isShortLived(owner) ? hitOf(file, first, endings.length > 0) : undefined;
}

function isReset(endings: readonly Ending[], attribute: string): boolean {
  return endings.some(({ resets }) => resets.has(attribute));
}

/** What makes a manager or a repeating timer of its own lives about as long as the program, or stops it when it ends. */
function isOfLasting(call: Node): boolean {
  return /(Manager|Timer|Scheduler|Server|Service|Monitor)$/.test(call.child('function')?.text ?? '');
}

function hitOf(file: FileFacts, object: OwnedObject, ends: boolean): Hit {
  const { owner, attribute, call, reference } = object;
  const target = file.drivable(call);
  const large = payloadOf(file, owner);
  const edits = takesWeakReferences(owner)
    ? weakSelfEdits(file, [{ node: call, references: [reference] }])
    : undefined;
  return {
    anchor: statementOf(call),
    message:
      `self.${attribute} holds ${describeReference(reference)}, and so the ${owner.name} that keeps it: ` +
      `${ends ? 'no method sets it to None' : 'nothing breaks the cycle'}, only the garbage collector can free them`,
    holder: `self.${attribute}`,
    payload: large ?? `the ${owner.name} and what it holds`,
    ...((ends || large) && !isOfLasting(call) ? {} : { confidence: 'low' }),
    ...(edits
      ? {
          fix: {
            title: `Give self.${attribute} a weak reference; whoever uses it must keep the ${owner.name} alive`,
            safety: 'review',
            edits,
          },
        }
      : {}),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}
