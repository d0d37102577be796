import { frequencyOf } from '../facts/life/frequency.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { describeHeld, heldSelf, type HeldObject } from '../facts/cycles/held-objects.ts';
import { isSingleton } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { memberOf, replaceNode } from '../scan/fix.ts';
import { resourceMethod } from '../scan/fix-finalizer.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** `atexit.register(self.close)`, and what else is registered for the end of the process by things that end before. */
export default defineRule({
  id: 'atexit-keeps-instance',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'An exit handler keeps the object whose method it is until the process ends',
  why:
    '`atexit.register` keeps the callback and its arguments until the interpreter exits, and `os.register_at_fork` and ' +
    '`register_after_fork` of multiprocessing have no counterpart at all. A bound method, a function that uses `self`, or `self` as an argument keeps the instance with all it ' +
    'holds. With one instance a process that is meant; with one a request, a connection or a test each of them stays.',
  remedy:
    'Use `weakref.finalize(self, function, resource)`, which also runs at exit and keeps only the resource; or call ' +
    '`atexit.unregister` where the object is closed.',
  notWhen: [
    'The file calls `atexit.unregister`.',
    'It runs at module level, when the program starts, or once behind a flag of the module or the class.',
    'The callback refers to the instance weakly, or is a function that is not given it.',
    'The file makes one instance of the class, at module level.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import atexit
import io


class Upload:
    def __init__(self, body: bytes) -> None:
        self._file = io.BytesIO(body * 100)
        atexit.register(self.close)

    def close(self) -> None:
        self._file.close()
`,
      good: `
import io
import weakref


class Upload:
    def __init__(self, body: bytes) -> None:
        self._file = io.BytesIO(body * 100)
        weakref.finalize(self, self._file.close)

    def close(self) -> None:
        self._file.close()
`,
      ok: `
import atexit


class Upload:
    def __init__(self, path: str) -> None:
        self.path = path
        atexit.register(self.close)

    def close(self) -> None:
        atexit.unregister(self.close)
`,
    },
    {
      bad: `
import atexit


class Report:
    def __init__(self, title: str) -> None:
        self.title = title
        self.lines = [title] * 1000
        atexit.register(lambda: self.lines.append("end"))
`,
      good: `
import weakref


class Report:
    def __init__(self, title: str) -> None:
        self.title = title
        self.lines = [title] * 1000
        weakref.finalize(self, self.lines.append, "end")
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/atexit.html#atexit.unregister',
    'https://docs.python.org/3/library/weakref.html#weakref.finalize',
  ],
  check(file, report) {
    const calls = [
      ...file.calls.to('atexit.register'),
      ...file.calls.to('os.register_at_fork', 'threading._register_atexit'),
      ...file.calls.named('register_after_fork'),
    ];
    if (calls.length === 0) return;
    const undone = file.calls.to('atexit.unregister').length > 0;
    for (const { node, name } of calls) {
      if (undone && name === 'register') continue;
      const hit = hitOf(file, node, name);
      if (hit) report(hit);
    }
    for (const { node } of decorated(file)) {
      const hit = undone ? undefined : closureHit(file, node);
      if (hit) report(hit);
    }
  },
});

function hitOf(file: FileFacts, call: Node, name: string): Hit | undefined {
  const given = call.child('arguments')?.children ?? [];
  // `register_after_fork(obj, function)` refers to the object weakly, and to the function for good.
  const values = name === 'register_after_fork' ? given.slice(1) : given;
  const held = values.flatMap((value) => heldSelf(file, value)).find(Boolean);
  return held && registration(file, call, held, resourceFix(file, call, held, values));
}

/** Functions with `@atexit.register` inside of methods. */
function decorated(file: FileFacts): { node: Node }[] {
  return file.functions.filter(
    ({ kind, decorators }) => kind === 'nested' && decorators.some(({ name }) => name === 'atexit.register'),
  );
}

function closureHit(file: FileFacts, definition: Node): Hit | undefined {
  const uses = [...file.closures.heldBy(definition)].some(
    (binding) => file.definitions.functionOf(binding.scope)?.self === binding,
  );
  const name = definition.child('name')?.text ?? '';
  return uses
    ? registration(file, definition, { how: 'closure', node: definition, name }, undefined)
    : undefined;
}

function registration(
  file: FileFacts,
  anchor: Node,
  held: HeldObject,
  fix: ProposedFix | undefined,
): Hit | undefined {
  const owner = file.classAround(anchor);
  const target = file.drivable(anchor);
  if (!owner || !target || runsBehindGuard(file, anchor)) return undefined;
  const frequency = frequencyOf(file, anchor);
  if (frequency === 'once' && isSingleton(file, owner)) return undefined;
  const isOne = frequency === 'once' || owner.isMetaclass || ONE.test(owner.name);
  return {
    anchor,
    message: `The ${/fork$/.test(anchor.child('function')?.text ?? '') ? 'fork' : 'exit'} handlers hold ${describeHeld(held, 'self')}: every ${owner.name} stays until the process ends`,
    holder: 'atexit.register',
    payload: `the ${owner.name} and what it holds`,
    ...(isOne ? { confidence: 'low' } : {}),
    ...(fix ? { fix } : {}),
    probe: { target: target.qualname },
  };
}

/** Classes of which a process has one, by their names. */
const ONE = /(App|Application|Daemon|Kernel|Singleton|Main|MainWindow|CLI)$/;

function resourceFix(
  file: FileFacts,
  call: Node,
  held: HeldObject,
  values: readonly Node[],
): ProposedFix | undefined {
  const [only] = values;
  const text = values.length === 1 && held.node === only ? resourceMethod(file, held) : undefined;
  const self = held.node.child('object')?.text;
  if (text === undefined || self === undefined || file.names.callee(call) !== 'atexit.register')
    return undefined;
  const finalize = memberOf(file, 'weakref', 'finalize');
  return {
    title: `Register \`${text}\` for the end of the object, or of the process if that comes first`,
    safety: 'review',
    edits: [...finalize.edits, replaceNode(file, call, `${finalize.text}(${self}, ${text})`)],
  };
}
