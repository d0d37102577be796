import type { FileFacts } from '../facts/file-facts.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';
import { deleteStatement } from '../scan/fix.ts';

/** `del data` as the last statement of a function: the name ends with the function anyway. */
export default defineRule({
  id: 'useless-delete',
  cause: 'still-in-scope',
  confidence: 'low',
  summary: 'Deleting a local at the end of its function frees nothing earlier',
  why:
    'A local name ends when its function returns. `del` right before that changes nothing: what nobody else holds is freed ' +
    'a moment later, and what somebody else holds stays in both cases. Such a line often stands where memory did not go ' +
    'away, and hides that something else keeps it. The probe measures no leak here and clears it.',
  remedy:
    'Remove the line. Where memory stays, look for what else holds the object; where it is needed earlier, put `del` right ' +
    'behind the last use, before the work that takes long.',
  notWhen: [
    'Something follows it in the function, or it stands in a loop, `try`, `with` or `if`.',
    'A nested function uses the name too.',
    'The name holds an exception, a traceback or a frame: there `del` breaks a cycle.',
    'The name is not used otherwise: then the line only tells linters so.',
    'It deletes an attribute or an entry.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
def report(count: int = 10) -> None:
    rows = list(range(count))
    print(len(rows))
    del rows
`,
      good: `
def report(count: int = 10) -> None:
    rows = list(range(count))
    print(len(rows))
`,
      ok: `
import sys


def report(count: int = 10) -> None:
    frame = sys._getframe()
    print(frame.f_lineno)
    del frame
`,
    },
  ],
  links: ['https://docs.python.org/3/reference/simple_stmts.html#the-del-statement'],
  check(file, report) {
    // In tests it often waits for what must go away.
    if (file.setting !== 'product') return;
    for (const statement of file.nodes('delete_statement')) {
      const block = statement.parent;
      if (block?.parent?.type !== 'function_definition' || block.children.at(-1) !== statement) continue;
      const around = file.functionAround(statement);
      const names = namesIn(statement);
      if (!around || around.isGenerator || !names.every((name) => isUseless(file, around, name))) continue;
      const target = file.drivable(statement);
      const [first] = names;
      if (!first || block.children.length === 1) continue;
      const list = names.map(({ text }) => `\`${text}\``).join(', ');
      report({
        anchor: statement,
        message: `The function ends here, and ${list} with it: this line frees nothing earlier`,
        holder: first.text,
        payload: 'what the local refers to',
        fix: {
          title: 'Remove the line',
          safety: 'review',
          edits: [deleteStatement(file, statement)],
        },
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

function namesIn(statement: Node): Node[] {
  const [what] = statement.children;
  const parts =
    what?.type === 'expression_list' || what?.type === 'tuple' ? what.children : statement.children;
  return [...parts];
}

function isUseless(file: FileFacts, around: FunctionFacts, name: Node): boolean {
  const binding = name.type === 'identifier' ? file.binding(name) : undefined;
  if (!binding || binding.scope !== around.scope || FRAMES.test(name.text)) return false;
  const isPlain = binding.definitions.every(
    ({ kind, value }) => kind !== 'except' && !FRAMES.test(value?.text ?? ''),
  );
  const uses = binding.uses.filter((use) => use.closest('delete_statement') === undefined);
  return isPlain && uses.length > 0 && uses.every((use) => file.functionAround(use) === around);
}

/** What holds frames: there `del` breaks a cycle. */
const FRAMES =
  /(^|[^a-z])(e|ex|exc|err|error|tb|traceback|exc_\w+|exception|frames?|f_back|caller|stack|exc_info|current_?frame|_getframe|inspect)([^a-z]|$)/i;
