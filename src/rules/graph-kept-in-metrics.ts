import type { FileFacts } from '../facts/file-facts.ts';
import { graphsOf, usesTorch } from '../facts/arrays/graphs.ts';
import { definitionsBefore } from '../facts/places/reaching.ts';
import { reachesLoss, recordsIn, tensorNames, type Entry } from '../facts/arrays/siblings.ts';
import type { Node } from '../python/node.ts';
import { insertAfter } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Detached entries that show that a dict is a record. */
const DETACHED = 2;

/** Dicts of metrics in which one entry still has its graph, where its neighbours are detached. */
export default defineRule({
  id: 'graph-kept-in-metrics',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'One entry of a dict of metrics keeps its autograd graph, its neighbours are detached',
  why:
    'Metrics are kept until they are logged or averaged, often for many steps. An entry that is still part of the loss ' +
    'keeps the graph of its step all that time, with the tensors saved for the backward pass where none has run. Moving ' +
    'it with `.cpu()` or taking its `.mean()` does not end the graph.',
  remedy: 'Call `.detach()` on the value, or `.item()` where a number will do, as for the other entries.',
  notWhen: [
    'The value is detached or turned into a number, also where it was assigned.',
    'The value does not take part in the loss, such as an accuracy.',
    'The dict is how the loss is given back.',
    'Fewer than two other entries are detached: nothing says that the dict is a record.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Trainer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.recent = []

    def loss(self, rows: int = 1024) -> torch.Tensor:
        output = self.model(torch.ones(rows, self.width))
        fit = (output - 1).pow(2).mean()
        size = output.abs().mean()
        loss = fit + 0.1 * size
        metrics = {}
        metrics["loss"] = loss.detach()
        metrics["size"] = size.detach()
        metrics["fit"] = fit.mean()
        self.recent.append(metrics)
        del self.recent[:-50]
        return loss
`,
      good: `
import torch
from torch import nn


class Trainer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.recent = []

    def loss(self, rows: int = 1024) -> torch.Tensor:
        output = self.model(torch.ones(rows, self.width))
        fit = (output - 1).pow(2).mean()
        size = output.abs().mean()
        loss = fit + 0.1 * size
        metrics = {}
        metrics["loss"] = loss.detach()
        metrics["size"] = size.detach()
        metrics["fit"] = fit.detach().mean()
        self.recent.append(metrics)
        del self.recent[:-50]
        return loss
`,
      needs: 'torch',
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/notes/faq.html#my-model-reports-cuda-runtime-error-2-out-of-memory',
  ],
  check(file, report) {
    if (!usesTorch(file) || file.calls.named('detach', 'item').length < DETACHED) return;
    for (const record of recordsIn(file)) {
      const attached = record.filter((entry) => isAttached(file, entry));
      const detached = record.filter(({ value }) => DETACHES.test(value.text)).length;
      if (detached < DETACHED || attached.length > detached) continue;
      for (const { node, value } of attached) {
        const target = file.drivable(node);
        const holder = keeperOf(file, node) ?? 'metrics';
        report({
          anchor: node,
          message: `The entry \`${value.text.slice(0, 60)}\` keeps its autograd graph for as long as the dict is kept; its neighbours are detached`,
          holder,
          payload: 'the autograd graph of the step',
          fix: fixOf(file, value),
          ...(target ? { probe: { target: target.qualname } } : {}),
        });
      }
    }
  },
});

const DETACHES = /\.(detach|item|tolist)\(|\bfloat\(/;

/** Whether an entry takes part in the loss and is not detached on the way. */
function isAttached(file: FileFacts, { node, value }: Entry): boolean {
  if (graphsOf(file).isOff(node)) return false;
  return tensorNames(value).some((name) => {
    const definitions = definitionsBefore(file, name);
    const isMadeHere = definitions.length > 0 && definitions.every(({ kind }) => kind !== 'parameter');
    return isMadeHere && !definitions.some(isDetached) && reachesLoss(file, name);
  });
}

/** `ratio = torch.exp(…).detach()`, `metrics = gather(…)` of numbers. */
function isDetached({ node, value }: { node: Node; value: Node | undefined }): boolean {
  const made = value ?? node.closest('assignment')?.child('right');
  return made === undefined || DETACHES.test(made.text) || /^(integer|float|string)$/.test(made.type);
}

/** What the function stores the dict in: `Trainer.history` of `self.history.append(metrics)`, else the dict's name. */
function keeperOf(file: FileFacts, entry: Node): string | undefined {
  const statement = entry.closest('assignment') ?? entry;
  const left = (entry.type === 'assignment' ? entry : statement).child('left');
  const name = left?.type === 'subscript' ? left.child('value') : left;
  const binding = name?.type === 'identifier' ? file.binding(name) : undefined;
  for (const use of binding?.uses ?? []) {
    const call = use.parent?.type === 'argument_list' ? use.parent.parent : undefined;
    const callee = call?.child('function');
    const isAdded = /^(append|add|extend|appendleft)$/.test(callee?.child('attribute')?.text ?? '');
    const place = isAdded ? file.places.at(callee?.child('object')) : undefined;
    if (place) return place.label;
  }
  return binding?.name;
}

function fixOf(file: FileFacts, value: Node): ProposedFix {
  const names = tensorNames(value);
  const [only] = names.length === 1 ? names : [value];
  return {
    title: 'Keep the value without its graph with `.detach()`',
    safety: 'review',
    edits: [insertAfter(file, only ?? value, '.detach()')],
  };
}
