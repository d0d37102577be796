import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import { graphsOf, isModule, usesTorch } from '../facts/arrays/graphs.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { originsOf } from '../facts/places/provenance.ts';
import { assignedBefore } from '../facts/places/reaching.ts';
import type { Node } from '../python/node.ts';
import { insertAfter, replaceNode } from '../scan/fix.ts';
import { defineRule } from '../scan/rule.ts';

/** Attributes that `forward` sets to tensors with their graph. */
export default defineRule({
  id: 'tensor-kept-in-forward',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A module keeps a tensor of its last pass, with the graph of that pass',
  why:
    'An attention map or an activation that `forward` sets on the module refers to the graph that made it. The module ' +
    'keeps one graph, with its saved tensors, until the next pass: while the next one is built there are two. Where the ' +
    'new value is computed from the old one, the graphs of all passes stay.',
  remedy:
    'Keep `.detach()` of it, or give it back from `forward`. Do not detach a term of the loss: that would train ' +
    'something else without a word.',
  notWhen: [
    'The value is detached, or no graph is made.',
    'It is a term of the loss, going by its name.',
    'Another method of the class sets it anew, to `None` for one.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.width = width
        self.layer = nn.Linear(width, width)
        self.state = torch.zeros(1, width)

    def forward(self, scale: float = 0.5) -> float:
        change = self.layer(torch.full((1, self.width), scale))
        self.state = torch.tanh(change + self.state)
        return self.state.sum().item()
`,
      good: `
import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.width = width
        self.layer = nn.Linear(width, width)
        self.state = torch.zeros(1, width)

    def forward(self, scale: float = 0.5) -> float:
        change = self.layer(torch.full((1, self.width), scale))
        self.state = torch.tanh(change + self.state).detach()
        return self.state.sum().item()
`,
      needs: 'torch',
    },
  ],
  links: ['https://docs.pytorch.org/docs/stable/notes/autograd.html#saved-tensors'],
  check(file, report) {
    if (!usesTorch(file)) return;
    const graphs = graphsOf(file);
    for (const owner of file.classes.filter(isModule)) {
      const forward = owner.methods.get('forward');
      if (!forward) continue;
      for (const place of file.places.ofClass(owner).values()) {
        if (place.path.includes('.') || LOSS.test(place.path)) continue;
        const [set] = place.of('bind').filter(({ node }) => file.functionAround(node) === forward);
        const value = set?.value;
        if (
          !set ||
          !value ||
          !(graphs.hasGraph(value) || isComputed(file, value)) ||
          isSetAnew(file, owner, place, set)
        )
          continue;
        const grows = dependsOn(file, value, place);
        if (!grows && !RECORD.test(place.path)) continue;
        report({
          anchor: set.node,
          message: grows
            ? `\`self.${place.path}\` is computed from its value of before, with its graph: the graphs of all passes stay`
            : `\`self.${place.path}\` keeps the graph of the last pass until the next one has run`,
          holder: place.label,
          payload: grows ? 'the graphs of all passes' : 'the graph of the last pass',
          confidence: grows ? 'medium' : 'low',
          fix: {
            title: 'Keep the value without its graph with `.detach()`',
            safety: 'review',
            edits: [
              /^(identifier|attribute|call|subscript|parenthesized_expression)$/.test(value.type)
                ? insertAfter(file, value, '.detach()')
                : replaceNode(file, value, `(${value.text}).detach()`),
            ],
          },
          probe: { target: forward.qualname },
        });
      }
    }
  },
});

const LOSS =
  /(^|_)(loss|losses|aux|reg|regulari[sz]\w*|kl|kld|penalty|log_?prob\w*|mu|sigma|logvar|nll)\d*(_|$)/i;
const RECORD =
  /attn|attention|activation|feature|feat|hidden|embed|output|weights?$|last|cache|saved|maps?$|scores|logits|probs|state|repr|latent|z$|h$/i;

/** Whether another function of the class lets the value go or replaces it. */
function isSetAnew(file: FileFacts, owner: ClassFacts, place: Place, set: Operation): boolean {
  const home = set.scope.nearest('function');
  return (file.places.ofClass(owner).get(place.path)?.of('bind', 'shrink') ?? []).some(({ scope }) => {
    const inside = scope.nearest('function');
    return inside !== undefined && inside !== home && inside.name !== '__init__';
  });
}

/** `torch.softmax(query @ key, -1)` of what `forward` is given: with a graph where that has one. */
function isComputed(file: FileFacts, value: Node): boolean {
  const made = value.type === 'identifier' ? assignedBefore(file, value) : value;
  const name = file.names.callee(made) ?? '';
  if (isActivated(file, made)) return !graphsOf(file).isOff(value);
  return (
    /^torch\.(softmax|sigmoid|tanh|relu|matmul|bmm|einsum|nn\.functional\.\w+)$/.test(name) &&
    !graphsOf(file).isOff(value)
  );
}

/** `self.score(x).softmax(-1)`: what a layer gives, by a name that the class does not define as a method. */
function isActivated(file: FileFacts, made: Node | undefined): boolean {
  const callee = made?.type === 'call' ? made.child('function') : undefined;
  if (!/^(softmax|log_softmax|sigmoid|tanh|relu)$/.test(callee?.child('attribute')?.text ?? '')) return false;
  const inner = callee?.child('object');
  const layer = inner?.type === 'call' ? inner.child('function') : undefined;
  return layer?.type === 'attribute' && file.isSelf(layer.child('object'));
}

/** Whether the value of before is part of the new one. */
function dependsOn(file: FileFacts, value: Node, place: Place): boolean {
  const reads = [value, ...originsOf(file, value).calls].flatMap((part) => [part, ...part.descendants()]);
  return reads.some(
    (node) =>
      node.type === 'attribute' && file.places.at(node) === place && !/^\.(detach|data)/.test(after(node)),
  );
}

/** `.detach()` of `self.state.detach()`. */
function after(node: Node): string {
  const outer = node.parent;
  return outer?.type === 'attribute' && node.field === 'object'
    ? outer.text.slice(node.end - outer.start)
    : '';
}
