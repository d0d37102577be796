import { collectorChanges, someCycle, type CollectorChange } from '../facts/cycles/collector.ts';
import { defineRule } from '../scan/rule.ts';

/** Garbage collectors that are switched off, frozen, or called so that they never get to old objects. */
export default defineRule({
  id: 'collector-disabled',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'Without the garbage collector no reference cycle is ever freed',
  why:
    'Counting references frees most objects, but not those that refer to each other: exceptions with their frames, ' +
    'parents and children, closures that call themselves. Only the garbage collector finds them. Where it is off, or waits ' +
    'for hundreds of thousands of new objects, they stay with all that they hold. Programs that switch it off must make ' +
    'no cycles, and few libraries promise that.',
  remedy:
    'Switch it on again in a `finally`, or leave it on and call `gc.freeze()` once after the start. Collect by hand now and ' +
    'then where pauses matter: `gc.collect()` without a number takes all generations.',
  notWhen: [
    'The file switches it on again.',
    'The threshold is lower than 100,000.',
    'All generations are collected, or it happens once and not in a loop.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
import gc

gc.disable()


class Request:
    def __init__(self, body: str = "x") -> None:
        self.body = body * 1000
        self.handlers = [self.answer]

    def answer(self) -> str:
        return self.body


def handle(text: str) -> int:
    request = Request(text)
    return len(request.handlers)
`,
      good: `
class Request:
    def __init__(self, body: str = "x") -> None:
        self.body = body * 1000

    def answer(self) -> str:
        return self.body


def handle(text: str) -> int:
    request = Request(text)
    return len(request.answer())
`,
    },
  ],
  links: ['https://docs.python.org/3/library/gc.html', 'https://github.com/python/cpython/issues/122567'],
  check(file, report) {
    if (file.calls.named('disable', 'set_threshold', 'collect', 'freeze').length === 0) return;
    const changes = collectorChanges(file);
    if (changes.length === 0) return;
    const cycle = someCycle(file);
    const target = cycle && file.drivable(cycle.statement);
    const such = cycle ? `, such as that of \`${cycle.holder}\` at line ${file.line(cycle.statement)}` : '';
    for (const { call, how } of changes) {
      report({
        anchor: call,
        message: `\`${call.text}\` ${LEAVES[how]}${such}`,
        holder: cycle?.holder ?? 'gc',
        payload: 'objects that refer to each other',
        // It is meant for what stays anyway; later cycles are collected.
        ...(how === 'frozen' ? { confidence: 'low' } : {}),
        ...(target && how !== 'frozen' ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

const LEAVES: Record<CollectorChange['how'], string> = {
  off: 'switches the collector off for good, and with it goes the only thing that frees reference cycles',
  rare: 'lets the collector run so seldom that reference cycles pile up',
  young:
    'in a loop resets the count that would start a collection of older objects, so that old reference cycles stay',
  frozen: 'hides all present objects from the collector: reference cycles among them are never freed',
};
