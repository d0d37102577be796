import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { usesTorch } from '../facts/arrays/graphs.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Gradients with a graph of their own, left on the parameters. */
export default defineRule({
  id: 'create-graph-in-backward',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A backward pass with create_graph=True leaves a cycle between each parameter and its gradient',
  why:
    'With `create_graph=True` the gradient in `parameter.grad` has a graph that refers to the parameter. This cycle goes ' +
    "through PyTorch's own nodes, which Python's collector does not see: it stays until the gradient is reset, also when " +
    'the model is dropped. Without a reset each pass adds to the graph of the one before. PyTorch warns about it.',
  remedy:
    'Use `torch.autograd.grad(loss, parameters, create_graph=True)`, which leaves nothing on the parameters; or set each ' +
    '`parameter.grad = None` when the step is done.',
  notWhen: [
    'The gradients come from `torch.autograd.grad`.',
    'The file resets gradients (`zero_grad()`, `.grad = None`): then it is advice only.',
    'The keyword is `create_graph=False`.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Penalty:
    def __init__(self, width: int = 64) -> None:
        self.width = width
        self.layer = nn.Linear(width, 1)

    def curvature(self, rows: int = 64) -> float:
        self.layer(torch.ones(rows, self.width)).pow(3).mean().backward(create_graph=True)
        return self.layer.weight.grad.norm().item()
`,
      good: `
import torch
from torch import nn


class Penalty:
    def __init__(self, width: int = 64) -> None:
        self.width = width
        self.layer = nn.Linear(width, 1)

    def curvature(self, rows: int = 64) -> float:
        loss = self.layer(torch.ones(rows, self.width)).pow(3).mean()
        (grad,) = torch.autograd.grad(loss, [self.layer.weight], create_graph=True)
        return grad.norm().item()
`,
      needs: 'torch',
    },
  ],
  links: ['https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html'],
  check(file, report) {
    for (const { node } of file.calls.named('backward')) {
      const given = keywordArgument(node, 'create_graph');
      if (!given || given.type === 'false' || !usesTorch(file)) continue;
      const target = file.drivable(node);
      const reset = resets(file);
      const conditional = given.type !== 'true';
      report({
        anchor: node,
        message:
          'The gradients of this backward pass keep the graph that made them, in a cycle with their parameters, ' +
          (reset ? 'until they are reset' : 'and nothing in this file resets them'),
        holder: 'grad',
        payload: 'gradients and their graphs',
        confidence: reset || conditional ? 'low' : 'medium',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** Whether the file lets go of gradients: `zero_grad()`, `parameter.grad = None`, `del parameter.grad`. */
function resets(file: FileFacts): boolean {
  if (file.calls.named('zero_grad').length > 0) return true;
  return file
    .nodes('attribute')
    .some(
      (node) =>
        node.child('attribute')?.text === 'grad' &&
        (isSetToNone(node) || node.parent?.type === 'delete_statement'),
    );
}

function isSetToNone({ parent, field }: Node): boolean {
  return parent?.type === 'assignment' && field === 'left' && parent.child('right')?.type === 'none';
}
