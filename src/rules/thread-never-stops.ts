import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { callsLike } from '../facts/syntax/called.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isEndless, ownNodes } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { ClassFacts, FunctionFacts } from '../facts/syntax/functions.ts';
import { methodNamed } from '../facts/places/instances.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** A thread for each instance that runs an endless method of it. */
export default defineRule({
  id: 'thread-never-stops',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A thread that runs a method without an end keeps its object',
  why:
    'A running thread holds its target, and a method holds its object. When the method is a loop that nothing ends, the ' +
    'object and all that it refers to stay as long as the process, with the stack of the thread, however many of them are ' +
    'made and let go. That the thread is a daemon changes nothing about it.',
  remedy:
    'End the loop: test a `threading.Event` that `close()` sets, or wait on a queue for a last item. Or let the thread hold ' +
    'the object weakly and end when it is gone.',
  notWhen: [
    'The loop has a condition, a `break`, a `return` or a `raise`.',
    'There is one instance for the whole process.',
    'The target is a function that does not hold the object.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import threading
import time

threading.stack_size(64 * 1024)


class Monitor:
    def __init__(self, size: int = 20_000) -> None:
        self.samples = bytearray(size)
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        while True:
            time.sleep(600)
`,
      good: `
import threading

threading.stack_size(64 * 1024)


class Monitor:
    def __init__(self, size: int = 20_000) -> None:
        self.samples = bytearray(size)
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        self.close()

    def watch(self) -> None:
        while not self.closed.wait(600):
            continue

    def close(self) -> None:
        self.closed.set()
        self.thread.join()
`,
    },
  ],
  links: ['https://docs.python.org/3/library/threading.html#threading.Event'],
  check(file, report) {
    for (const { node } of callsLike(file, /^(threading\.)?Thread$/)) {
      const owner = file.classAround(node);
      const home = file.drivable(node);
      const method = owner && methodNamed(owner, targetOf(file, node) ?? '');
      const loop = method && endlessLoop(method);
      if (!owner || !home || !loop || isSingleton(file, owner)) continue;
      if (endsProcess(file, node)) continue;
      const around = frequencyOf(file, node);
      if (around === 'once' && home.name !== 'serve') continue;
      report({
        anchor: node,
        message: `The thread runs \`${method.name}\`, whose loop at line ${file.line(loop)} never ends: every \`${owner.name}\` that starts one stays for good`,
        holder: holderOf(node),
        payload: `instances of \`${owner.name}\``,
        confidence: isLongLived(owner) ? 'low' : 'medium',
        probe: { target: birthOf(owner, home).qualname },
      });
    }
  },
});

/** `target=self.run` → `run` */
function targetOf(file: FileFacts, call: Node): string | undefined {
  const target = keywordArgument(call, 'target') ?? positionalArguments(call)[1];
  return target?.type === 'attribute' && file.isSelf(target.child('object'))
    ? target.child('attribute')?.text
    : undefined;
}

/** A daemon thread of a function whose last act is to end the process. */
function endsProcess(file: FileFacts, call: Node): boolean {
  const text = file.functionAround(call)?.node.text ?? '';
  return /\bdaemon ?= ?True\b/.test(text) && /\b(sys\.exit|os\._exit)\([^()]*\)\s*$/.test(text);
}

/** A loop of the method itself that nothing in it can leave. */
function endlessLoop({ node }: FunctionFacts): Node | undefined {
  const body = node.child('body');
  const loops = (body ? ownNodes(body) : []).filter(isEndless);
  return loops.find((loop) =>
    ownNodes(loop).every(({ type, text }) => {
      if (type === 'call')
        return !/^(sys\.exit|exit|quit|os\._exit|self\.(check_stop|_?stop\w*))\(/.test(text);
      return !['break_statement', 'return_statement', 'raise_statement'].includes(type);
    }),
  );
}

/** Going by the name there are few of them, each as long-lived as the process. */
function isLongLived({ name, bases }: ClassFacts): boolean {
  return (
    /(Server|Daemon|App|Application|Main|Service|Bot|Node|Manager|Scheduler)$/.test(name) ||
    bases.some((base) => /(Server|App|Application|Bot|Node)$/.test(base))
  );
}

function holderOf(call: Node): string {
  const target = call.parent?.type === 'assignment' ? call.parent.child('left') : undefined;
  return target?.text ?? 'threading.Thread';
}

function birthOf(owner: ClassFacts, home: FunctionFacts): FunctionFacts {
  const birth = owner.methods.get('__init__');
  return birth && new RegExp(`\\b${home.name}\\(`).test(birth.node.text) ? birth : home;
}
