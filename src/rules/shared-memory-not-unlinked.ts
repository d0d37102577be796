import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { callsLike } from '../facts/syntax/called.ts';
import { fateOf } from '../facts/places/fates.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import { defineRule } from '../scan/rule.ts';

/** Blocks of shared memory that are created and never unlinked. */
export default defineRule({
  id: 'shared-memory-not-unlinked',
  cause: 'external-library',
  confidence: 'high',
  summary: 'A block of shared memory that is never unlinked outlives every process',
  why:
    'A `SharedMemory` block belongs to the system, not to the process. `close()` ends the access of one process; the memory ' +
    'itself stays until somebody calls `unlink()`, and counts against `/dev/shm`. One block for each call fills the ' +
    'machine, whatever the processes free.',
  remedy:
    'Call `close()` in every process that uses the block, and `unlink()` once, in the one that created it, best in a ' +
    '`finally`. `SharedMemoryManager` in a `with` block does both.',
  notWhen: [
    'Something in the file unlinks a block.',
    'The block is opened, not created.',
    'A `SharedMemoryManager` makes it.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from multiprocessing.shared_memory import SharedMemory


class Frames:
    def __init__(self) -> None:
        self.blocks = []

    def publish(self, size: int = 4096) -> int:
        try:
            block = SharedMemory("leakcheck-frames", create=True, size=size)
        except FileExistsError:
            block = SharedMemory("leakcheck-frames")
        self.blocks.append(block)
        return block.size
`,
      good: `
from multiprocessing.shared_memory import SharedMemory


class Frames:
    def publish(self, size: int = 4096) -> str:
        block = SharedMemory(create=True, size=size)
        try:
            block.buf[0] = 1
            return block.name
        finally:
            block.close()
            block.unlink()
`,
      ok: `
from multiprocessing.shared_memory import SharedMemory


def first(name: str) -> int:
    block = SharedMemory(name=name)
    try:
        return block.buf[0]
    finally:
        block.close()
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory.unlink',
  ],
  check(file, report) {
    const calls = callsLike(file, /(^|\.)(SharedMemory|ShareableList)$/);
    if (calls.length === 0 || /\bunlink\b|SharedMemoryManager/.test(file.tree.source)) return;
    for (const { node, name } of calls) {
      const create = keywordArgument(node, 'create') ?? positionalArguments(node)[1];
      const isList = name === 'ShareableList' && keywordArgument(node, 'name') === undefined;
      if (create?.type !== 'true' && !isList) continue;
      const fate = fateOf(file, node, new Set(['unlink']));
      if (fate.how === 'closed' && isList) continue;
      const target = file.drivable(node);
      report({
        anchor: node,
        message:
          'This creates a block of shared memory that nothing in this file unlinks: it stays with the system when the process ends',
        holder:
          fate.how === 'kept'
            ? (fate.target.child('value')?.text ?? fate.target.text)
            : fate.how === 'local'
              ? fate.binding.name
              : name,
        payload: 'shared memory',
        // Who got it, or its name, from here may unlink it.
        confidence: isUnderMain(node)
          ? 'low'
          : fate.how === 'local' || fate.how === 'dropped'
            ? 'high'
            : 'medium',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});
