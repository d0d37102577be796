import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { retriesInHandlers, type RetryInHandler } from '../facts/frames/memory-errors.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Work that is done again inside of the `except` of an out-of-memory error. */
export default defineRule({
  id: 'retry-in-memory-handler',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A handler of an out-of-memory error works on while the error holds what did not fit',
  why:
    'Until the `except` block is left, the interpreter holds the error, the error its traceback, and that the frames ' +
    'which ran out of memory with all their tensors and arrays. A smaller attempt inside of the block has to fit beside ' +
    'them, and often fails for that reason alone. Emptying a cache of the library does not help: what a frame refers to is ' +
    'in use.',
  remedy:
    'Set a flag in the handler and do the work after it. What the `try` binds in the same function stays bound; put the ' +
    'attempt into a function of its own, so that its locals go with it.',
  notWhen: [
    'The handler only reports, frees something, sets a flag or raises.',
    'The error is another one than that of memory running out.',
    'The second attempt stands after the handler.',
  ],
  predicts: 'peak',
  recipe: 'peak',
  examples: [
    {
      bad: `
LIMIT = 1_000_000


def total(size: int = 8_000_000) -> int:
    try:
        block = bytearray(size)
        if len(block) > LIMIT:
            raise MemoryError("too large to sort")
        return sum(sorted(block))
    except MemoryError:
        return total_in_parts(size)


def total_in_parts(size: int) -> int:
    return sum(sum(bytearray(min(LIMIT, size - start))) for start in range(0, size, LIMIT))
`,
      good: `
LIMIT = 1_000_000


def total(size: int = 8_000_000) -> int:
    result = total_at_once(size)
    return total_in_parts(size) if result is None else result


def total_at_once(size: int) -> int | None:
    try:
        block = bytearray(size)
        if len(block) > LIMIT:
            raise MemoryError("too large to sort")
        return sum(sorted(block))
    except MemoryError:
        return None


def total_in_parts(size: int) -> int:
    return sum(sum(bytearray(min(LIMIT, size - start))) for start in range(0, size, LIMIT))
`,
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/notes/faq.html#my-out-of-memory-exception-handler-can-t-allocate-memory',
  ],
  check(file, report) {
    for (const retry of retriesInHandlers(file)) report(hitOf(file, retry));
  },
});

function hitOf(file: FileFacts, { handler, call, stale }: RetryInHandler): Hit {
  const target = file.drivable(handler);
  const again = call.child('function')?.text.split('(')[0] ?? 'the call';
  const statement = statementOf(call);
  return {
    anchor: handler,
    message: `\`${again}\` works inside of the handler, while the error still holds the frames that ran out of memory and all that they made`,
    holder: stale[0] ?? 'traceback',
    payload: 'what did not fit',
    ...(target && stale.length > 0
      ? { probe: { target: target.qualname, hold: { line: file.line(statement), names: [...stale] } } }
      : {}),
  };
}
