/** Nested functions that refer to themselves by name: their closure holds them, and all that it captures. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { wordsOf } from '../life/longevity.ts';
import { hasLargeType, mayBeLarge, payloadOf } from '../places/instances.ts';
import type { Binding, Definition } from '../syntax/scopes.ts';
import { isFiniteType } from '../syntax/types.ts';

export interface RecursiveClosure {
  readonly nested: FunctionFacts;
  /** The name by which it calls itself. */
  readonly binding: Binding;
  /** Parameters and locals of the functions around it that it keeps alive, those of a plain small type left out. */
  readonly payload: readonly Binding[];
  /** The ones among them that may be large: by their type, by what makes them, or by a name such as `graph` or `rows`. */
  readonly large: readonly Binding[];
  /** The ones among them that are collections of some kind, or an instance. */
  readonly data: readonly Binding[];
  /** It works on exceptions, which hold the frames that they passed through. */
  readonly handlesErrors: boolean;
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
    const data = payload.filter((name) => isData(file, name));
    found.push({
      nested,
      binding,
      payload,
      large: payload.filter(isLarge),
      data,
      handlesErrors: handlesErrors(file, nested),
    });
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

const ERROR = /(^|_)(exc|exception|error|err|tb|traceback)$/;

function handlesErrors(file: FileFacts, nested: FunctionFacts): boolean {
  const around = file.definitions.functionOf(nested.scope.parent);
  const isError = ({ name }: { readonly name: string }): boolean => ERROR.test(name);
  return nested.parameters.some(isError) && (around?.parameters.some(isError) ?? false);
}

function isData(file: FileFacts, binding: Binding): boolean {
  const owner = file.definitions.functionOf(binding.scope);
  return owner?.self === binding || binding.uses.some((use) => isUsedAsData(file, use));
}

function mayHoldMuch(file: FileFacts, binding: Binding): boolean {
  const owner = file.definitions.functionOf(binding.scope);
  if (owner?.self === binding) return owner.class !== undefined && payloadOf(file, owner.class) !== undefined;
  if (!binding.isParameter) return binding.definitions.some(({ value }) => mayBeLarge(file, value));
  const annotation = parameterOf(file, binding)?.annotation;
  if (hasLargeType(annotation)) return true;
  const isText = /^['"]?str\b/.test(annotation?.text ?? '');
  return !isText && namesBulk(binding.name) && binding.uses.some((use) => isUsedAsData(file, use));
}

/** What a call may be given much of. Options, symbols and class names are collections too, and small. */
const BULK =
  /^(g|graph|dsk|dag|tree|forest|node|edge|vertex|vertice|data|dataset|df|frame|dataframe|table|arr|array|matrix|matrice|tensor|image|pixel|grid|board|model|doc|document|page|object|obj|record|row|item|entry|entrie|result|value|val|batch|batche|sample|point|corpus|weight|state|task|job|message|event|cache|memo|payload|buffer|content|body|text|source|block|line|file|element|adjacency|adj|network|universe|population|history|log|response|request|tuple|word|token|number|num|sequence|seq|lst|heap|pool)$/;

function namesBulk(name: string): boolean {
  const last = wordsOf(name).at(-1) ?? '';
  return BULK.test(last) || BULK.test(last.replace(/s$/, ''));
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
