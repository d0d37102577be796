/** Attributes of modules and classes that a function replaces by one of its own which calls the one before. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { Binding } from '../syntax/scopes.ts';
import { openerOf } from '../cycles/held-objects.ts';

export interface Patch {
  /** `sys.excepthook = hook`, or the call that sets it. */
  readonly node: Node;
  /** What is replaced, as it is written: `sys.excepthook`. */
  readonly name: string;
  /** The function that takes its place. */
  readonly wrapper: Node;
  /** The local that refers to what was there before. */
  readonly before: Binding;
}

/** Functions that set what another function gives. */
const SETTERS = new Map([['logging.setLogRecordFactory', 'logging.getLogRecordFactory']]);

/** `before = X.f`, `def f(…): … before(…)`, `X.f = f` in one function, where X is a module or what it holds. */
export function wrappingPatches(file: FileFacts): Patch[] {
  const set = file.nodes('assignment').flatMap((node) => {
    const [left, value] = [node.child('left'), node.child('right')];
    return left?.type === 'attribute' && value ? [{ node, place: left, value }] : [];
  });
  const called = file.calls.to(...SETTERS.keys()).flatMap(({ node }) => {
    const [value] = node.child('arguments')?.children ?? [];
    const place = node.child('function');
    return place && value ? [{ node, place, value }] : [];
  });
  return [...set, ...called].flatMap(({ node, place, value }) => {
    const name = sharedName(file, place);
    const wrapper = name === undefined ? undefined : wrapperOf(file, value);
    if (name === undefined || !wrapper || !file.functionAround(node)) return [];
    const before = [...file.closures.heldBy(wrapper)].find((binding) => isBefore(file, binding, name));
    return before ? [{ node, name: place.text, wrapper, before }] : [];
  });
}

/** The full name of an attribute of a module, or of a class or object in one; undefined for those of locals. */
function sharedName(file: FileFacts, place: Node): string | undefined {
  let root = place;
  while (root.type === 'attribute') {
    const object = root.child('object');
    if (!object) return undefined;
    root = object;
  }
  const binding = root.type === 'identifier' ? file.binding(root) : undefined;
  if (binding && binding.scope.kind !== 'module' && !binding.definitions.every(isImport)) return undefined;
  return file.names.qualified(place) ?? place.text;
}

function isImport({ kind }: { kind: string }): boolean {
  return kind === 'import';
}

/** The function that is set, also through `functools.wraps(before)(hook)` and `staticmethod(hook)`. */
function wrapperOf(file: FileFacts, value: Node): Node | undefined {
  const inner = value.type === 'call' ? value.child('arguments')?.children[0] : value;
  return inner && openerOf(file, inner);
}

/** Whether a name that the wrapper holds was bound to what it replaces, in the function around. */
function isBefore(file: FileFacts, binding: Binding, name: string): boolean {
  if (binding.scope.kind !== 'function' || binding.isParameter || binding.definitions.length !== 1)
    return false;
  const value = binding.only?.value;
  const getter = SETTERS.get(name);
  return getter === undefined
    ? value?.type === 'attribute' && (file.names.qualified(value) ?? value.text) === name
    : file.names.callee(value) === getter;
}
