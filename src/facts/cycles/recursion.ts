/** Nested functions that refer to themselves by name: their closure holds them, and all that it captures. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { hasLargeType, mayBeLarge, payloadOf } from '../places/instances.ts';
import type { Binding, Definition } from '../syntax/scopes.ts';
import { isFiniteType } from '../syntax/types.ts';

export interface RecursiveClosure {
  readonly nested: FunctionFacts;
  /** The name by which it calls itself. */
  readonly binding: Binding;
  /** Parameters and locals of the functions around it that it keeps alive, those of a plain small type left out. */
  readonly payload: readonly Binding[];
  /** The ones among them that may be large: by their type, by what makes them, or as data handed in by the caller. */
  readonly large: readonly Binding[];
}

/** All of them whose name is never let go, one for each group that calls each other. */
export function recursiveClosures(file: FileFacts): RecursiveClosure[] {
  const seen = new Set<Binding>();
  const found: RecursiveClosure[] = [];
  const sizes = new Map<Binding, boolean>();
  const isLarge = (name: Binding): boolean => {
    const known = sizes.get(name) ?? mayHoldMuch(file, name);
    sizes.set(name, known);
    return known;
  };
  for (const nested of file.functions) {
    const binding = nested.kind === 'nested' ? nested.scope.parent?.bindings.get(nested.name) : undefined;
    if (binding?.only?.kind !== 'function' || seen.has(binding)) continue;
    const held = file.closures.heldBy(nested.node);
    if (!held.has(binding)) continue;
    for (const other of held) if (other.only?.kind === 'function') seen.add(other);
    const payload = [...held].filter((name) => name.definitions.every((one) => !isSmall(file, name, one)));
    found.push({ nested, binding, payload, large: payload.filter(isLarge) });
  }
  return found;
}

const SMALL_TYPES = /^['"]?(int|float|bool|complex|None|(typing\.)?Callable(\[.*\])?)( \| None)?['"]?$/;
const SMALL_DEFAULTS = ['integer', 'float', 'true', 'false', 'identifier'];
const SMALL_VALUES = ['integer', 'float', 'true', 'false', 'none', 'string', 'lambda'];

function isSmall(file: FileFacts, binding: Binding, { kind, value }: Definition): boolean {
  switch (kind) {
    case 'function':
    case 'class':
    case 'import':
    case 'except':
      return true;
    case 'parameter': {
      const { annotation, default: standard } = parameterOf(file, binding) ?? {};
      // `len=len` makes a builtin a local.
      if (standard && SMALL_DEFAULTS.includes(standard.type)) return true;
      return SMALL_TYPES.test(annotation?.text ?? '') || isFiniteType(file, annotation);
    }
    default:
      return value !== undefined && SMALL_VALUES.includes(value.type);
  }
}

function mayHoldMuch(file: FileFacts, binding: Binding): boolean {
  const owner = file.definitions.functionOf(binding.scope);
  if (owner?.self === binding) return owner.class !== undefined && payloadOf(file, owner.class) !== undefined;
  if (!binding.isParameter) return binding.definitions.some(({ value }) => mayBeLarge(file, value));
  const annotation = parameterOf(file, binding)?.annotation;
  if (hasLargeType(annotation)) return true;
  return !annotation?.text.match(/^['"]?str\b/) && binding.uses.some((use) => isUsedAsData(file, use));
}

function parameterOf(file: FileFacts, binding: Binding): FunctionFacts['parameters'][number] | undefined {
  const owner = file.definitions.functionOf(binding.scope);
  return owner?.parameters.find(({ name }) => name === binding.name);
}

const LOOKS_INSIDE =
  /^builtins\.(len|sorted|enumerate|iter|zip|map|sum|min|max|any|all|list|set|dict|tuple)$/;
const DATA_METHODS = /^(get|items|keys|values|append|add|extend|update|setdefault|pop|index|count)$/;

/** Whether a use of a name looks into it: subscript, iteration, `in`, `len()`, `.items()`. */
function isUsedAsData(file: FileFacts, use: Node): boolean {
  const { parent, field } = use;
  switch (parent?.type) {
    case 'subscript':
      return field === 'value';
    case 'for_statement':
    case 'for_in_clause':
      return field === 'right';
    case 'comparison_operator':
      return /\bin$/.test(parent.child('operators')?.text ?? '') && parent.children.at(-1) === use;
    case 'argument_list':
      return LOOKS_INSIDE.test(file.names.callee(parent.parent) ?? '');
    case 'attribute':
      return DATA_METHODS.test(parent.child('attribute')?.text ?? '');
    default:
      return false;
  }
}
