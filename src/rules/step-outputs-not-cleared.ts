import { accumulations } from '../facts/arrays/accumulations.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import { graphsOf, usesTorch } from '../facts/arrays/graphs.ts';
import { lineageOf } from '../facts/places/instances.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { assignedBefore } from '../facts/places/reaching.ts';
import type { Node } from '../python/node.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Lists of step outputs of Lightning modules and callbacks that no epoch empties. */
export default defineRule({
  id: 'step-outputs-not-cleared',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'Outputs of steps are collected on the module and never cleared',
  why:
    'Since version 2.0 Lightning no longer collects the outputs of steps: modules do so in a list of their own, and must ' +
    'empty it themselves. A list that no epoch empties keeps the outputs of all steps of all epochs, on the device where ' +
    'they were made.',
  remedy:
    'Call `.clear()` on the list at the end of `on_validation_epoch_end` (or of the hook of the same stage), and collect ' +
    'detached tensors or numbers.',
  notWhen: [
    'A method of the class empties the list, or sets it anew outside of `__init__`.',
    'The list is bounded, or its length decides something.',
    'Plain numbers are collected.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, width: int = 1024) -> None:
        super().__init__()
        self.width = width
        self.validation_step_outputs = []

    @torch.no_grad()
    def validation_step(self, rows: int = 8) -> None:
        self.validation_step_outputs.append(torch.ones(rows, self.width))

    def on_validation_epoch_end(self) -> float:
        mean = torch.cat(self.validation_step_outputs).mean()
        return mean.item()
`,
      good: `
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, width: int = 1024) -> None:
        super().__init__()
        self.width = width
        self.validation_step_outputs = []

    @torch.no_grad()
    def validation_step(self, rows: int = 8) -> None:
        self.validation_step_outputs.append(torch.ones(rows, self.width))
        if len(self.validation_step_outputs) == 5:
            self.on_validation_epoch_end()

    def on_validation_epoch_end(self) -> float:
        mean = torch.cat(self.validation_step_outputs).mean()
        self.validation_step_outputs.clear()
        return mean.item()
`,
      needs: 'torch',
    },
  ],
  links: ['https://lightning.ai/docs/pytorch/stable/upgrade/from_1_9.html'],
  check(file, report) {
    if (!usesTorch(file)) return;
    for (const owner of file.classes) {
      const steps = [...owner.methods.values()].filter(({ name }) => STEP.test(name));
      if (steps.length === 0) continue;
      for (const place of file.places.ofClass(owner).values()) {
        const added = addedInStep(file, owner, place);
        const home = added && file.functionAround(added.node);
        if (!added || !home) continue;
        const stage = /(train|validation|test|predict)/.exec(home.name)?.[0] ?? 'validation';
        const fix = fixOf(file, owner, place, stage);
        report({
          anchor: added.node,
          message: `\`self.${place.path}\` keeps the outputs of every step of every epoch: nothing in \`${owner.name}\` clears it`,
          holder: place.label,
          payload: 'outputs of all steps',
          ...(fix ? { fix } : {}),
          probe: { target: home.qualname },
        });
      }
    }
  },
});

const STEP = /^((training|validation|test|predict)_step|on_(train|validation|test|predict)_batch_end)$/;
const NUMBER = /\.(item|tolist)\(\)|^(float|int|len|str)\(/;

/** A number, also by the names that it was given before. */
function isNumber(file: FileFacts, value: Node | undefined, depth = 3): boolean {
  if (!value || depth === 0) return false;
  if (NUMBER.test(value.text) || /^(integer|float|string)$/.test(value.type)) return true;
  if (value.type === 'identifier') return isNumber(file, assignedBefore(file, value), depth - 1);
  const isArithmetic = value.type === 'binary_operator' || value.type === 'parenthesized_expression';
  return (
    isArithmetic && value.children.some((part) => part.type !== 'integer' && isNumber(file, part, depth))
  );
}

/** Where a step adds to a list that the class never empties. */
function addedInStep(file: FileFacts, owner: ClassFacts, place: Place): Operation | undefined {
  const added = place
    .of('grow')
    .find(
      ({ how, node, value }) =>
        /^(append|extend|\+=)$/.test(how) &&
        STEP.test(file.functionAround(node)?.name ?? '') &&
        !isNumber(file, value),
    );
  if (!added || file.places.container(place)?.growth === 'bounded') return undefined;
  if (file.places.container(place)?.kind !== 'list') return undefined;
  const all = lineageOf(owner).flatMap(
    (ancestor) => file.places.ofClass(ancestor).get(place.path)?.operations ?? [],
  );
  const isCleared = all.some(
    ({ kind, scope, how }) =>
      kind === 'shrink' ||
      kind === 'guard' ||
      (kind === 'bind' && how !== '+=' && scope.nearest('function')?.name !== '__init__'),
  );
  // A value with its graph is told by graph-kept-by-accumulation.
  const isTold = accumulations(file)
    .get(place)
    ?.some(({ value }) => graphsOf(file).hasGraph(value));
  return isCleared || isTold ? undefined : added;
}

/** Empties the list at the end of the epoch, where the class has a hook for that. */
function fixOf(file: FileFacts, owner: ClassFacts, place: Place, stage: string): ProposedFix | undefined {
  const hook = owner.methods.get(`on_${stage.replace('training', 'train')}_epoch_end`);
  const last = hook?.node.child('body')?.children.at(-1);
  if (!last || last.type === 'return_statement' || last.type === 'pass_statement') return undefined;
  return {
    title: 'Clear the list at the end of the epoch',
    safety: 'review',
    edits: [insertStatementAfter(file, last, `self.${place.path}.clear()`)],
  };
}
