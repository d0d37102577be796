import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../facts/syntax/functions.ts';
import { usesTorch } from '../facts/arrays/graphs.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Tensors that an autograd function sets on its context in place of saving them. */
export default defineRule({
  id: 'tensor-on-autograd-context',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'An autograd function keeps a tensor as an attribute of its context',
  why:
    'The context is a node of the graph. What `save_for_backward` saves is let go after the backward pass, and an output ' +
    'is saved without a cycle; an attribute stays as long as the graph. An output that is an attribute refers to the ' +
    'context, which refers to the output: where no backward pass breaks this cycle, only the garbage collector frees it, ' +
    'and that counts objects, not the bytes of tensors.',
  remedy:
    'Pass tensors to `ctx.save_for_backward(…)` and read them from `ctx.saved_tensors`; keep attributes for plain values.',
  notWhen: [
    'The value is a number, a shape, a flag or a device.',
    'The value is an input or made on the way: it stays with the graph only, which is advice.',
    'The tensor is saved with `save_for_backward`.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
import torch

WEIGHTS = torch.ones(64, 64, requires_grad=True)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x * x
        ctx.result = result
        return result

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad * ctx.result.sqrt()


def evaluate(times: int = 1) -> float:
    return Square.apply(WEIGHTS).sum().item() * times
`,
      good: `
import torch

WEIGHTS = torch.ones(64, 64, requires_grad=True)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x * x
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad):
        (result,) = ctx.saved_tensors
        return 2 * grad * result.sqrt()


def evaluate(times: int = 1) -> float:
    return Square.apply(WEIGHTS).sum().item() * times
`,
      needs: 'torch',
    },
  ],
  links: ['https://docs.pytorch.org/docs/stable/notes/extending.html#how-to-use'],
  check(file, report) {
    if (!usesTorch(file)) return;
    for (const owner of file.classes.filter(isAutogradFunction)) {
      const forward = owner.methods.get('forward');
      const context = forward?.parameters[0]?.name;
      if (!forward || !context) continue;
      const outputs = outputsOf(file, forward);
      for (const { node, left, value } of attributesSet(file, forward, context)) {
        const isOutput = outputs.has(value.text);
        if (!isOutput && !isTensor(file, forward, value)) continue;
        const target = callerOf(file, owner);
        report({
          anchor: node,
          message: isOutput
            ? `\`${left.text}\` holds an output of \`${owner.name}\`, and the output holds \`${context}\`: a cycle that only the garbage collector frees`
            : `\`${left.text}\` keeps a tensor for as long as the graph; \`save_for_backward\` would let it go after the backward pass`,
          // The graph node that the context is.
          holder: `${owner.name}Backward.${left.child('attribute')?.text ?? ''}`,
          payload: isOutput ? 'outputs and their graph nodes' : 'a tensor of each call',
          confidence: isOutput ? 'medium' : 'low',
          ...(target ? { probe: { target: target.qualname } } : {}),
        });
      }
    }
  },
});

function isAutogradFunction({ bases }: ClassFacts): boolean {
  return bases.some((base) => /(^|\.)(autograd\.)?(Function|InplaceFunction)$/.test(base));
}

/** The names that `forward` gives back. */
function outputsOf(file: FileFacts, forward: FunctionFacts): Set<string> {
  const returned = file
    .nodes('return_statement')
    .filter((node) => file.functionAround(node) === forward)
    .flatMap(({ children: [value] }) => (value?.type === 'identifier' ? [value] : (value?.children ?? [])));
  return new Set(returned.flatMap((node) => (node.type === 'identifier' ? [node.text] : [])));
}

/** `ctx.name = name` in `forward`. */
function attributesSet(
  file: FileFacts,
  forward: FunctionFacts,
  context: string,
): { node: Node; left: Node; value: Node }[] {
  return file.nodes('assignment').flatMap((node) => {
    const [left, value] = [node.child('left'), node.child('right')];
    const isSet = left?.type === 'attribute' && left.child('object')?.text === context;
    if (!isSet || value?.type !== 'identifier' || !forward.node.contains(node)) return [];
    return file.functionAround(node) === forward ? [{ node, left, value }] : [];
  });
}

/** A parameter that is annotated as a tensor or saved too, or the result of a function of torch. */
function isTensor(file: FileFacts, forward: FunctionFacts, value: Node): boolean {
  const parameter = forward.parameters.find(({ name }) => name === value.text);
  if (parameter)
    return (
      /\bTensor\b/.test(parameter.annotation?.text ?? '') ||
      /^(x|input|inputs|weight|tensor)$/.test(value.text)
    );
  const made = file.binding(value)?.only?.value;
  return made?.type === 'call' && /^torch\.(?!Size|device)/.test(file.names.callee(made) ?? '');
}

/** A function of the file that applies the autograd function. */
function callerOf(file: FileFacts, owner: ClassFacts): FunctionFacts | undefined {
  const call = file.calls.named('apply').find(({ receiver }) => receiver?.text === owner.name);
  return call && file.drivable(call.node);
}
