import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { constant } from '../facts/places/large.ts';
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
    'Frames, arrays and bytes do not grow: `concat`, `append`, `data += chunk` and their kin make a new one and copy the old one into it. In a loop ' +
    'the work grows with the square of the size, and for a moment the old and the new one are both in memory, in blocks ' +
    'that get larger and larger, so that the freed ones are of no use for the next. Nothing leaks: the probe clears it.',
  remedy:
    'Collect the parts in a list and join them once behind the loop: `pd.concat(parts)`, `b"".join(parts)`; or add bytes to ' +
    'a `bytearray`, which has room to grow.',
  notWhen: [
    'What is joined is not bound to the same name.',
    'The name begins anew in each turn.',
    'It is not in a loop.',
    'It is a `bytearray`, a list, or text, which CPython often lengthens in place.',
    'The loop adds a constant, or a few bytes each time.',
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
    {
      bad: `
import io


def received(size: int = 3000) -> int:
    source = io.BytesIO(bytes(size))
    data = b""
    while chunk := source.read(1000):
        data += chunk
    return len(data)
`,
      good: `
import io


def received(size: int = 3000) -> int:
    source = io.BytesIO(bytes(size))
    data = bytearray()
    while chunk := source.read(1000):
        data += chunk
    return len(data)
`,
    },
  ],
  links: ['https://pandas.pydata.org/docs/reference/api/pandas.concat.html'],
  check(file, report) {
    for (const node of file.nodes('augmented_assignment')) {
      const [left, added] = [node.child('left'), node.child('right')];
      const [loop] = loopsAround(node);
      if (!loop || !added || left?.type !== 'identifier' || !isBytes(file, left)) continue;
      if (!isChunk(file, loop, added) || beginsIn(file, loop, left)) continue;
      const target = file.drivable(node);
      report({
        anchor: node,
        message: `Every turn copies all of \`${left.text}\` into a new object: collect the parts in a list and join them once, or use a \`bytearray\``,
        holder: left.text,
        payload: 'copies of what is joined so far',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
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

/** Whether a local was born as bytes, and is nothing else. */
function isBytes(file: FileFacts, name: Node): boolean {
  const definitions = file.binding(name)?.definitions ?? [];
  const others = definitions.filter(({ kind }) => kind !== 'augmented');
  return (
    others.length > 0 &&
    others.every(
      ({ value }) =>
        (value?.type === 'string' && /^[rR]?[bB]/.test(value.text)) ||
        (file.names.callee(value) === 'builtins.bytes' && positionalArguments(value).length === 0),
    )
  );
}

/** What a socket, a pipe or a file gives: `sock.recv(4096)`, or the name that the loop takes each piece in. */
function isChunk(file: FileFacts, loop: Node, added: Node): boolean {
  const made = added.type === 'await' ? added.children[0] : added;
  if (made?.type === 'call') {
    const [size] = positionalArguments(made);
    // `read(1)`: one by one they make a word, not a body.
    if ((constant(size) ?? PIECE) < PIECE) return false;
    return /(^|\.)(recv|read|read1|readexactly|receive|recv_bytes|get_chunk)$/.test(
      made.child('function')?.text ?? '',
    );
  }
  const definitions = made?.type === 'identifier' ? (file.binding(made)?.definitions ?? []) : [];
  return definitions.some(
    ({ kind, node, value }) =>
      loop.contains(node) &&
      (kind === 'for' ? CHUNKS.test(node.text) : value !== undefined && isChunk(file, loop, value)),
  );
}

/** Bytes from which on the pieces of a whole are worth a word. */
const PIECE = 64;
const CHUNKS = /^(chunk|data|block|part|packet|frame|buf|buffer|segment|payload)s?\d*$/;

/** Whether the loop binds the name also in another way: then it does not grow from turn to turn. */
function beginsIn(file: FileFacts, loop: Node, name: Node): boolean {
  const definitions = file.binding(name)?.definitions ?? [];
  return definitions.some(
    ({ node, value }) =>
      node !== name && loop.contains(node) && !(value?.type === 'call' && joins(value, name.text)),
  );
}
