import type { FileFacts } from '../facts/file-facts.ts';
import { idleWorkers, type IdleWorkers } from '../facts/resources/idle-workers.ts';
import { POOL_ENDS, poolsIn } from '../facts/resources/workers.ts';
import { defineRule } from '../scan/rule.ts';

/** A `multiprocessing.Pool` or `ThreadPool` that nothing closes or terminates. */
export default defineRule({
  id: 'pool-not-closed',
  cause: 'global',
  confidence: 'high',
  summary: 'A multiprocessing pool that nothing closes keeps its workers',
  why:
    'A pool starts its workers at once, and three threads that look after them. They live until `close()` or ' +
    '`terminate()`; the documentation says not to rely on the garbage collector for it. A worker process is a copy of the ' +
    'parent, so a pool for each call or instance adds memory with every one. A thread pool whose initialiser is a method ' +
    'of its owner is never freed: its threads hold the owner, which holds the pool.',
  remedy:
    'Use `with Pool(…) as pool:`, or call `close()` and then `join()` in a `finally`. Better, make one pool and keep using ' +
    'it; `maxtasksperchild` bounds what its workers gather.',
  notWhen: [
    'It is used in a `with` block or put on an exit stack.',
    'Something in the file closes, terminates or joins it.',
    'It is returned or handed to other code.',
    'One is made for the whole process.',
    'It is a pool of something else, such as connections.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import threading
from multiprocessing.pool import ThreadPool

threading.stack_size(64 * 1024)


class Crawler:
    def __init__(self, size: int = 20_000) -> None:
        self.page = bytearray(size)
        self.pool = ThreadPool(1, initializer=self.prepare)

    def prepare(self) -> None:
        self.page[0] = 1
`,
      good: `
import threading
from multiprocessing.pool import ThreadPool

threading.stack_size(64 * 1024)


def prepare(page: bytearray) -> None:
    page[0] = 1


class Crawler:
    def __init__(self, size: int = 20_000) -> None:
        self.page = bytearray(size)
        with ThreadPool(1, initializer=prepare, initargs=(self.page,)) as pool:
            pool.map(len, ["a", "b"])
`,
      ok: `
from multiprocessing import Pool


def lengths(words: list) -> list:
    pool = Pool(4)
    try:
        return pool.map(len, words)
    finally:
        pool.close()
        pool.join()
`,
    },
  ],
  links: ['https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool'],
  knownAs: ['R1732', 'consider-using-with'],
  check(file, report) {
    for (const idle of idleWorkers(file, poolsIn(file), POOL_ENDS)) {
      const target = file.drivable(idle.pool.node);
      const { fate } = idle;
      report({
        anchor: idle.pool.node,
        message: messageOf(file, idle),
        holder: idle.holder,
        payload: `idle ${idle.pool.workers}`,
        // Nobody but the function could close it.
        confidence: fate.how === 'kept' ? idle.confidence : 'medium',
        ...(fate.how === 'kept' && !fate.isEntry ? { cause: 'still-in-scope' } : {}),
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

function messageOf(file: FileFacts, { pool, fate, holder, initialiser }: IdleWorkers): string {
  if (initialiser && pool.workers === 'threads') {
    const owner = file.classAround(pool.node)?.name ?? 'the instance';
    return `The threads of the pool hold \`${owner}\` through their initialiser, and \`${owner}\` holds the pool: nothing closes it, so neither is ever freed`;
  }
  return fate.how === 'kept'
    ? `\`${holder}\` keeps a pool that nothing in this file closes: its ${pool.workers} stay`
    : `Each call starts a pool of ${pool.workers} and does not close it: when they end is left to the garbage collector`;
}
