/** Functions that JAX runs with tracers in place of arrays: while they are compiled, differentiated or mapped. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';

export interface Traced {
  readonly function: FunctionFacts;
  /** `jax.grad` */
  readonly by: string;
  /** The call that traces it; undefined for a decorator. */
  readonly call: Node | undefined;
}

const TRANSFORMS =
  /^jax\.(jit|pmap|vmap|grad|value_and_grad|checkpoint|remat|linearize|vjp|jvp|jacfwd|jacrev|jacobian|hessian|eval_shape|make_jaxpr|lax\.(scan|map|fori_loop|while_loop|cond|switch|associative_scan))$/;

/** The functions of the file that one of the transformations of JAX is given. */
export function tracedFunctions(file: FileFacts): Traced[] {
  if (!/\bjax\b/.test(file.tree.source)) return [];
  const decorated = file.functions.flatMap((facts) => {
    const [by] = facts.decorators.flatMap(({ name, call }) => transformOf(file, name, call) ?? []);
    return by === undefined ? [] : [{ function: facts, by, call: undefined }];
  });
  const given = file.calls.all.flatMap(({ node }) => {
    const by = file.names.callee(node) ?? '';
    if (!TRANSFORMS.test(by)) return [];
    return (node.child('arguments')?.children ?? []).flatMap((value) => {
      const facts = functionOf(file, value);
      return facts ? [{ function: facts, by, call: node }] : [];
    });
  });
  return [...decorated, ...given];
}

/** `@jax.jit`, `@jax.jit(static_argnums=0)`, `@partial(jax.jit, static_argnums=0)` */
function transformOf(file: FileFacts, name: string | undefined, call: Node | undefined): string | undefined {
  if (name !== undefined && TRANSFORMS.test(name)) return name;
  const inner = name === 'functools.partial' ? call?.child('arguments')?.children[0] : undefined;
  const partial = file.names.qualified(inner);
  return partial !== undefined && TRANSFORMS.test(partial) ? partial : undefined;
}

/** The function that a name or `self.loss` stands for. */
function functionOf(file: FileFacts, value: Node): FunctionFacts | undefined {
  if (value.type === 'attribute' && file.isSelf(value.child('object')))
    return file.classAround(value)?.methods.get(value.child('attribute')?.text ?? '');
  const definition = value.type === 'identifier' ? file.binding(value)?.only : undefined;
  return definition?.kind === 'function' && definition.value
    ? file.definitions.functionOf(file.scopes.opened(definition.value))
    : undefined;
}
