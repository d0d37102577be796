import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { describeHeld, heldSelf, openerOf } from '../facts/cycles/held-objects.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `signal.connect(self.refresh, weak=False)`: the signal keeps the receiver and its object. */
export default defineRule({
  id: 'strong-signal-receiver',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A signal connected with weak=False keeps the receiver and its object alive',
  why:
    'Signals of Django, Blinker, Celery and PyDispatcher hold receivers weakly, so that an object with a receiver can go. ' +
    '`weak=False` turns that off: the signal, which usually lives at module level, keeps the bound method or the function ' +
    'with all it uses, and every call or instance connects another one.',
  remedy:
    'Leave `weak` out and keep the receiver where its owner lives, or call `disconnect` when the owner ends. A receiver ' +
    'at module level needs neither.',
  notWhen: [
    'The receiver is a function of the module.',
    'The file disconnects the receiver.',
    'It runs while modules are imported, or once behind a flag.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import weakref


class Signal:
    def __init__(self) -> None:
        self.receivers: dict[int, object] = {}

    def connect(self, receiver, weak: bool = True) -> None:
        key = id(receiver.__self__)
        self.receivers[key] = weakref.WeakMethod(receiver, self.forget) if weak else receiver

    def forget(self, gone: object) -> None:
        for key in [key for key, receiver in self.receivers.items() if receiver is gone]:
            del self.receivers[key]


changed = Signal()


class View:
    def __init__(self, title: str) -> None:
        self.text = title * 100
        changed.connect(self.refresh, weak=False)

    def refresh(self) -> int:
        return len(self.text)
`,
      good: `
import weakref


class Signal:
    def __init__(self) -> None:
        self.receivers: dict[int, object] = {}

    def connect(self, receiver, weak: bool = True) -> None:
        key = id(receiver.__self__)
        self.receivers[key] = weakref.WeakMethod(receiver, self.forget) if weak else receiver

    def forget(self, gone: object) -> None:
        for key in [key for key, receiver in self.receivers.items() if receiver is gone]:
            del self.receivers[key]


changed = Signal()


class View:
    def __init__(self, title: str) -> None:
        self.text = title * 100
        changed.connect(self.refresh)

    def refresh(self) -> int:
        return len(self.text)
`,
    },
  ],
  links: [
    'https://docs.djangoproject.com/en/stable/topics/signals/#connecting-receiver-functions',
    'https://blinker.readthedocs.io/en/stable/#subscribing-to-signals',
  ],
  check(file, report) {
    for (const { node, receiver: signal } of file.calls.named('connect', 'connect_via', 'receiver')) {
      const weak = keywordArgument(node, 'weak');
      const target = file.drivable(node);
      if (weak?.type !== 'false' || !target) continue;
      const kept = receiverOf(file, node);
      if (!kept || isDisconnected(file, node, kept.text) || runsBehindGuard(file, node)) continue;
      const frequency = frequencyOf(file, node);
      // An application connects its own functions when it starts.
      const isWeak = frequency === 'once';
      const name = signal?.text ?? 'The signal';
      report({
        anchor: node,
        message: `\`${name}\` holds ${kept.what} for good: with \`weak=False\` nothing but \`disconnect\` lets it go`,
        holder: name.split('.').at(-1) ?? name,
        payload: 'the receiver and what it uses',
        ...(isWeak ? { confidence: 'low' } : {}),
        probe: { target: target.qualname },
      });
    }
  },
});

interface Receiver {
  /** As it is written. */
  readonly text: string;
  readonly what: string;
}

/** The receiver, where it is made or bound anew for every call. */
function receiverOf(file: FileFacts, call: Node): Receiver | undefined {
  const values = call.child('arguments')?.children ?? [];
  const [held] = values.flatMap((value) => heldSelf(file, value));
  if (held) return { text: held.node.text, what: describeHeld(held, 'self') };
  for (const value of values) {
    const receiver = value.type === 'keyword_argument' ? value.child('value') : value;
    const opener = receiver && openerOf(file, receiver);
    if (receiver && opener && file.scopes.at(opener).nearest('function')) {
      const name = opener.type === 'lambda' ? 'a function' : `\`${receiver.text}\``;
      return { text: receiver.text, what: `${name}, another one for every call,` };
    }
  }
  return undefined;
}

/** Whether the same class, or for a function the file, takes the receiver back. */
function isDisconnected(file: FileFacts, call: Node, receiver: string): boolean {
  const owner = file.classAround(call);
  return file.calls
    .named('disconnect')
    .some(
      ({ node }) =>
        file.classAround(node) === owner && (node.child('arguments')?.text ?? '').includes(receiver),
    );
}
