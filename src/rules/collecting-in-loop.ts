import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround, ownNodes, statementOf } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `torch.cuda.empty_cache()` or `gc.collect()` in every turn of a loop. */
export default defineRule({
  id: 'collecting-in-loop',
  cause: 'external-library',
  confidence: 'low',
  summary: 'Collecting or emptying caches in every turn costs time and frees nothing that is held',
  why:
    '`torch.cuda.empty_cache()` gives unused blocks back to the driver: it frees no live tensor and gives PyTorch no more ' +
    'memory to use, but waits for the device and makes the next turn allocate anew. `gc.collect()` looks at all objects of ' +
    'the process and frees reference cycles only. In each turn of a loop both are slow, and where they seem to help, ' +
    'something makes cycles or keeps references. The probe measures no leak here and clears it.',
  remedy:
    'Drop the references that keep the memory, or break the cycle, and remove the call. Where it is needed, call it now and ' +
    'then: behind the loop, or once in some hundred turns, and `gc.collect()` before `empty_cache()`.',
  notWhen: [
    'A condition lets it run now and then, or only after an error.',
    'The loop does nothing else: it collects some times in a row.',
    'Each turn holds a loop of its own: between epochs and files it costs little.',
    'It is in a test or a benchmark.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
import gc


def total(count: int = 3) -> int:
    result = 0
    for number in range(count):
        result += len(str(number))
        gc.collect()
    return result
`,
      good: `
def total(count: int = 3) -> int:
    result = 0
    for number in range(count):
        result += len(str(number))
    return result
`,
      ok: `
import gc


def total(count: int = 3) -> int:
    result = 0
    for number in range(count):
        result += len(str(number))
        if number % 1000 == 999:
            gc.collect()
    return result
`,
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/generated/torch.cuda.memory.empty_cache.html',
    'https://docs.python.org/3/library/gc.html#gc.collect',
  ],
  check(file, report) {
    if (file.setting !== 'product' || file.calls.named('empty_cache', 'collect').length === 0) return;
    for (const { node } of file.calls.to(...EMPTIERS, 'gc.collect')) {
      const statement = statementOf(node);
      const [loop] = loopsAround(node);
      const body = loop?.child('body');
      // Under `if`, `try` or `with` something decides when it runs.
      if (!loop || !body || statement.parent !== body || isOnly(file, body) || hasLoop(body)) continue;
      // Generations have a rule of their own.
      if ((node.child('arguments')?.children.length ?? 0) > 0) continue;
      const isCollector = file.names.callee(node) === 'gc.collect';
      const target = file.drivable(node);
      report({
        anchor: node,
        message: isCollector
          ? '`gc.collect()` in every turn looks at all objects of the process, and frees nothing that something holds'
          : `\`${node.text}\` in every turn frees no live tensor: the next turn has to allocate the same memory again`,
        holder: isCollector ? 'gc' : 'empty_cache',
        payload: isCollector ? 'reference cycles' : 'cached blocks',
        ...(isCollector ? { cause: 'reference-cycle' as const } : {}),
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

const EMPTIERS = ['cuda', 'mps', 'xpu', 'npu', 'hpu', 'accelerator', 'cuda.memory'].map(
  (device) => `torch.${device}.empty_cache`,
);

/** `for _ in range(3): gc.collect()`, perhaps with a pause. */
function isOnly(file: FileFacts, body: Node): boolean {
  return body.children.every((statement) => {
    const [call] = statement.children;
    const name = file.names.callee(call) ?? '';
    return /^(gc\.collect|time\.sleep|asyncio\.sleep|torch\.\w+\.(empty_cache|synchronize))$/.test(name);
  });
}

function hasLoop(body: Node): boolean {
  return body.children
    .flatMap(ownNodes)
    .some(({ type }) => type === 'for_statement' || type === 'while_statement');
}
