/** What nested functions, lambdas and generator expressions hold on to: names of the functions around them. */
import type { Node } from '../../python/node.ts';
import type { Binding, Scope, Scopes } from './scopes.ts';

export interface Closures {
  /** The names of enclosing functions that the code of a scope refers to, its own inner functions included. */
  captured(scope: Scope): ReadonlySet<Binding>;
  /**
   * The names that live as long as the function made by a node does: those it captures, and those that the nested
   * functions among them capture in turn.
   */
  heldBy(opener: Node): ReadonlySet<Binding>;
}

/** How many names are followed from function to function. */
const MOST_NAMES = 256;

const NOTHING: ReadonlySet<Binding> = new Set();

export function closuresOf(scopes: Scopes): Closures {
  const captured = new Map<Scope, Set<Binding>>();
  for (const home of scopes.all) {
    if (home.kind !== 'function' && home.kind !== 'lambda') continue;
    for (const binding of home.bindings.values()) {
      for (const use of binding.uses) capture(binding, scopes.at(use));
      for (const { scope } of binding.definitions) capture(binding, scope);
    }
  }

  /** Every scope between the use of a name and the function that it belongs to holds the name. */
  function capture(binding: Binding, from: Scope): void {
    for (let scope: Scope | undefined = from; scope && scope !== binding.scope; scope = scope.parent) {
      const names = captured.get(scope) ?? new Set<Binding>();
      if (names.has(binding)) return;
      captured.set(scope, names.add(binding));
    }
  }

  function heldBy(opener: Node): ReadonlySet<Binding> {
    const scope = scopes.opened(opener);
    if (!scope) return NOTHING;
    const held = new Set(captured.get(scope));
    // A set goes on over what is added while it is walked.
    for (const binding of held) {
      if (held.size > MOST_NAMES) break;
      for (const { kind, value } of binding.definitions) {
        const inner = kind === 'function' && value ? scopes.opened(value) : undefined;
        for (const further of (inner && captured.get(inner)) ?? NOTHING) held.add(further);
      }
    }
    return held;
  }

  return { captured: (scope) => captured.get(scope) ?? NOTHING, heldBy };
}
