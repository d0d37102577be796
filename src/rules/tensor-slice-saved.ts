import { positionalArguments } from '../facts/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { partialView } from '../facts/views.ts';
import type { Node } from '../python/node.ts';
import { insertAfter } from '../scan/fix.ts';
import { defineRule } from '../scan/rule.ts';

/** Slices of tensors that are written to a file with all of the tensor. */
export default defineRule({
  id: 'tensor-slice-saved',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'Saving a slice of a tensor writes the whole tensor',
  why:
    'A slice of a tensor is a view of its storage, and `torch.save` writes storages. A row of a large tensor makes a file ' +
    '(or a buffer) as large as all of it, and loading the row brings all of it back into memory.',
  remedy: 'Save a copy of the part: `torch.save(rows[0].clone(), path)`.',
  notWhen: [
    'The part is copied first, with `.clone()` or by an index of a list or a mask.',
    'The whole tensor is saved.',
    'What is indexed is a dict, by a string.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import io

import torch


class Snapshots:
    def __init__(self) -> None:
        self.blobs = []

    def take(self, rows: int = 1024) -> int:
        weights = torch.zeros(rows, 1024)
        buffer = io.BytesIO()
        torch.save(weights[0, :4], buffer)
        self.blobs.append(buffer.getvalue())
        del self.blobs[:-50]
        return len(self.blobs)
`,
      good: `
import io

import torch


class Snapshots:
    def __init__(self) -> None:
        self.blobs = []

    def take(self, rows: int = 1024) -> int:
        weights = torch.zeros(rows, 1024)
        buffer = io.BytesIO()
        torch.save(weights[0, :4].clone(), buffer)
        self.blobs.append(buffer.getvalue())
        del self.blobs[:-50]
        return len(self.blobs)
`,
      needs: 'torch',
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/notes/serialization.html#saving-and-loading-tensors-preserves-views',
  ],
  check(file, report) {
    for (const { node } of file.calls.to('torch.save')) {
      const [saved] = positionalArguments(node);
      const slice = saved && sliceIn(saved);
      if (!slice) continue;
      const view = partialView(file, saved);
      const target = file.drivable(node);
      report({
        anchor: node,
        message: `\`${saved.text.slice(0, 60)}\` is a view: \`torch.save\` writes all of \`${slice.child('value')?.text.slice(0, 60) ?? ''}\``,
        holder: keeperOf(file, node),
        payload: 'the storage of the whole tensor',
        confidence: view ? 'medium' : 'low',
        fix: {
          title: 'Save a copy of the part with `.clone()`',
          safety: 'review',
          edits: [insertAfter(file, saved, '.clone()')],
        },
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** `x[0]`, `x[:10]`, `x[i, :4]`, also detached or moved, which copies nothing on the same device. */
function sliceIn(saved: Node): Node | undefined {
  let at: Node | undefined = saved;
  while (at?.type === 'call') {
    const callee: Node | undefined = at.child('function');
    if (!/^(detach|cpu|squeeze|view)$/.test(callee?.child('attribute')?.text ?? '')) return undefined;
    at = callee?.child('object');
  }
  if (at?.type !== 'subscript') return undefined;
  const keys = at.children.filter(({ field }) => field === 'subscript');
  const isBasic = keys.every(({ type }) => /^(slice|integer|unary_operator|identifier|ellipsis)$/.test(type));
  return isBasic && !keys.every(({ text }) => text === ':') ? at : undefined;
}

/** What the buffer's bytes are added to, else the buffer or path. */
function keeperOf(file: FileFacts, call: Node): string {
  const target = positionalArguments(call)[1];
  const binding = target?.type === 'identifier' ? file.binding(target) : undefined;
  for (const use of binding?.uses ?? []) {
    const list = use.closest('argument_list', 'block');
    const adding = list?.type === 'argument_list' ? list.parent?.child('function') : undefined;
    const isAdded = adding?.child('attribute')?.text === 'append';
    const place = isAdded ? file.places.at(adding.child('object')) : undefined;
    if (place) return place.label;
  }
  return target?.text.slice(0, 60) ?? 'file';
}
