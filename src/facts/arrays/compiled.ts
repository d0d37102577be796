/** Functions that TensorFlow, JAX, PyTorch or Numba compile, and which of their arguments choose the compiled version. */
import type { Node } from '../../python/node.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';

/** Each value of a Python number that such a function is given has a trace of its own. */
const TRACERS = /^tensorflow\.(compat\.v2\.)?function$/;
const COMPILERS =
  /^(jax\.(jit|pmap)|jax\.experimental\.pjit\.pjit|equinox\.filter_jit|(flax\.)?nnx\.jit|torch\.(compile|jit\.(script|trace))|numba\.(jit|njit|vectorize|guvectorize|cfunc|cuda\.jit))$/;
export const COMPILER_NAMES =
  'function jit pmap pjit filter_jit compile script trace njit vectorize guvectorize cfunc'.split(' ');

export interface Compiled {
  readonly name: string;
  /** Parameters by whose values it compiles: all, or those that are declared static. */
  readonly keyed: 'all' | ReadonlySet<string | number>;
}

/** The compiler that an expression names, such as `jax.jit`. */
export function compilerOf(file: FileFacts, expression: Node | undefined): string | undefined {
  const name = file.names.qualified(expression) ?? '';
  return TRACERS.test(name) || COMPILERS.test(name) ? name : undefined;
}

/** The functions of the file that are compiled anew for each value of some argument. */
export function valueKeyedFunctions(file: FileFacts): Compiled[] {
  const found: Compiled[] = [];
  for (const { name, decorators, parameters } of file.functions) {
    const names = parameters.map((parameter) => parameter.name);
    for (const { name: decorator, call } of decorators) {
      const keyed = keyedBy(file, decorator, call, names);
      if (keyed) found.push({ name, keyed });
    }
  }
  for (const { node } of file.calls.named('function', 'jit', 'pmap')) {
    const [target] = node.parent?.type === 'assignment' ? [node.parent.child('left')] : [];
    const name = (target?.type === 'attribute' ? target.child('attribute') : target)?.text;
    const keyed = name === undefined ? undefined : keyedBy(file, file.names.callee(node), node, []);
    if (name !== undefined && keyed) found.push({ name, keyed });
  }
  return found;
}

function keyedBy(
  file: FileFacts,
  compiler: string | undefined,
  call: Node | undefined,
  parameters: readonly string[],
): Compiled['keyed'] | undefined {
  if (compiler === undefined) return undefined;
  if (TRACERS.test(compiler)) {
    const isLimited = ['input_signature', 'reduce_retracing', 'experimental_relax_shapes'].some((name) =>
      keywordArgument(call, name),
    );
    return isLimited ? undefined : 'all';
  }
  const isPartial = compiler === 'functools.partial';
  const inner = isPartial ? file.names.qualified(positionalArguments(call)[0]) : compiler;
  if (!/^jax\.(jit|pmap)$/.test(inner ?? '')) return undefined;
  const keys = new Set<string | number>();
  for (const value of literalsIn(keywordArgument(call, 'static_argnames')))
    keys.add(value.replace(/^\w*['"]|['"]$/g, ''));
  for (const value of literalsIn(keywordArgument(call, 'static_argnums'))) {
    keys.add(Number(value));
    const name = parameters[Number(value)];
    if (name !== undefined) keys.add(name);
  }
  for (const [at, name] of parameters.entries()) if (keys.has(name)) keys.add(at);
  return keys.size > 0 ? keys : undefined;
}

function literalsIn(value: Node | undefined): string[] {
  if (!value) return [];
  const parts = /^(tuple|list|set)$/.test(value.type) ? value.children : [value];
  return parts.map(({ text }) => text);
}

/** The arguments of a call by whose values the function is compiled. */
export function keyedArguments(call: Node, { keyed }: Compiled, isMethod: boolean): Node[] {
  const positional = positionalArguments(call);
  const keywords = (call.child('arguments')?.children ?? []).filter(
    ({ type }) => type === 'keyword_argument',
  );
  const offset = isMethod ? 1 : 0;
  return [
    ...positional.filter((_, at) => keyed === 'all' || keyed.has(at + offset)),
    ...keywords
      .filter((argument) => keyed === 'all' || keyed.has(argument.child('name')?.text ?? ''))
      .flatMap((argument) => argument.child('value') ?? []),
  ];
}
