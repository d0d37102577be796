import { accumulations, type Accumulation } from '../facts/arrays/accumulations.ts';
import { backwardsFrom, fateOf, type Fate } from '../facts/arrays/backward.ts';
import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { graphsOf, usesTorch } from '../facts/arrays/graphs.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { insertAfter, replaceNode } from '../scan/fix.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Stores that are looked at for one holder; it gets one comment anyway. */
const STORES = 20;

/** Losses and outputs that are collected together with their autograd graph. */
export default defineRule({
  id: 'graph-kept-by-accumulation',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A tensor that is added up or collected keeps its autograd graph',
  why:
    'A loss or an output of a model refers to the graph that made it, and the graph to every tensor saved for the backward ' +
    'pass. A list of losses, or a running total, keeps all of them. After `backward()` the saved tensors are gone, but ' +
    'the graph itself still grows with each step. `.clone()` keeps the graph; `.detach()` and `.item()` do not.',
  remedy:
    'Take the number with `.item()` where it is summed or logged, `.detach()` where a tensor is wanted, or evaluate under ' +
    '`torch.no_grad()`; never on what a backward pass still needs. To get GPU memory back after that: `del` the last ' +
    'reference first, then `gc.collect()` for what hangs in cycles, then `torch.cuda.empty_cache()`. Before the reference ' +
    'is gone none of them frees anything.',
  notWhen: [
    'The value is detached or turned into a number first.',
    'No graph is made: under `no_grad` or `inference_mode`, here or where the function is called.',
    'A backward pass starts from what is collected, or may: it is handed or given back to other code.',
    'The container is emptied, or the total set anew, elsewhere.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Trainer:
    def __init__(self, width: int = 64) -> None:
        self.model = nn.Linear(width, 1)
        self._total = 0.0
        self.steps = 0

    def step(self, rows: int = 8) -> int:
        loss = self.model(torch.ones(rows, 64)).mean()
        loss.backward()
        self._total += loss
        self.steps += 1
        return self.steps
`,
      good: `
import torch
from torch import nn


class Trainer:
    def __init__(self, width: int = 64) -> None:
        self.model = nn.Linear(width, 1)
        self._total = 0.0
        self.steps = 0

    def step(self, rows: int = 8) -> int:
        loss = self.model(torch.ones(rows, 64)).mean()
        loss.backward()
        self._total += loss.item()
        self.steps += 1
        return self.steps
`,
      ok: `
import torch
from torch import nn

model = nn.Linear(64, 1)


def train(batches: int = 4) -> None:
    total = 0.0
    for _ in range(batches):
        total += model(torch.ones(8, 64)).mean()
    total.backward()
`,
      needs: 'torch',
    },
    {
      bad: `
import torch
from torch import nn


class Scorer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.last_scores = []

    def score(self, rows: int = 1024) -> int:
        scores = self.model(torch.ones(rows, self.width)).mean()
        self.last_scores.append(scores)
        del self.last_scores[:-50]
        return len(self.last_scores)
`,
      good: `
import torch
from torch import nn


class Scorer:
    def __init__(self, width: int = 1024) -> None:
        self.width = width
        self.model = nn.Linear(width, 1)
        self.last_scores = []

    def score(self, rows: int = 1024) -> int:
        scores = self.model(torch.ones(rows, self.width)).mean()
        self.last_scores.append(scores.detach())
        del self.last_scores[:-50]
        return len(self.last_scores)
`,
      needs: 'torch',
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/notes/faq.html#my-model-reports-cuda-runtime-error-2-out-of-memory',
    'https://docs.pytorch.org/docs/stable/notes/autograd.html#saved-tensors',
  ],
  check(file, report) {
    if (!usesTorch(file)) return;
    const graphs = graphsOf(file);
    for (const [holder, all] of accumulations(file)) {
      const found = all.slice(0, STORES).find(({ value }) => graphs.hasGraph(value));
      const fate = found && fateOf(file, holder);
      const backward = found && backwardOf(file, found.value);
      if (found && fate && isRecord(file, found, fate, backward)) report(hitOf(file, found, fate, backward));
    }
  },
});

/** The backward pass, of the same step, that starts from what is added. */
function backwardOf(file: FileFacts, value: Node): Node | undefined {
  const [loop] = loopsAround(value);
  return [value, ...value.descendants()]
    .filter(({ type }) => type === 'identifier')
    .flatMap((identifier) => backwardsFrom(file, identifier))
    .find((call) => loopsAround(call)[0] === loop);
}

const EVALUATION = /(^|_)(eval\w*|valid\w*|test\w*|infer\w*|predict\w*|score\w*|measure|benchmark)(_|$)/;
/** They run the backward passes themselves; what they give back is a record. */
const TRAINING = /^(train|fit|(train|run|fit)_(model|network|net|loop|epoch|one_epoch))$/;
const PLAIN_RESULT = /^(float|int|str|bool|None|(dict|list|tuple)\[.*\b(float|int|str)\])$/;

/** Whether what is collected is a record that no backward pass will start from. */
function isRecord(
  file: FileFacts,
  { holder, value }: Accumulation,
  fate: Fate,
  backward: Node | undefined,
): boolean {
  if (fate.isBackwarded) return false;
  // Its graph is done with; a second pass over it would raise.
  if (backward) return true;
  const around = file.functionAround(value);
  if (fate.isPassedOn || (holder.root instanceof Binding && holder.root.isParameter)) return false;
  const name = around?.name ?? '';
  const result = around?.node.child('return_type')?.text ?? '';
  if (holder.root instanceof Binding) {
    return !fate.isReturned || EVALUATION.test(name) || TRAINING.test(name) || PLAIN_RESULT.test(result);
  }
  // What `forward` and the like collect is meant for the training loop, which is in another file.
  return name !== 'forward' && !/loss(es)?$/.test(name);
}

function hitOf(file: FileFacts, found: Accumulation, fate: Fate, backward: Node | undefined): Hit {
  const { holder, value, node, key } = found;
  const target = file.drivable(value);
  const own = new Set(target?.parameters.map(({ name }) => name));
  const vary = parametersBehind(file, key).map(({ name }) => name);
  const saved = backward ? '' : ', with all tensors that are saved for its backward pass';
  return {
    anchor: node,
    message: `\`${holder.label}\` keeps the autograd graph of every value of \`${value.text.slice(0, 60)}\`${saved}`,
    holder: holder.label,
    payload: backward ? 'nodes of the autograd graph' : 'autograd graphs and their saved tensors',
    fix: fixOf(file, found, fate, backward),
    ...(target ? { probe: { target: target.qualname, vary: vary.filter((name) => own.has(name)) } } : {}),
  };
}

function fixOf(file: FileFacts, found: Accumulation, fate: Fate, backward: Node | undefined): ProposedFix {
  const { holder, sort, value } = found;
  const binds = holder
    .of('bind')
    .flatMap(({ value: initial }) => (initial && !initial.contains(value) ? [initial] : []));
  const isNumber = binds.length > 0 && binds.every(({ type }) => type === 'integer' || type === 'float');
  const toNumber = sort === 'total' && isNumber && !fate.isUsedAsTensor;
  const isPrivate = holder.root instanceof Binding ? !fate.isReturned : holder.path.startsWith('_');
  // `backward()` without arguments has shown that it is one number, and that its graph is done with.
  const isDone =
    backward !== undefined &&
    !keywordArgument(backward, 'retain_graph') &&
    backward.text === `${value.text}.backward()`;
  const method = toNumber ? '.item()' : '.detach()';
  const isPrimary = /^(identifier|attribute|call|subscript|parenthesized_expression)$/.test(value.type);
  return {
    title: toNumber
      ? 'Add the number, without its graph, with `.item()`'
      : 'Keep the value without its graph with `.detach()`',
    safety: isDone && (isPrivate || !toNumber) ? 'safe' : 'review',
    edits: [
      isPrimary ? insertAfter(file, value, method) : replaceNode(file, value, `(${value.text})${method}`),
    ],
  };
}
