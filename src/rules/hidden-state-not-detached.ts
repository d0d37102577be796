import { carriedStates, isDetachedIn, loopThatCarries, type Carried } from '../facts/arrays/carried.ts';
import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { usesTorch } from '../facts/arrays/graphs.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** State of recurrent networks, and totals, whose graph reaches back to the first step. */
export default defineRule({
  id: 'hidden-state-not-detached',
  cause: 'external-library',
  confidence: 'high',
  summary: 'State that is carried from step to step keeps the graphs of all steps',
  why:
    'A hidden state that goes into the next step refers to the graph of this one, and so to all before it. ' +
    '`backward(retain_graph=True)` hides the error that would show this and keeps the saved tensors: memory and time grow ' +
    'with each step. `retain_graph=True` alone leaks nothing; the state that is carried over does.',
  remedy:
    'Detach the state between steps (`hidden = hidden.detach()`, each part of an LSTM state) and drop `retain_graph=True`. ' +
    'Start a running loss anew for each backward pass.',
  notWhen: [
    'The state is detached, or set anew, in each turn of the loop.',
    'The state is carried over the time steps of one backward pass.',
    'Nothing calls `backward(retain_graph=True)`.',
    'A method sets the state of the object anew.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Reader:
    def __init__(self, width: int = 16) -> None:
        self.width = width
        self.cell = nn.GRUCell(width, width)
        self.hidden = torch.zeros(1, width)

    def step(self, scale: float = 0.5) -> float:
        inputs = torch.full((1, self.width), scale)
        self.hidden = self.cell(inputs, self.hidden)
        loss = self.hidden.sum()
        loss.backward(retain_graph=True)
        return loss.item()
`,
      good: `
import torch
from torch import nn


class Reader:
    def __init__(self, width: int = 16) -> None:
        self.width = width
        self.cell = nn.GRUCell(width, width)
        self.hidden = torch.zeros(1, width)

    def step(self, scale: float = 0.5) -> float:
        inputs = torch.full((1, self.width), scale)
        self.hidden = self.cell(inputs, self.hidden)
        loss = self.hidden.sum()
        loss.backward()
        self.hidden = self.hidden.detach()
        return loss.item()
`,
      needs: 'torch',
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/notes/faq.html#my-model-reports-cuda-runtime-error-2-out-of-memory',
  ],
  check(file, report) {
    const retaining = file.calls
      .named('backward')
      .filter(({ node }) => keywordArgument(node, 'retain_graph')?.type === 'true');
    if (retaining.length === 0 || !usesTorch(file)) return;
    const seen = new Set<Node>();
    const states = carriedStates(file);
    for (const { node: backward } of retaining) {
      for (const carried of states.filter((state) => isCarriedOver(file, state, backward))) {
        if (seen.has(carried.node)) continue;
        seen.add(carried.node);
        report(hitOf(file, carried, backward));
      }
      const total = totalOf(file, backward);
      if (total && !seen.has(total)) {
        seen.add(total);
        report(totalHit(file, total));
      }
    }
  },
});

/** Whether the state of one step is there in the next, each with a backward pass of its own. */
function isCarriedOver(file: FileFacts, carried: Carried, backward: Node): boolean {
  const name = carried.state.text.replace(/^.*\./, '');
  if (carried.place.root instanceof Binding && carried.place.path === '') {
    const loop = loopThatCarries(carried);
    return loop !== undefined && loopsAround(backward).includes(loop) && !isDetachedIn(loop, name);
  }
  const around = file.functionAround(carried.node);
  const owner = around?.class;
  if (!around || !owner || owner !== file.classAround(backward)) return false;
  const isSetAnew = carried.place.of('bind').some(({ scope, node }) => {
    const inside = scope.nearest('function');
    return (
      inside?.name !== '__init__' &&
      inside !== undefined &&
      node !== carried.node &&
      !node.contains(carried.state)
    );
  });
  return !isSetAnew && !isDetachedIn(owner.node, name);
}

function hitOf(file: FileFacts, carried: Carried, backward: Node): Hit {
  const target = file.drivable(carried.node);
  const fix = fixOf(file, carried, backward);
  return {
    anchor: carried.node,
    message: `\`${carried.state.text}\` carries the graphs of all earlier steps into the next one, and \`retain_graph=True\` keeps their tensors`,
    holder: carried.place.label,
    payload: 'the graphs of all steps',
    confidence: carried.place.root instanceof Binding ? 'high' : 'medium',
    ...(fix ? { fix } : {}),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}

/** Only where the state is one tensor: that of an LSTM is two. */
function fixOf(file: FileFacts, { state, call }: Carried, backward: Node): ProposedFix | undefined {
  const callee = call.child('function');
  const made =
    file.places
      .at(callee)
      ?.of('bind')
      .map(({ value }) => file.names.callee(value) ?? '') ?? [];
  const isOneTensor =
    made.length > 0 && made.every((name) => /^torch\.nn\.(GRU|RNN|GRUCell|RNNCell)$/.test(name));
  const statement = backward.parent?.type === 'expression_statement' ? backward.parent : undefined;
  if (!isOneTensor || !statement) return undefined;
  return {
    title: 'Detach the state after each step; `retain_graph=True` can then go',
    safety: 'review',
    edits: [insertStatementAfter(file, statement, `${state.text} = ${state.text}.detach()`)],
  };
}

/** The `total += loss` of a loop that starts a backward pass from the total in each turn. */
function totalOf(file: FileFacts, backward: Node): Node | undefined {
  const receiver = backward.child('function')?.child('object');
  const binding = receiver?.type === 'identifier' ? file.binding(receiver) : undefined;
  const [loop] = loopsAround(backward);
  if (!binding || !loop) return undefined;
  const inside = binding.definitions.filter(({ node }) => loop.contains(node));
  const isTotal = inside.length > 0 && inside.every(({ kind }) => kind === 'augmented');
  return isTotal && !isDetachedIn(loop, binding.name) ? inside[0]?.node.parent : undefined;
}

function totalHit(file: FileFacts, total: Node): Hit {
  const name = total.child('left')?.text ?? '';
  const target = file.drivable(total);
  return {
    anchor: total,
    message: `\`${name}\` adds up the graphs of all turns, and each turn runs backward through all of them`,
    holder: name,
    payload: 'the graphs of all turns',
    confidence: 'medium',
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}
