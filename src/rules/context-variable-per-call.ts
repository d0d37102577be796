import type { Confidence } from '../contract/words.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { isMadeInFunctions, runsAtImport } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `self._current = ContextVar("current")`: contexts hold the variable and its value, also when the owner is gone. */
export default defineRule({
  id: 'context-variable-per-call',
  cause: 'cache',
  confidence: 'high',
  summary: 'A context variable that is made in a function or for each instance is never freed',
  why:
    'A context holds its variables and their values strongly, and the context of a thread lives as long as the thread. A ' +
    '`ContextVar` that is set once stays there with its value when nobody knows the variable any more, one for every call. ' +
    'The documentation says it: create context variables at module level, never in closures.',
  remedy:
    'Create the variable once at module level. Where each instance needs a value of its own, keep a small dict in one ' +
    'variable, or use an attribute.',
  notWhen: [
    'It is created at module or class level.',
    'The function runs while modules are imported, or once behind a flag of the module or the class.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from contextvars import ContextVar


class Session:
    def __init__(self, name: str) -> None:
        self._current = ContextVar(f"current_{name}")
        self._current.set(bytearray(1000))
`,
      good: `
class Session:
    def __init__(self, name: str) -> None:
        self.name = name
        self.current = bytearray(1000)
`,
      ok: `
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("current")


def name() -> str:
    return _current.get("")
`,
    },
  ],
  links: ['https://docs.python.org/3/library/contextvars.html#contextvars.ContextVar'],
  check(file, report) {
    for (const { node } of file.calls.to('contextvars.ContextVar')) {
      const target = file.drivable(node);
      if (!target || runsAtImport(file, target) || runsBehindGuard(file, node)) continue;
      report({
        anchor: node,
        message:
          'Contexts keep this ContextVar and the value that is set: every call makes another one, and none is freed',
        holder: 'ContextVar',
        payload: 'the variable and its value',
        confidence: confidenceOf(file, node),
        probe: { target: target.qualname },
      });
    }
  },
});

/** How many instances there are, other files decide; a fallback may never be needed. */
function confidenceOf(file: FileFacts, node: Node): Confidence {
  const frequency = frequencyOf(file, node);
  const owner = file.functionAround(node)?.class;
  const isMany = owner !== undefined && isMadeInFunctions(file, owner);
  if (frequency === 'once' || (isFallback(node) && !isMany)) return 'low';
  if (frequency === 'instance') return 'medium';
  return frequency === 'unknown' ? 'medium' : 'high';
}

/** `if variable is None: variable = ContextVar(…)` and `variable or ContextVar(…)`. */
function isFallback(node: Node): boolean {
  if (node.parent?.type === 'boolean_operator' || node.parent?.type === 'conditional_expression') return true;
  const around = statementOf(node).parent?.parent;
  return around?.type === 'if_statement' && / is None$|^not /.test(around.child('condition')?.text ?? '');
}
