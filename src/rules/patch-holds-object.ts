import type { FileFacts } from '../facts/file-facts.ts';
import { clearedAttributes } from '../facts/places/clearing.ts';
import { keptParts } from '../facts/places/kept-parts.ts';
import type { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** Objects that a function patches with a method or closure of their own. */
export default defineRule({
  id: 'patch-holds-object',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'An object is patched with a callable that holds the object',
  why:
    '`future.get = future.result` stores a bound method on the object that it is bound to, and `model.forward = wrapper` a ' +
    'function whose closure holds the model: the object then holds itself. Reference counting never frees it; the garbage ' +
    'collector does, but later, however large it is, and not at all where it is off.',
  remedy:
    'Hold the object weakly in the patch (`ref = weakref.ref(future)`, then `lambda: ref().result()`), patch the class, or ' +
    'make a subclass that has the method.',
  notWhen: [
    'The patch holds the object weakly, or does not use it.',
    'The attribute is deleted or set to `None`, in the same function or elsewhere in the file.',
    'It is data that is copied from one attribute to another, such as `node.first = node.last`.',
    'What is patched is a function or a class, as decorators do once.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
class Result:
    def __init__(self, size: int) -> None:
        self.body = bytearray(size * 1000)

    def result(self) -> int:
        return len(self.body)


def submit(size: int) -> int:
    future = Result(size)
    future.get = future.result
    return future.get()
`,
      good: `
import weakref


class Result:
    def __init__(self, size: int) -> None:
        self.body = bytearray(size * 1000)

    def result(self) -> int:
        return len(self.body)


def submit(size: int) -> int:
    future = Result(size)
    ref = weakref.ref(future)
    future.get = lambda: ref().result()
    return future.get()
`,
    },
  ],
  links: ['https://docs.python.org/3/library/weakref.html#weakref.ref'],
  check(file, report) {
    const told = new Set<Binding>();
    for (const assignment of file.nodes('assignment')) {
      const hit = patched(file, assignment);
      const object = hit && file.binding(hit.object);
      // An object that gets many patches is one finding.
      if (!hit || !object || told.has(object)) continue;
      told.add(object);
      report(hit.hit);
    }
  },
});

function patched(file: FileFacts, assignment: Node): { hit: Hit; object: Node } | undefined {
  const left = assignment.child('left');
  const object = left?.type === 'attribute' ? left.child('object') : undefined;
  if (object?.type !== 'identifier' || file.isSelf(object)) return undefined;
  const binding = file.binding(object);
  const around = binding && file.functionAround(assignment);
  if (!around || binding.scope !== around.scope || !isObject(binding)) return undefined;
  const attribute = left?.child('attribute')?.text ?? '';
  const holding = keptParts(file, assignment.child('right')).find((part) => holds(file, part, binding));
  if (!holding || isUndone(binding, attribute) || clearedAttributes(file).has(attribute)) return undefined;
  const target = file.drivable(assignment);
  const hit: Hit = {
    anchor: assignment,
    message: `${object.text}.${attribute} is set to a callable that holds ${object.text}: only the garbage collector can free it`,
    holder: attribute,
    payload: object.text,
    ...(isShared(binding) ? { confidence: 'low' } : {}),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
  return { hit, object };
}

/** A parameter or a local that is no function and no class: those are patched once, by decorators. */
function isObject(binding: Binding): boolean {
  return (
    !/^_*(f|fn|fun|func|function|method|cls|klass|wrapper|wrapped|inner|decorator|cell|module|\w+_(cls|class))\d*$/.test(
      binding.name,
    ) &&
    binding.definitions.every(({ kind }) => kind === 'parameter' || kind === 'assignment' || kind === 'with')
  );
}

/** Methods that are known by their names alone, where the file does not call them. */
const METHODS =
  /^(result|get|put|close|read|write|send|recv|run|start|stop|forward|backward|step|fetch|execute|update|save|load|submit|join|cancel|append|add|connect|disconnect|emit|flush|commit|request|dispatch|render|reset|__\w+__)$/;

/** What a function of a library hands out, such as a shell: there is one of it. */
const SHARED = /(^|\.)(get_ipython|get_\w*(app|shell|instance|loop|manager)|instance|getLogger)$/;

function isShared({ name, definitions }: Binding): boolean {
  if (/^_*(ip|ipython|shell|app|application|registry|hub|pm|(plugin_?)?manager)$/.test(name)) return true;
  return definitions.some(({ value }) => SHARED.test(value?.child('function')?.text ?? ''));
}

function holds(file: FileFacts, part: Node, binding: Binding): boolean {
  const opener = openerOf(file, part);
  if (opener) return file.closures.heldBy(opener).has(binding);
  if (part.type === 'identifier')
    return part.parent?.type === 'argument_list' && file.binding(part) === binding;
  if (part.type === 'call') return isWrapped(file, part, binding);
  const object = part.type === 'attribute' ? part.child('object') : undefined;
  if (object?.type !== 'identifier' || file.binding(object) !== binding) return false;
  const name = part.child('attribute')?.text ?? '';
  // It is static, so there is nothing that it could be bound to.
  if (name === '__new__') return false;
  return METHODS.test(name) || file.classes.some(({ methods }) => methods.get(name)?.decorators.length === 0);
}

/** `thread.run = wrap(thread.run)`, where `wrap` is a function of the file that returns a closure over what it is given. */
function isWrapped(file: FileFacts, call: Node, binding: Binding): boolean {
  const callee = call.child('function');
  const definition = callee?.type === 'identifier' ? file.binding(callee)?.only : undefined;
  const maker = definition?.kind === 'function' ? file.definitions.functionOf(definition.value) : undefined;
  const last = maker?.node.child('body')?.children.at(-1);
  const returned = last?.type === 'return_statement' ? last.children[0] : undefined;
  const opener = returned && openerOf(file, returned);
  if (!maker || !opener) return false;
  const held = file.closures.heldBy(opener);
  return (call.child('arguments')?.children ?? []).some((argument, index) => {
    const object = argument.type === 'attribute' ? argument.child('object') : argument;
    const parameter = maker.parameters[index];
    const kept = parameter && maker.scope.bindings.get(parameter.name);
    return object?.type === 'identifier' && file.binding(object) === binding && !!kept && held.has(kept);
  });
}

function openerOf(file: FileFacts, part: Node): Node | undefined {
  if (part.type === 'lambda') return part;
  const definition = part.type === 'identifier' ? file.binding(part)?.only : undefined;
  return definition?.kind === 'function' ? definition.value : undefined;
}

/** `del future.get`, `future.get = None` */
function isUndone(binding: Binding, attribute: string): boolean {
  return binding.uses.some(({ parent }) => {
    if (parent?.type !== 'attribute' || parent.child('attribute')?.text !== attribute) return false;
    const above = parent.parent;
    return (
      above?.type === 'delete_statement' ||
      (above?.type === 'assignment' && parent.field === 'left' && above.child('right')?.type === 'none')
    );
  });
}
