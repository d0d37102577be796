import type { FileFacts } from '../facts/file-facts.ts';
import { isCalled, isLargeName, isSmallName, lastItems, type LastItem } from '../facts/frames/last-items.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Workers that hold the last job while they wait for the next one. */
export default defineRule({
  id: 'loop-keeps-last-item',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A worker loop keeps its last item alive while it waits for the next one',
  why:
    'The name that a turn of the loop binds stays bound until the next turn binds it again. A worker that is done with a ' +
    'job goes back to wait for another one, for hours when nothing comes, and all that time the last job with its ' +
    'arguments, its callback and its result stays in memory: once for every worker.',
  remedy:
    'Let the name go at the end of the turn: `del item`. `concurrent.futures` and `multiprocessing.pool` do that.',
  notWhen: [
    'The name is deleted or bound to something else in the same turn.',
    'The next turn, or code after the loop, needs the item.',
    'The loop is over when its container is empty: it waits for nothing.',
  ],
  predicts: 'peak',
  recipe: 'peak',
  examples: [
    {
      bad: `
import queue


def drain(count: int = 3) -> int:
    jobs = queue.SimpleQueue()
    for number in range(count):
        jobs.put(bytearray(2_000_000 + number))
    jobs.put(None)
    done = 0
    while True:
        job = jobs.get()
        if job is None:
            return done
        done += len(job)
`,
      good: `
import queue


def drain(count: int = 3) -> int:
    jobs = queue.SimpleQueue()
    for number in range(count):
        jobs.put(bytearray(2_000_000 + number))
    jobs.put(None)
    done = 0
    while True:
        job = jobs.get()
        if job is None:
            return done
        done += len(job)
        del job
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/queue.html',
    'https://docs.python.org/3/reference/simple_stmts.html#the-del-statement',
  ],
  check(file, report) {
    const groups = new Map<number, LastItem[]>();
    for (const item of lastItems(file)) {
      groups.set(item.taking.index, [...(groups.get(item.taking.index) ?? []), item]);
    }
    for (const all of groups.values()) {
      const [first] = all.toSorted((a, b) => b.lastUse.index - a.lastUse.index);
      if (first) report(hitOf(file, first, all));
    }
  },
});

/** Most messages are small: what is called, or says that it is large, is worth letting go at once. */
function isWorthFreeing(item: LastItem): boolean {
  const { name } = item.binding;
  return isCalled(item) || (isLargeName(name) && !isSmallName(name));
}

function hitOf(file: FileFacts, last: LastItem, all: readonly LastItem[]): Hit {
  const { lastUse, taking, wait, isMoved } = last;
  const names = all.map(({ binding }) => binding.name);
  const target = file.drivable(lastUse);
  const isMethod = target?.node === file.functionAround(lastUse)?.node;
  return {
    anchor: lastUse,
    message: `\`${names.join('`, `')}\` ${names.length > 1 ? 'keep' : 'keeps'} the last item alive while the loop waits for the next one at line ${file.line(wait)}`,
    holder: names[0] ?? '',
    payload: 'the last item',
    ...(isMoved || all.some(isWorthFreeing) ? {} : { confidence: 'low' }),
    // In another block the names may be unbound, or needed on another way through the turn.
    ...(lastUse.parent === taking.parent
      ? {
          fix: {
            title: `Let ${names.join(' and ')} go at the end of the turn`,
            safety: 'review',
            edits: [insertStatementAfter(file, lastUse, `del ${names.join(', ')}`)],
          },
        }
      : {}),
    ...(target && isMethod
      ? { probe: { target: target.qualname, hold: { line: file.line(wait), names } } }
      : {}),
  };
}
