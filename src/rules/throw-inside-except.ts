import { frameHolder } from '../facts/frames/exceptions.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { handlerAround, ownNodes } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Generators and coroutines that are resumed with an exception while it is still being handled. */
export default defineRule({
  id: 'throw-inside-except',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'What a generator raises later is chained to the exception that it was resumed with',
  why:
    'While an `except` block runs, every exception that is raised below it gets the handled one as its `__context__`, also ' +
    'inside of a generator that is resumed from the block and has long dealt with it. Each exception then keeps the one ' +
    'before it, with its traceback and all locals of its frames; with a runner that goes on, the chain grows.',
  remedy: 'Store the exception, leave the `except` block, then call `throw` and set the name to `None`.',
  notWhen: [
    'The call stands after the handler.',
    'The handled exception came out of a `yield`: then the caller throws it in, and it is passed on as it came.',
    'Another exception is thrown, or the object is no generator.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Runner:
    def __init__(self) -> None:
        self.steps = steps()
        self.error = next(self.steps)

    def step(self, text: str) -> None:
        try:
            raise self.error
        except ValueError as exc:
            self.error = self.steps.throw(exc)


def steps():
    error = ValueError("first")
    while True:
        try:
            yield error
        except ValueError:
            pass
        try:
            raise ValueError("next")
        except ValueError as exc:
            error = exc.with_traceback(None)
`,
      good: `
class Runner:
    def __init__(self) -> None:
        self.steps = steps()
        self.error = next(self.steps)

    def step(self, text: str) -> None:
        caught = None
        try:
            raise self.error
        except ValueError as exc:
            caught = exc
        self.error = self.steps.throw(caught)
        caught = None


def steps():
    error = ValueError("first")
    while True:
        try:
            yield error
        except ValueError:
            pass
        try:
            raise ValueError("next")
        except ValueError as exc:
            error = exc.with_traceback(None)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/exceptions.html#BaseException.__context__'],
  check(file, report) {
    for (const { node, receiver } of file.calls.named('throw', 'athrow')) {
      const handler = handlerAround(node);
      if (!receiver || !handler || !throwsCaught(file, node) || cameByYield(handler)) continue;
      const target = file.drivable(node);
      report({
        anchor: node,
        message: `\`${receiver.text}\` is resumed inside of the handler: what it raises from then on keeps this exception as its \`__context__\``,
        holder: '__context__',
        payload: 'the locals of the frames of all exceptions before',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** `throw(exc)`, `throw(*sys.exc_info())`, `throw(type(exc), exc, trace)` */
function throwsCaught(file: FileFacts, call: Node): boolean {
  const values = call.child('arguments')?.children ?? [];
  return values.some((value) => {
    const given = value.type === 'list_splat' ? value.children[0] : value;
    return given !== undefined && frameHolder(file, given, true) !== undefined;
  });
}

/** A wrapper that passes on what it is given, as `yield from` does. */
function cameByYield(handler: Node): boolean {
  const attempt = handler.parent?.child('body');
  return attempt !== undefined && ownNodes(attempt).some(({ type }) => type === 'yield');
}
