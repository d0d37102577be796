/** Whether code makes sure itself that it runs once: behind a flag of the module or the class, or in a cached function. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { ownNodes, statementOf } from '../syntax/flow.ts';

const CACHES = /(^|\.)(cache|lru_cache|once|run_once|call_once|singleton|cached_property|memoize)$/;
const OPENS_FRAME = ['function_definition', 'lambda', 'class_definition', 'module'];
/** Statements above that are looked at for `if DONE: return`. */
const STATEMENTS = 12;

/** Whether a node runs only once in the process, going by the conditions around and above it. */
export function runsBehindGuard(file: FileFacts, node: Node): boolean {
  const around = file.functionAround(node);
  const takesNothing = around?.parameters.every(({ name }) => name === 'cls') ?? false;
  if (takesNothing && around?.decorators.some(({ name, node: text }) => CACHES.test(name ?? text.text)))
    return true;
  let at = statementOf(node);
  for (;;) {
    const siblings = at.parent?.children ?? [];
    const before = siblings.slice(0, siblings.indexOf(at)).slice(-STATEMENTS);
    if (before.some((statement) => leaves(statement) && asksShared(file, statement))) return true;
    const above = at.parent?.parent;
    if (!above || OPENS_FRAME.includes(above.type)) return false;
    if (above.type === 'if_statement' && asksShared(file, above)) return true;
    at = statementOf(above);
  }
}

/** `if …: return` */
function leaves(statement: Node): boolean {
  return (
    statement.type === 'if_statement' &&
    ['return_statement', 'raise_statement'].includes(
      statement.child('consequence')?.children.at(-1)?.type ?? '',
    )
  );
}

/** Whether a condition asks for something that all calls share: a name that functions of the module bind, a class attribute. */
function asksShared(file: FileFacts, statement: Node): boolean {
  const condition = statement.child('condition');
  return condition !== undefined && ownNodes(condition).some((node) => isShared(file, node));
}

function isShared(file: FileFacts, node: Node): boolean {
  if (node.type === 'attribute') {
    const object = node.child('object');
    const isClass = object?.text === 'cls' || /\.__class__$|^type\(\w+\)$/.test(object?.text ?? '');
    const definition = object?.type === 'identifier' ? file.binding(object)?.only : undefined;
    return isClass || definition?.kind === 'class';
  }
  const binding = node.type === 'identifier' ? file.binding(node) : undefined;
  if (binding?.scope.kind !== 'module') return false;
  const isFlag = binding.definitions.some(({ scope }) => scope.nearest('function') !== undefined);
  // `if "name" not in _installed`
  const isTable = binding.definitions.some(({ kind, value }) => kind === 'assignment' && isContainer(value));
  return isFlag || isTable;
}

function isContainer(value: Node | undefined): boolean {
  return value !== undefined && ['dictionary', 'list', 'set', 'call'].includes(value.type);
}
