import { roundsOf } from '../facts/resources/buffers.ts';
import {
  COMPILER_NAMES,
  compilerOf,
  keyedArguments,
  valueKeyedFunctions,
  type Compiled,
} from '../facts/arrays/compiled.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround, statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { spanOf } from '../facts/places/keeping.ts';
import { modelsBuiltAgain, predictionsPerItem, usesKeras } from '../facts/arrays/keras.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import type { Node } from '../python/node.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** A loop of fewer rounds makes few versions. */
const FEW = 20;

/** Functions that are compiled again and again: for each value of a number, or in a loop or for each call. */
export default defineRule({
  id: 'function-retraced',
  cause: 'external-library',
  confidence: 'high',
  summary: 'A compiled function is traced anew for every value or every call',
  why:
    '`tf.function` and `jax.jit` keep every version that they compile. A Python number that TensorFlow is given, or a ' +
    'static argument of JAX, has a version of its own for each value: a loop over steps compiles in every round, and all ' +
    'versions stay as long as the function does. A function that is wrapped anew for each call finds nothing in the ' +
    'cache and compiles every time; so does a Keras model that is built in a loop.',
  remedy:
    'Pass what changes as a tensor: `tf.constant(step)`, an argument of JAX that is not static; or state ' +
    '`input_signature` or `reduce_retracing=True`. Wrap functions once, at module level or in `__init__`. ' +
    'Build models of Keras once, and call `model(x)` for single items.',
  notWhen: [
    'The number is given as a tensor, or as an argument of JAX that is not static.',
    'A signature is stated: `input_signature` or `reduce_retracing`.',
    'The values are few: a short range, flags, literals.',
    'The compiled function is stored, given back or cached.',
    'Keras clears its state between the models, or predicts all items at once.',
    'It is made once, in `__init__` or at the start of the program.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from functools import partial

import jax


@partial(jax.jit, static_argnums=0)
def scaled(step, value):
    return value * step


def total(first: int = 0) -> float:
    result = 0.0
    for step in range(first, first + 1):
        result += float(scaled(step, 1.0))
    return result
`,
      good: `
import jax


@jax.jit
def scaled(step, value):
    return value * step


def total(first: int = 0) -> float:
    result = 0.0
    for step in range(first, first + 1):
        result += float(scaled(step, 1.0))
    return result
`,
      needs: 'jax',
    },
  ],
  links: [
    'https://www.tensorflow.org/guide/function#controlling_retracing',
    'https://docs.jax.dev/en/latest/jit-compilation.html#jit-and-caching',
  ],
  check(file, report) {
    if (!/\b(tensorflow|keras|jax|torch|numba|equinox|flax)\b/.test(file.tree.source)) return;
    if (usesKeras(file)) checkKeras(file, report);
    for (const compiled of valueKeyedFunctions(file)) {
      for (const { node, receiver } of file.calls.named(compiled.name)) {
        const hit = retraced(file, compiled, node, receiver !== undefined);
        if (hit) report(hit);
      }
    }
    for (const { node } of file.calls.named(...COMPILER_NAMES)) {
      const hit = wrappedAgain(file, node);
      if (hit) report(hit);
    }
    for (const { name, node, decorators, kind } of file.functions) {
      const compiler = decorators
        .map((one) => compilerOf(file, calleeOf(one.node.children[0])))
        .find(Boolean);
      const often = loopsAround(node).length > 0 || frequencyOf(file, node) === 'request';
      const isKept = file.scopes
        .at(node)
        .bindings.get(name)
        ?.uses.some((use) => spanOf(file, use) !== 'call');
      if (compiler === undefined || isKept || !often || (kind !== 'nested' && loopsAround(node).length === 0))
        continue;
      report({
        anchor: node,
        message: `\`${shown(compiler)}\` compiles \`${name}\` again each time this runs: it is a new function each time, and nothing is found in the cache`,
        ...wrapped(file, node),
      });
    }
  },
});

/** Keras compiles the functions of each model anew, and sets up a data pipeline for each `predict`. */
function checkKeras(file: FileFacts, report: (hit: Hit) => void): void {
  for (const node of modelsBuiltAgain(file)) {
    const maker = node.child('function')?.text ?? 'Keras';
    report({
      anchor: node,
      message: `\`${maker}\` builds a new model in every round, each with compiled functions and state of its own that Keras keeps in part: build it once, or call \`keras.utils.clear_session()\` between rounds`,
      ...wrapped(file, node),
    });
  }
  for (const node of predictionsPerItem(file)) {
    const callee = node.child('function');
    report({
      anchor: node,
      message: `\`${callee?.text ?? 'predict'}\` sets up a data pipeline for every item, and some versions of Keras keep it: call the model itself, or predict all items at once`,
      ...wrapped(file, node),
    });
  }
}

function calleeOf(expression: Node | undefined): Node | undefined {
  return expression?.type === 'call' ? expression.child('function') : expression;
}

/** `tf.function` for `tensorflow.function`. */
function shown(compiler: string): string {
  return compiler.replace(/^tensorflow/, 'tf');
}

/** `for step in range(n): train(step)`. */
function retraced(file: FileFacts, compiled: Compiled, call: Node, isMethod: boolean): Hit | undefined {
  const changing = keyedArguments(call, compiled, isMethod).find((argument) =>
    isNewNumber(file, argument, call),
  );
  if (!changing) return undefined;
  const inLoop = loopsAround(call).length > 0;
  if (!inLoop && frequencyOf(file, call) === 'once') return undefined;
  const target = file.drivable(call);
  const own = new Set(target?.parameters.map(({ name }) => name));
  const vary = parametersBehind(file, changing).map(({ name }) => name);
  return {
    anchor: call,
    message: `\`${compiled.name}\` is compiled anew for every value of \`${changing.text}\`, and keeps all versions: pass it as a tensor`,
    holder: compiled.name,
    payload: 'a compiled version for each value',
    ...(inLoop ? {} : { confidence: 'medium' }),
    ...(target ? { probe: { target: target.qualname, vary: vary.filter((name) => own.has(name)) } } : {}),
  };
}

/** A Python number that is another one in each round or call. */
function isNewNumber(file: FileFacts, argument: Node, call: Node): boolean {
  if (argument.type === 'call') {
    const name = file.names.callee(argument) ?? '';
    if (/^builtins\.(int|float)$/.test(name)) {
      return positionalArguments(argument).some(
        (inner) => inner.type === 'call' || isNewNumber(file, inner, call),
      );
    }
    return /^time\.(time|monotonic|perf_counter)$/.test(name) || argument.text.endsWith('.item()');
  }
  if (argument.type === 'binary_operator')
    return argument.children.some((side) => isNewNumber(file, side, call));
  if (argument.type !== 'identifier') return false;
  const loops = loopsAround(call);
  return (file.binding(argument)?.definitions ?? []).some(({ kind, node }) => {
    const loop = loops.find((around) => around.contains(node));
    if (!loop) return false;
    if (kind === 'augmented') return /^\d/.test(node.parent?.child('right')?.text ?? '');
    return kind === 'for' && countsUp(file, loop, node);
  });
}

/** `for step in range(n)`, `for step, batch in enumerate(batches)`. */
function countsUp(file: FileFacts, loop: Node, name: Node): boolean {
  const iterable = loop.child('right');
  if ((roundsOf(file, iterable) ?? FEW) < FEW) return false;
  const maker = file.names.callee(iterable);
  if (/^(builtins\.range|tqdm\.(trange|tnrange))$/.test(maker ?? '')) return true;
  if (/^tqdm\.(auto\.)?tqdm$/.test(maker ?? ''))
    return file.names.callee(positionalArguments(iterable)[0]) === 'builtins.range';
  return maker === 'builtins.enumerate' && loop.child('left')?.children[0] === name;
}

const SETS_UP =
  /^_*(init|build|make|create|get|setup|set_up|compile|load|prepare|warm|main|configure|bench\w*)(_|$)|__init__|__post_init__/;

/** `jax.jit(lambda x: …)(x)`, and any wrapping in a loop. */
function wrappedAgain(file: FileFacts, call: Node): Hit | undefined {
  const compiler = compilerOf(file, call.child('function'));
  const around = file.functionAround(call);
  if (compiler === undefined || call.parent?.type === 'decorator' || spanOf(file, call) !== 'call')
    return undefined;
  const [wrappedFunction] = positionalArguments(call);
  const isCalled = call.parent?.type === 'call' && call.field === 'function';
  const isNew = wrappedFunction?.type === 'lambda' || isNested(file, wrappedFunction);
  const isCached = around?.decorators.some(({ node }) => /cache/i.test(node.text)) ?? false;
  if (!wrappedFunction || isCached) return undefined;
  const inLoop = loopsAround(call).some((loop) => (roundsOf(file, loop.child('right')) ?? FEW) >= FEW);
  const frequency = frequencyOf(file, call);
  // JAX knows a function again that is not new; TensorFlow and Numba do not. Modules of PyTorch are often put back.
  const compilesAgain = isNew || isCalled || !/^(jax|torch|flax|equinox)\./.test(compiler);
  const isKnown = isCalled && !isNew && /^(jax|flax|equinox)\./.test(compiler);
  if (!compilesAgain || isKnown || (!inLoop && (!around || SETS_UP.test(around.name)))) return undefined;
  if (
    !inLoop &&
    frequency !== 'request' &&
    !(isNew && frequency === 'unknown' && (isCalled || isLambdaCalled(file, call)))
  )
    return undefined;
  return {
    anchor: call,
    message: `\`${shown(compiler)}\` compiles again each time this runs: what it wraps is new each time, and nothing is found in the cache`,
    ...wrapped(file, call),
  };
}

/** `fast = jax.jit(lambda x: …)` whose name is called in the same function. */
function isLambdaCalled(file: FileFacts, call: Node): boolean {
  const left = call.parent?.type === 'assignment' ? call.parent.child('left') : undefined;
  const uses = left?.type === 'identifier' ? (file.binding(left)?.uses ?? []) : [];
  return (
    positionalArguments(call)[0]?.type === 'lambda' &&
    uses.length > 0 &&
    uses.every(
      (use) => use.parent?.type === 'call' && use.field === 'function' && loopsAround(use).length === 0,
    )
  );
}

function isNested(file: FileFacts, expression: Node | undefined): boolean {
  const definition = expression?.type === 'identifier' ? file.binding(expression)?.only : undefined;
  return definition?.kind === 'function' && definition.scope.kind === 'function';
}

function wrapped(file: FileFacts, node: Node): Omit<Hit, 'anchor' | 'message'> {
  const target = file.drivable(statementOf(node));
  return {
    holder: file.symbolAt(node),
    payload: 'what was compiled',
    confidence: 'medium',
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}
