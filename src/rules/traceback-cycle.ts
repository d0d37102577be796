import { largeInFrame } from '../facts/frames/exceptions.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { handlerAround, isEndless, loopsAround, ownNodes } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { ownFrameCycles, type OwnFrameCycle, type Way } from '../facts/frames/own-frames.ts';
import type { Node } from '../python/node.ts';
import { exceptionFix } from '../scan/fix-exception.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Locals that hold an exception, traceback or frame which leads back to the frame of the local. */
export default defineRule({
  id: 'traceback-cycle',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'A local holds a traceback that holds the frame of the local',
  why:
    'A traceback refers to the frames that the exception passed through, and a frame to its locals. A local that holds ' +
    'the exception, the traceback, the frame or a future with the exception in it closes the cycle. Nothing of it is freed ' +
    'when the function ends: all locals of all these frames, with the buffers and connections in them, wait for the ' +
    'garbage collector. Python deletes the name of `except … as name` for this very reason.',
  remedy:
    'Let the local go when the function ends: `del name` or `name = None` in a `finally`. This is a case where `del` at ' +
    'the end of a function does help. Or do not bind it: pass `sys.exc_info()` on directly, keep `traceback.format_exc()`.',
  notWhen: [
    'The local is deleted or set to `None` afterwards.',
    'The name of the caught exception is only used inside of its handler.',
    'Only the type or the text of the exception is bound.',
    'The frame is that of a caller, or the name goes on to `f_back`.',
    'It is bound in a loop that never ends: the next exception takes the place of the last.',
    'The future is the attribute of an object, or a parameter.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
def first_number(data: bytes) -> str:
    last = None
    for part in [data, data * 1000]:
        try:
            return str(int(part))
        except ValueError as exc:
            last = exc
    return f"no number: {type(last)}"
`,
      good: `
def first_number(data: bytes) -> str:
    last = None
    try:
        for part in [data, data * 1000]:
            try:
                return str(int(part))
            except ValueError as exc:
                last = exc
        return f"no number: {type(last)}"
    finally:
        del last
`,
    },
    {
      bad: `
import sys


def parse(text: str) -> str:
    record = text.ljust(4096)
    try:
        return str(int(record))
    except ValueError:
        kind, error, trace = sys.exc_info()
        return f"{kind.__name__} in {trace.tb_frame.f_code.co_name}"
`,
      good: `
import sys


def parse(text: str) -> str:
    record = text.ljust(4096)
    try:
        return str(int(record))
    except ValueError as error:
        return f"{type(error).__name__} in {sys.exc_info()[2].tb_frame.f_code.co_name}"
`,
    },
    {
      bad: `
from concurrent.futures import Future


def start(text: str) -> Future:
    record = text.ljust(4096)
    future = Future()
    try:
        future.set_result(int(record))
    except ValueError as exc:
        future.set_exception(exc)
    return future
`,
      good: `
from concurrent.futures import Future


def start(text: str) -> Future:
    record = text.ljust(4096)
    future = Future()
    try:
        future.set_result(int(record))
    except ValueError as exc:
        future.set_exception(exc)
    try:
        return future
    finally:
        future = None
`,
    },
    {
      bad: `
import inspect


def caller(text: str) -> str:
    record = text.ljust(4096)
    frame = inspect.currentframe()
    return f"{frame.f_code.co_name}: {len(record)}"
`,
      good: `
import inspect


def caller(text: str) -> str:
    record = text.ljust(4096)
    frame = inspect.currentframe()
    try:
        return f"{frame.f_code.co_name}: {len(record)}"
    finally:
        del frame
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/sys.html#sys.exc_info',
    'https://docs.python.org/3/reference/compound_stmts.html#except-clause',
    'https://docs.python.org/3/library/inspect.html#the-interpreter-stack',
  ],
  check(file, report) {
    const seen = new Set<unknown>();
    const named = new Set<string>();
    const cycles = ownFrameCycles(file);
    for (const cycle of cycles) {
      // `kind, error, trace = sys.exc_info()` is one finding.
      if (seen.has(cycle.statement)) continue;
      seen.add(cycle.statement);
      if (isOverwritten(cycle)) continue;
      const name = `${file.symbolAt(cycle.statement)}.${cycle.holder}`;
      // The further places that bind a name again say little new; a future may leave the function on several ways.
      const isNew = cycle.way === 'future' || !named.has(name);
      named.add(name);
      report(hitOf(file, cycle, cycles, isNew));
    }
  },
});

function hitOf(file: FileFacts, cycle: OwnFrameCycle, all: readonly OwnFrameCycle[], isNew: boolean): Hit {
  const { statement, holder, way, isPlain } = cycle;
  const target = file.drivable(statement);
  const large = largeInFrame(file, statement);
  const kept = all.flatMap((one) => (one.statement === statement && one.kept ? [one.kept] : []));
  const proposal = exceptionFix(file, kept);
  const fix: ProposedFix | undefined = proposal && { ...proposal, safety: 'review' };
  return {
    anchor: statement,
    message: `\`${holder}\` ${HOLDS[way]}: a cycle that only the garbage collector can free`,
    holder,
    payload: `locals of the frames${large ? `, such as ${large}` : ''}`,
    ...(isNew && (isPlain || large) && !runsOnce(file, statement) ? {} : { confidence: 'low' }),
    ...(fix ? { fix } : {}),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}

/** Whether a loop around never ends: the next exception takes the place of the last one, and the old one is freed. */
function isOverwritten({ statement, way, kept }: OwnFrameCycle): boolean {
  if (kept === undefined || (way !== 'exception' && way !== 'traceback')) return false;
  const loop = loopsAround(statement).at(-1);
  return loop !== undefined && isEndless(loop) && ownNodes(loop).every((node) => staysIn(loop, node));
}

/** Whether a node does not leave the loop, or only when the process ends. */
function staysIn(loop: Node, node: Node): boolean {
  switch (node.type) {
    case 'break_statement':
      return node.closest('for_statement', 'while_statement') !== loop;
    case 'return_statement':
    case 'yield':
    case 'await':
      return false;
    case 'raise_statement': {
      const handler = handlerAround(node);
      return handler !== undefined && /^except[^:]*\b(SystemExit|KeyboardInterrupt)\b/.test(handler.text);
    }
    default:
      return true;
  }
}

/** When the program starts, also as the target of the one thread that a start function makes. */
function runsOnce(file: FileFacts, statement: Node): boolean {
  if (frequencyOf(file, statement) === 'once') return true;
  const around = file.functionAround(statement);
  const uses = around && file.scopes.at(around.node).bindings.get(around.name)?.uses;
  if (!uses?.length || around?.kind !== 'function') return false;
  return uses.every((use) => {
    const isTarget = use.parent?.type === 'keyword_argument' && use.parent.child('name')?.text === 'target';
    return isTarget && frequencyOf(file, use) === 'once';
  });
}

const HOLDS: Record<Way, string> = {
  exception: 'holds the exception, whose traceback holds this frame and its locals',
  traceback: 'holds the traceback, and the traceback this frame with its locals',
  frame: 'holds the frame that it is a local of',
  future: 'holds the exception that it is given, whose traceback holds this frame and its locals',
  task: 'holds this coroutine, and once it fails also the traceback with the frame of the coroutine',
  group: 'keeps the exceptions of the group, and its traceback holds this frame with `self`',
};
