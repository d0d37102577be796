import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `df = pd.concat([df, part])` in a loop: every turn copies all that is there so far. */
export default defineRule({
  id: 'concat-in-loop',
  cause: 'fragmentation',
  confidence: 'low',
  summary: 'A table or array that is joined in a loop is copied as a whole in every turn',
  why:
    'Frames and arrays do not grow: `concat`, `append` and their kin make a new one and copy the old one into it. In a loop ' +
    'the work grows with the square of the size, and for a moment the old and the new one are both in memory, in blocks ' +
    'that get larger and larger, so that the freed ones are of no use for the next. Nothing leaks: the probe clears it.',
  remedy: 'Collect the parts in a list and join them once behind the loop: `pd.concat(parts)`.',
  notWhen: [
    'What is joined is not bound to the same name.',
    'The name begins anew in each turn.',
    'It is not in a loop.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      needs: 'numpy',
      bad: `
import numpy as np


def squares(count: int = 5) -> int:
    found = np.array([])
    for number in range(count):
        found = np.append(found, number * number)
    return len(found)
`,
      good: `
import numpy as np


def squares(count: int = 5) -> int:
    found = []
    for number in range(count):
        found.append(number * number)
    return len(np.array(found))
`,
    },
  ],
  links: ['https://pandas.pydata.org/docs/reference/api/pandas.concat.html'],
  check(file, report) {
    for (const { node } of file.calls.to(...JOINERS)) {
      const assignment = node.parent;
      const [loop] = loopsAround(node);
      const left = assignment?.type === 'assignment' ? assignment.child('left') : undefined;
      if (!loop || left?.type !== 'identifier' || !joins(node, left.text)) continue;
      if (beginsIn(file, loop, left)) continue;
      const target = file.drivable(node);
      report({
        anchor: assignment ?? node,
        message: `Every turn copies all of \`${left.text}\` into a new object: collect the parts in a list and join them once`,
        holder: left.text,
        payload: 'copies of what is joined so far',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

const JOINERS = [
  'pandas.concat',
  'polars.concat',
  ...['append', 'concatenate', 'vstack', 'hstack', 'dstack', 'column_stack', 'row_stack'].map(
    (name) => `numpy.${name}`,
  ),
  ...['cat', 'concat', 'vstack', 'hstack'].map((name) => `torch.${name}`),
];

/** `concat([df, part])`, `concatenate((a, part))`, `append(a, part)` */
function joins(call: Node, name: string): boolean {
  const [first] = positionalArguments(call);
  const parts = first?.type === 'list' || first?.type === 'tuple' ? first.children : [first];
  return parts.some((part) => part?.type === 'identifier' && part.text === name);
}

/** Whether the loop binds the name also in another way: then it does not grow from turn to turn. */
function beginsIn(file: FileFacts, loop: Node, name: Node): boolean {
  const definitions = file.binding(name)?.definitions ?? [];
  return definitions.some(
    ({ node, value }) =>
      node !== name && loop.contains(node) && !(value?.type === 'call' && joins(value, name.text)),
  );
}
