/** How often code runs, and how long its objects live: while the module is imported, once, or again and again. */
import type { Node } from '../../python/node.ts';
import { isUnderMain } from '../syntax/flow.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';

const REGISTERS =
  /^_?(un)?(register|install|setup|set_up|declare|def|define|deprecate|init|initiali[sz]e|bootstrap|configure|load_plugins?)([_A-Z]|$)/;
/** How many functions that run at import are followed to the ones they call. */
const CALLS = 4;
const CLASS_HOOKS = ['__init_subclass__', '__set_name__', '__class_getitem__'];

/**
 * Whether a function runs while modules are imported and no more: registration, decorators, set-up, and what only
 * such functions call. What it adds to a container is bounded by the size of the program.
 */
export function runsAtImport(file: FileFacts, facts: FunctionFacts): boolean {
  return file.onceFor(facts, isOnlyForImport);
}

function isOnlyForImport(file: FileFacts, facts: FunctionFacts): boolean {
  return isRunAtImport(file, facts, CALLS);
}

function isRunAtImport(file: FileFacts, facts: FunctionFacts, depth: number): boolean {
  if (REGISTERS.test(facts.name) || CLASS_HOOKS.includes(facts.name)) return true;
  if (facts.class?.isMetaclass && ['__new__', '__init__'].includes(facts.name)) return true;
  if (isDecorator(file, facts)) return true;
  const uses = file.scopes.at(facts.node).bindings.get(facts.name)?.uses ?? [];
  if (uses.length === 0 || depth === 0 || facts.kind !== 'function' || !uses.every(isCalled)) return false;
  const callers = new Set(uses.map((use) => callerOf(file, use)));
  // A call of itself says nothing about who calls it first.
  callers.delete(facts);
  return (
    callers.size > 0 &&
    [...callers].every(
      (caller) => caller === 'module' || (caller !== 'lambda' && isRunAtImport(file, caller, depth - 1)),
    )
  );
}

function isCalled({ parent, field }: Node): boolean {
  return (parent?.type === 'call' && field === 'function') || parent?.type === 'decorator';
}

/** What runs when a name is used: a function, a lambda at module level, or the module itself (also as a script). */
function callerOf(file: FileFacts, use: Node): FunctionFacts | 'lambda' | 'module' {
  if (isUnderMain(use)) return 'module';
  return file.drivable(use) ?? (file.scopes.at(use).nearest('lambda') ? 'lambda' : 'module');
}

/** Whether a function gives back what it was given, or makes a function that does. */
function isDecorator(file: FileFacts, facts: FunctionFacts): boolean {
  const inner = [facts, ...nestedIn(file, facts)];
  return inner.some(({ node, parameters, scope }) => {
    const names = parameters.filter((parameter) => scope.bindings.get(parameter.name) !== facts.self);
    return (
      names.length > 0 &&
      node.descendants().some(({ type, children: [value] }) => {
        const binding =
          type === 'return_statement' && value?.type === 'identifier' ? file.binding(value) : undefined;
        return binding?.scope === scope && binding.isParameter && isCallableName(binding.name);
      })
    );
  });
}

function nestedIn(file: FileFacts, facts: FunctionFacts): FunctionFacts[] {
  return facts.node
    .descendants()
    .flatMap((node) => (node.type === 'function_definition' ? (file.definitions.functionOf(node) ?? []) : []))
    .filter(({ scope }) => scope.parent === facts.scope);
}

/** Decorators name what they are given as a function or a class. */
function isCallableName(name: string): boolean {
  return /^_*(f|fn|fun|func|function|method|cls|klass|class_|impl|implementation|wrapped|handler|callback|view|obj|target|plugin|model|test)\d*$/.test(
    name,
  );
}

function isAtModuleLevel(file: FileFacts, node: Node): boolean {
  return file.scopes.at(node).nearest('function', 'lambda') === undefined;
}

/**
 * Whether the file makes one instance of a class and no more: at module level, or through `__new__`.
 * Other files may make more, so this only lowers what a rule says; it proves nothing.
 */
export function isSingleton(file: FileFacts, facts: ClassFacts): boolean {
  const constructor = facts.methods.get('__new__');
  if (constructor && /\b_?_?instances?\b/.test(constructor.node.text)) return true;
  const uses = file.scopes.at(facts.node).bindings.get(facts.name)?.uses ?? [];
  const made = uses.filter(({ parent, field }) => parent?.type === 'call' && field === 'function');
  return made.length > 0 && made.every((use) => isAtModuleLevel(file, use));
}

/** Whether code at module level makes instances of a class, one or many. */
export function isMadeAtImport(file: FileFacts, facts: ClassFacts): boolean {
  const uses = file.scopes.at(facts.node).bindings.get(facts.name)?.uses ?? [];
  return uses.some(
    (use) =>
      use.parent?.type === 'call' &&
      use.field === 'function' &&
      isAtModuleLevel(file, use) &&
      !isUnderMain(use),
  );
}

/** Whether functions of the file make instances of a class, and not while modules are imported. */
export function isMadeInFunctions(file: FileFacts, facts: ClassFacts): boolean {
  const uses = file.scopes.at(facts.node).bindings.get(facts.name)?.uses ?? [];
  return uses.some((use) => {
    const maker = file.drivable(use);
    const isCall = use.parent?.type === 'call' && use.field === 'function';
    return isCall && maker !== undefined && !isUnderMain(use) && !runsAtImport(file, maker);
  });
}
