import { accumulations } from '../facts/arrays/accumulations.ts';
import type { Call } from '../facts/syntax/calls.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import { graphsOf, isModule, makesGraph, usesTorch } from '../facts/arrays/graphs.ts';
import { defineRule } from '../scan/rule.ts';

/** Models and metrics that are evaluated with autograd on. */
export default defineRule({
  id: 'evaluation-without-no-grad',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'An evaluation builds autograd graphs that nothing needs',
  why:
    '`model.eval()` does not switch autograd off: each pass saves tensors for a backward pass that never comes. Outputs ' +
    'that are dropped free them again, so this raises the peak; outputs, states and sums that are kept hold the graphs of ' +
    'all batches. A bare `torch.no_grad()` that is not a `with` block does nothing.',
  remedy:
    'Evaluate under `with torch.no_grad():` or `with torch.inference_mode():`, or decorate the function so.',
  notWhen: [
    'The function, or the code that calls it, switches gradients off.',
    'The function runs a backward pass or a step of an optimiser.',
    'Lightning calls the method, which it does without gradients.',
    'The outputs are dropped: then it is advice only.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Scorer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.scores = []

    def evaluate(self, rows: int = 1024) -> int:
        self.model.eval()
        self.scores.append(self.model(torch.ones(rows, self.width)).mean())
        del self.scores[:-50]
        return len(self.scores)
`,
      good: `
import torch
from torch import nn


class Scorer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.scores = []

    def evaluate(self, rows: int = 1024) -> int:
        self.model.eval()
        with torch.no_grad():
            self.scores.append(self.model(torch.ones(rows, self.width)).mean())
        del self.scores[:-50]
        return len(self.scores)
`,
      needs: 'torch',
    },
  ],
  links: ['https://docs.pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation'],
  check(file, report) {
    if (!usesTorch(file)) return;
    for (const { node } of file.calls.to('torch.no_grad', 'torch.inference_mode')) {
      if (node.parent?.type !== 'expression_statement') continue;
      report({
        anchor: node,
        message: `\`${node.text}\` on a line of its own switches nothing off: it must be the head of a \`with\` block`,
        holder: 'autograd',
        payload: 'graphs that nothing needs',
      });
    }
    for (const call of file.calls.named('update')) {
      if (!updatesMetric(file, call)) continue;
      report({
        anchor: call.node,
        message:
          'The state of the metric is updated with gradients on: what it adds up keeps the graphs of all batches',
        holder: file.classAround(call.node)?.name ?? 'self',
        payload: 'autograd graphs of all batches',
      });
    }
    const kept = new Map(
      [...accumulations(file)].flatMap(([holder, all]) =>
        all.map(({ value }) => [file.functionAround(value), holder] as const),
      ),
    );
    for (const around of file.functions) {
      const call = isEvaluation(file, around) ? firstPass(file, around) : undefined;
      const target = call && file.drivable(call.node);
      if (!call) continue;
      report({
        anchor: call.node,
        message: `\`${call.node.child('function')?.text ?? 'the model'}\` is evaluated with gradients on: each pass saves tensors for a backward pass that never comes`,
        holder: kept.get(around)?.label ?? around.name,
        payload: 'saved tensors of each batch',
        confidence: 'low',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

const EVALUATION =
  /^_?(eval|evaluate|evaluation|validate|validation|test|infer|inference|predict)(_(model|epoch|step|loop|one_epoch|batch|loader|all|fn|net|network))?$/;

/** Functions that are named so, or that put the model in evaluation mode, and that train nothing. */
function isEvaluation(file: FileFacts, around: FunctionFacts): boolean {
  // A module's own methods leave the choice to their caller.
  if (around.class && isModule(around.class)) return false;
  const inside = (name: string) => file.calls.named(name).some(({ node }) => around.node.contains(node));
  if (!EVALUATION.test(around.name) && !inside('eval')) return false;
  return !['backward', 'step', 'train', 'zero_grad', 'grad', 'requires_grad_', 'fit'].some(inside);
}

/** The first call of a model with gradients on, in a loop where there is one. */
function firstPass(file: FileFacts, around: FunctionFacts): Call | undefined {
  const passes = file.calls.all.filter(
    ({ node }) =>
      around.node.contains(node) &&
      file.functionAround(node) === around &&
      makesGraph(file, node) &&
      !graphsOf(file).isOff(node),
  );
  return passes.find(({ node }) => loopsAround(node).length > 0) ?? passes[0];
}

/** `self.update(…)` in the `forward` of a metric that is a module. */
function updatesMetric(file: FileFacts, { node, receiver }: Call): boolean {
  const around = file.functionAround(node);
  const owner = around?.class;
  if (!owner || around.name !== 'forward' || !file.isSelf(receiver) || !isModule(owner)) return false;
  return (
    /Metric$/.test(owner.name) && !graphsOf(file).isOff(node) && !/set_grad_enabled/.test(owner.node.text)
  );
}
