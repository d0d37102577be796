import type { FileFacts } from '../facts/file-facts.ts';
import { idleWorkers, type IdleWorkers } from '../facts/resources/idle-workers.ts';
import { EXECUTOR_ENDS, executorsIn } from '../facts/resources/workers.ts';
import { defineRule } from '../scan/rule.ts';

/** A `ThreadPoolExecutor` or `ProcessPoolExecutor` that stays referenced and that nothing shuts down. */
export default defineRule({
  id: 'executor-not-shut-down',
  cause: 'global',
  confidence: 'high',
  summary: 'An executor that is kept and never shut down keeps its workers',
  why:
    'The workers of an executor wait for work until it is shut down or nothing refers to it any more. One that is kept for ' +
    'each instance, key or request therefore keeps its threads or processes, with their stacks, for as long as its owner. ' +
    'An initialiser that is a method of the owner turns the table: each worker then holds the owner, which holds the ' +
    'executor, so neither is ever freed. An executor that nothing refers to is cleaned up by itself.',
  remedy:
    'Share one executor, or use it in a `with` block; what an instance makes for itself, its `close()` should ' +
    '`shutdown()`. Give `initializer` a function that does not hold the instance.',
  notWhen: [
    'It is used in a `with` block or put on an exit stack.',
    'Something in the file calls its `shutdown`.',
    'It is returned or handed to other code.',
    'One is made for the whole process.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import threading
from concurrent.futures import ThreadPoolExecutor

threading.stack_size(64 * 1024)


class Thumbnails:
    def __init__(self, size: int = 20_000) -> None:
        self.canvas = bytearray(size)
        self.workers = ThreadPoolExecutor(1, initializer=self.prepare)
        self.workers.submit(len, "warm up").result()

    def prepare(self) -> None:
        self.canvas[0] = 1
`,
      good: `
import threading
from concurrent.futures import ThreadPoolExecutor

threading.stack_size(64 * 1024)


def prepare(canvas: bytearray) -> None:
    canvas[0] = 1


class Thumbnails:
    def __init__(self, size: int = 20_000) -> None:
        self.canvas = bytearray(size)
        with ThreadPoolExecutor(1, initializer=prepare, initargs=(self.canvas,)) as workers:
            workers.submit(len, "warm up").result()
`,
      ok: `
from concurrent.futures import ThreadPoolExecutor


class Thumbnails:
    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(1, initializer=self.prepare)

    def prepare(self) -> None:
        pass

    def close(self) -> None:
        self.workers.shutdown()
`,
    },
    {
      bad: `
from concurrent.futures import ThreadPoolExecutor


class Tenants:
    def __init__(self) -> None:
        self.executors = {}

    def executor_for(self, tenant: str) -> ThreadPoolExecutor:
        if tenant not in self.executors:
            self.executors[tenant] = ThreadPoolExecutor(max_workers=1)
        return self.executors[tenant]
`,
      good: `
from concurrent.futures import ThreadPoolExecutor


class Tenants:
    def __init__(self) -> None:
        self.executor = ThreadPoolExecutor(max_workers=8)

    def executor_for(self, tenant: str) -> ThreadPoolExecutor:
        return self.executor

    def close(self) -> None:
        self.executor.shutdown()
`,
    },
  ],
  links: ['https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.shutdown'],
  check(file, report) {
    for (const idle of idleWorkers(file, executorsIn(file), EXECUTOR_ENDS)) {
      const target = file.drivable(idle.pool.node);
      report({
        anchor: idle.pool.node,
        message: messageOf(file, idle),
        holder: idle.holder,
        payload: `idle ${idle.pool.workers}`,
        confidence: idle.confidence,
        ...(idle.fate.how === 'kept' && !idle.fate.isEntry ? { cause: 'still-in-scope' } : {}),
        ...(target ? { probe: { target: target.qualname, vary: varied(idle, target.parameters) } } : {}),
      });
    }
  },
});

function varied({ fate }: IdleWorkers, parameters: readonly { name: string }[]): string[] {
  const key = fate.how === 'kept' && fate.isEntry ? fate.target.child('subscript')?.text : undefined;
  return parameters.flatMap(({ name }) => (name === key ? [name] : []));
}

function messageOf(file: FileFacts, { pool, fate, holder, initialiser }: IdleWorkers): string {
  if (initialiser) {
    const owner = file.classAround(pool.node)?.name ?? 'the instance';
    return `Each worker of the executor holds \`${owner}\` through its initialiser, and \`${owner}\` holds the executor: nothing shuts it down, so neither is ever freed`;
  }
  if (fate.how !== 'kept')
    return `Each call makes an executor and does not shut it down: its ${pool.workers} stay until the executor itself is freed`;
  return fate.isEntry
    ? `\`${holder}\` keeps an executor for each entry, and nothing in this file shuts one down: their ${pool.workers} stay`
    : `\`${holder}\` keeps an executor that nothing in this file shuts down: its ${pool.workers} stay as long as it is referred to`;
}
