import { tracedFunctions, type Traced } from '../facts/arrays/traced.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { originsOf } from '../facts/places/provenance.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `self.hidden = jnp.tanh(x)` in a function that JAX traces: what is kept is no array, but a tracer. */
export default defineRule({
  id: 'traced-value-kept',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A function that JAX traces stores a tracer where it outlives the trace',
  why:
    'Under `jax.jit`, `grad`, `vmap` or `scan` a function runs with tracers in place of arrays. One that is stored on an ' +
    'object, in a global or in a list outlives the trace and keeps all of it: the graph, its constants, the arrays that ' +
    'were captured. `grad` and `vmap` trace in every call, so that a list grows by a whole trace each time; and whoever ' +
    'uses the value later gets an `UnexpectedTracerError`.',
  remedy:
    'Return the value from the function, with `has_aux=True` where it is differentiated, and store what comes out; or use ' +
    '`jax.debug.callback`. `jax.checking_leaks()` finds such values at run time.',
  notWhen: [
    'What is stored is known while tracing: a shape, a dtype, a length, a constant.',
    'It is stored in a local of the traced function itself.',
    'The function is not given to a transformation of JAX in this file.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import jax
import jax.numpy as jnp


class Fit:
    def __init__(self) -> None:
        self.hidden = []
        self.start = jnp.ones(4)

    def loss(self, weights):
        hidden = jnp.tanh(weights)
        self.hidden.append(hidden)
        return (hidden * hidden).sum()

    def step(self, rate: float = 0.5) -> str:
        return str(jax.grad(self.loss)(self.start).shape)


Fit().step()
`,
      good: `
import jax
import jax.numpy as jnp


class Fit:
    def __init__(self) -> None:
        self.hidden = None
        self.start = jnp.ones(4)

    def loss(self, weights):
        hidden = jnp.tanh(weights)
        return (hidden * hidden).sum(), hidden

    def step(self, rate: float = 0.5) -> str:
        change, self.hidden = jax.grad(self.loss, has_aux=True)(self.start)
        return str(change.shape)


Fit().step()
`,
      needs: 'jax',
      notMeasured: 'with JAX the good code measures clean in one process and not always in the other',
    },
  ],
  links: ['https://docs.jax.dev/en/latest/errors.html#jax.errors.UnexpectedTracerError'],
  check(file, report) {
    const seen = new Set<Operation>();
    for (const traced of tracedFunctions(file)) {
      for (const { place, operation } of storedBy(file, traced)) {
        if (seen.has(operation)) continue;
        seen.add(operation);
        const target = traced.call ? file.drivable(traced.call) : traced.function;
        const isAttribute = !(place.root instanceof Binding);
        const holder = isAttribute ? `self.${place.path}` : place.label;
        report({
          anchor: operation.node,
          message: `\`${holder}\` keeps a tracer of \`${traced.by}\`, and with it all that \`${traced.function.name}\` computed in that trace`,
          holder,
          payload: 'tracers and their traces',
          ...(target ? { probe: { target: target.qualname } } : {}),
        });
      }
    }
  },
});

interface Stored {
  readonly place: Place;
  readonly operation: Operation;
}

/** What a traced function stores outside of itself that comes from what it is given. */
function storedBy(file: FileFacts, traced: Traced): Stored[] {
  const { scope } = traced.function;
  return file.places.all.flatMap((place) => {
    const { root, path } = place;
    if (path.includes('.') || (root instanceof Binding && root.scope === scope)) return [];
    if (root instanceof Binding && root.isParameter) return [];
    return place
      .of('grow', 'bind')
      .filter(
        (operation) => operation.scope.nearest('function') === scope && isTraced(file, traced, operation),
      )
      .map((operation) => ({ place, operation }));
  });
}

function isTraced(file: FileFacts, { function: facts, by }: Traced, { value, how }: Operation): boolean {
  if (!value || how === '+=' || /^(string|integer|float|none|true|false|lambda)$/.test(value.type))
    return false;
  const { parameters, calls } = originsOf(file, value, isKnownWhileTracing);
  const statics = staticOf(facts);
  const isGiven = parameters.some(
    (parameter) => facts.parameters.includes(parameter) && !statics.has(parameter.name),
  );
  const isMade =
    /^jax\.(jit|pmap|checkpoint|remat)$/.test(by) &&
    calls.some((call) => /^jax\.(numpy|nn|lax|random)\./.test(file.names.callee(call) ?? ''));
  return isGiven || isMade;
}

/** `x.shape`, `len(x)`, `isinstance(x, Array)` */
function isKnownWhileTracing(node: Node): boolean {
  if (node.type === 'attribute')
    return /^(shape|dtype|ndim|size|nbytes|aval|weak_type|sharding|__class__|__name__)$/.test(
      node.child('attribute')?.text ?? '',
    );
  if (node.type !== 'call') return node.type === 'comparison_operator' && /\bis\b|\bin\b/.test(node.text);
  return /^(len|isinstance|type|id|hash|callable|hasattr|jnp\.shape|jnp\.ndim|np\.shape)$|tree_structure$|eval_shape$/.test(
    node.child('function')?.text ?? '',
  );
}

/** The parameters that the decorator says are static. */
function staticOf({ decorators, parameters }: Traced['function']): Set<string> {
  const text = decorators.map(({ node }) => node.text).join(' ');
  const [, numbers = ''] = /static_argnums\s*=\s*([\d(),\s[\]]+)/.exec(text) ?? [];
  const names = /static_argnames\s*=\s*(.*)/s.exec(text)?.[1] ?? '';
  const numbered = (numbers.match(/\d+/g) ?? []).flatMap((at) => parameters[Number(at)]?.name ?? []);
  return new Set([...numbered, ...(names.match(/\w+/g) ?? [])]);
}
