/** Hooks of PyTorch modules and parameters: where they are registered, and what becomes of their handles. */
import type { Call } from '../syntax/calls.ts';
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { methodNamed } from '../places/instances.ts';

const MODULE_HOOKS = [
  'register_forward_hook',
  'register_forward_pre_hook',
  'register_full_backward_hook',
  'register_full_backward_pre_hook',
  'register_backward_hook',
];
const PARAMETER_HOOKS = ['register_hook', 'register_post_accumulate_grad_hook'];

/** All registrations on modules and on parameters; a hook on a tensor of one step goes with the tensor. */
export function hookRegistrations(file: FileFacts): readonly Call[] {
  const onModules = file.calls.named(...MODULE_HOOKS).filter(({ receiver }) => receiver !== undefined);
  const onParameters = file.calls
    .named(...PARAMETER_HOOKS)
    .filter(({ receiver }) => receiver !== undefined && isParameter(file, receiver));
  return [...onModules, ...onParameters];
}

/** `self.weight`, and `p` of `for p in model.parameters()`. */
function isParameter(file: FileFacts, receiver: Node): boolean {
  if (receiver.type === 'attribute') return /weight|bias|param/.test(receiver.child('attribute')?.text ?? '');
  const definition = receiver.type === 'identifier' ? file.binding(receiver)?.only : undefined;
  const loop =
    definition?.kind === 'for' ? definition.node.closest('for_statement', 'for_in_clause') : undefined;
  return /parameters\(/.test(loop?.child('right')?.text ?? '');
}

/**
 * `dropped`: nobody can remove the hook any more; `kept`: stored where no code of this file removes it;
 * `removed`: something removes it, or it is given back.
 */
export type HandleFate = 'dropped' | 'kept' | 'removed';

export function handleFate(file: FileFacts, registration: Node): HandleFate {
  // `module._forward_hooks.clear()` removes all hooks.
  if (file.nodes('attribute').some((node) => HOOK_TABLES.test(node.child('attribute')?.text ?? '')))
    return 'removed';
  const parent = registration.parent;
  if (parent?.type === 'expression_statement') return 'dropped';
  const left = parent?.type === 'assignment' ? parent.child('left') : undefined;
  const binding = left?.type === 'identifier' ? file.binding(left) : undefined;
  if (binding?.scope.kind === 'function') return binding.uses.length > 0 ? 'removed' : 'dropped';
  if (parent?.type === 'return_statement') return 'removed';
  return removals(file).length > 0 ? 'removed' : 'kept';
}

const HOOK_TABLES = /^_(forward|backward|forward_pre|backward_pre|state_dict)_hooks$/;

/** Calls of `remove()` as a handle has it: without arguments. */
export function removals(file: FileFacts): readonly Node[] {
  return file.calls
    .named('remove', 'close', 'remove_hooks')
    .filter(({ node, receiver }) => receiver !== undefined && node.child('arguments')?.children.length === 0)
    .map(({ node }) => node);
}

/** The function of this file that is registered: a nested one, a method, or a lambda's node. */
export function hookFunction(file: FileFacts, registration: Node): Node | undefined {
  const [hook] = positionalArguments(registration);
  if (hook?.type === 'lambda') return hook;
  if (hook?.type === 'attribute' && file.isSelf(hook.child('object'))) {
    const owner = file.classAround(registration);
    return owner && methodNamed(owner, hook.child('attribute')?.text ?? '')?.node;
  }
  // `make_hook(name)`, which gives back a function that it defines
  const named = hook?.type === 'call' ? hook.child('function') : hook;
  const maker =
    named?.type === 'attribute' && file.isSelf(named.child('object'))
      ? methodOf(file, registration, named)
      : definedAs(file, named);
  if (hook?.type !== 'call' || !maker) return maker;
  return (
    maker.child('body')?.children.find(({ type }) => type === 'function_definition') ?? returnedLambda(maker)
  );
}

function methodOf(file: FileFacts, at: Node, attribute: Node): Node | undefined {
  const owner = file.classAround(at);
  return owner && methodNamed(owner, attribute.child('attribute')?.text ?? '')?.node;
}

function definedAs(file: FileFacts, name: Node | undefined): Node | undefined {
  const definition = name?.type === 'identifier' ? file.binding(name)?.only : undefined;
  if (definition?.kind === 'function') return definition.value;
  return definition?.value?.type === 'lambda' ? definition.value : undefined;
}

function returnedLambda(maker: Node): Node | undefined {
  const last = maker.child('body')?.children.at(-1);
  const [value] = last?.type === 'return_statement' ? last.children : [];
  return value?.type === 'lambda' ? value : undefined;
}

/** How far a name is followed to the module that it is a part of. */
const DEPTH = 6;
const PARTS = /^(get_|named_|modules|children|parameters|values|items|__getitem__)/;

/**
 * Whether an expression denotes the same modules each time that a region runs: nothing in the region makes them, and
 * they are not what the region itself iterates over.
 */
export function isSameEachTime(file: FileFacts, expression: Node, region: Node, depth = DEPTH): boolean {
  // `layers[name]` for each name
  if ([expression, ...expression.descendants()].some((node) => isTurnOf(file, node, region))) return false;
  const root = rootOf(expression);
  if (root?.type === 'call') {
    const callee = root.child('function');
    const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
    const whole =
      name === 'getattr' || /^(enumerate|list|zip|reversed|dict)$/.test(name)
        ? positionalArguments(root)[0]
        : undefined;
    const part = callee?.type === 'attribute' && PARTS.test(name) ? callee.child('object') : whole;
    return part !== undefined && depth > 0 && isSameEachTime(file, part, region, depth - 1);
  }
  const binding = root?.type === 'identifier' ? file.binding(root) : undefined;
  if (!binding) return root?.type === 'identifier';
  return binding.definitions.every(({ kind, node, value }) => {
    if (!region.contains(node) || kind === 'parameter') return true;
    const loop = kind === 'for' ? node.closest('for_statement', 'for_in_clause') : undefined;
    const source = loop ? loop.child('right') : value;
    return (
      loop !== region && source !== undefined && depth > 0 && isSameEachTime(file, source, region, depth - 1)
    );
  });
}

/** Whether a name has another value in each turn of a loop. */
function isTurnOf(file: FileFacts, node: Node, loop: Node): boolean {
  const binding = node.type === 'identifier' ? file.binding(node) : undefined;
  return (
    binding?.definitions.some(
      (definition) =>
        definition.kind === 'for' && definition.node.closest('for_statement', 'for_in_clause') === loop,
    ) ?? false
  );
}

/** `model` of `model.layers[0].norm`. */
function rootOf(expression: Node): Node | undefined {
  let at: Node | undefined = expression;
  while (at?.type === 'attribute' || at?.type === 'subscript')
    at = at.child(at.type === 'attribute' ? 'object' : 'value');
  return at;
}

const FORWARD =
  /^(forward|__call__|training_step|validation_step|test_step|predict_step|on_\w+_batch_(start|end)|predict|generate|infer|inference|encode|embed|extract_features?|get_(features?|activations?|embeddings?|attentions?)|compute_\w+|attribute|explain)$/;

/** The code that runs again and again for the same module, and with it the registration. */
export function repeatedRegion(file: FileFacts, { node, receiver }: Call): Node | undefined {
  if (!receiver) return undefined;
  const loop = loopsAround(node).find((around) => isSameEachTime(file, receiver, around));
  if (loop) return loop;
  const around = file.functionAround(node);
  if (!around || !isSameEachTime(file, receiver, around.node)) return undefined;
  if (FORWARD.test(around.name) || runsTheModule(file, around, receiver, node)) return around.node;
  return isCalledInLoop(file, around) ? around.node : undefined;
}

/** `model(inputs)` after `model.layer.register_forward_hook(hook)`: a function that takes what one pass gives. */
function runsTheModule(file: FileFacts, around: FunctionFacts, receiver: Node, registration: Node): boolean {
  if (around.name.startsWith('__')) return false;
  const root = rootOf(receiver);
  const owner = receiver.type === 'attribute' && file.isSelf(root) ? selfPart(receiver) : root?.text;
  if (owner === undefined) return false;
  return file.calls.all.some(
    ({ node }) =>
      node.index > registration.index && around.node.contains(node) && node.child('function')?.text === owner,
  );
}

/** `self.model` of `self.model.layers[0]`. */
function selfPart(receiver: Node): string {
  let at = receiver;
  for (let object = at.child('object'); object?.type === 'attribute' || object?.type === 'subscript';) {
    at = object;
    object = at.child(at.type === 'attribute' ? 'object' : 'value');
  }
  return at.text;
}

function isCalledInLoop(file: FileFacts, around: FunctionFacts): boolean {
  return file.calls.named(around.name).some(({ node }) => {
    const [loop] = loopsAround(node);
    const [first] = positionalArguments(node);
    return loop !== undefined && first?.type === 'identifier' && isSameEachTime(file, first, loop);
  });
}
