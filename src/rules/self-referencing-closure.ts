import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { teardownsOf, type ClassFacts } from '../facts/syntax/functions.ts';
import { lineageOf, payloadOf, takesWeakReferences } from '../facts/places/instances.ts';
import { isProgramWide, isShortLived } from '../facts/life/lives.ts';
import { isSingleton, runsAtImport } from '../facts/life/lifetimes.ts';
import { recursiveClosures, type RecursiveClosure } from '../facts/cycles/recursion.ts';
import { ownRegistrations, type OwnRegistration } from '../facts/cycles/registrations.ts';
import {
  cachedOnSelf,
  describeReference,
  givenToBase,
  runsOut,
  selfStores,
  type SelfReference,
  type SelfStore,
} from '../facts/cycles/self-references.ts';
import { argumentEdits, releaseEdits } from '../scan/fix-closure.ts';
import { weakSelfEdits } from '../scan/fix-weak.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Instances that store their own methods or closures over themselves, and nested functions that name themselves. */
export default defineRule({
  id: 'self-referencing-closure',
  cause: 'reference-cycle',
  confidence: 'medium',
  summary: 'An object or a closure holds itself, so that only the garbage collector can free it',
  why:
    'A bound method holds its instance, and so does a function or lambda that uses `self`; stored on the instance they ' +
    'close a cycle. A nested function that calls itself is held by its own closure, together with all that it captures. ' +
    'Reference counting never frees a cycle. The collector does, but later: it runs after so many new containers, however ' +
    'many megabytes hang on them, and not at all where it is off.',
  remedy:
    'Hold the instance weakly (`weakref.proxy(self)`, `weakref.WeakMethod(self.method)`), define a method in place of the ' +
    'attribute, or set the attribute to `None` in `close()`. Make a recursive function a module-level one, or `del` its ' +
    'name when it is done. Where little memory hangs on the cycle, leave it to the collector, or call `gc.collect()` ' +
    'after a large batch.',
  notWhen: [
    'The reference is weak, or the stored function does not use `self`.',
    'It is a static method, a class method, a property or the result of a call.',
    'Another method sets the attribute to `None`, deletes it or empties the container.',
    'The function is only bound to a local name, which goes with the call.',
    'The nested function captures nothing but itself and small values, or its name is deleted.',
    'The file makes one instance only, at module level; the outer function is a decorator.',
    'The outer function returns the nested one, which then lives because the caller wants it.',
  ],
  predicts: 'cycle-garbage',
  recipe: 'cycle',
  examples: [
    {
      bad: `
class Chart:
    def __init__(self, width: int) -> None:
        self.pixels = bytearray(width * 1000)
        self.redraw = self.draw

    def draw(self) -> int:
        return len(self.pixels)
`,
      good: `
import weakref


class Chart:
    def __init__(self, width: int) -> None:
        self.pixels = bytearray(width * 1000)
        me = weakref.proxy(self)
        self.redraw = lambda: me.draw()

    def draw(self) -> int:
        return len(self.pixels)
`,
      ok: `
class Chart:
    def __init__(self, width: int) -> None:
        self.pixels = bytearray(width * 1000)
        self.redraw = self.draw

    def draw(self) -> int:
        return len(self.pixels)

    def close(self) -> None:
        self.redraw = None
`,
    },
    {
      bad: `
class Upload:
    def __init__(self, body: bytes) -> None:
        self.body = bytearray(body * 1000)

    def plan(self, size: int) -> int:
        def send() -> bytes:
            return bytes(self.body[:size])

        self.send = send
        return size
`,
      good: `
import weakref


class Upload:
    def __init__(self, body: bytes) -> None:
        self.body = bytearray(body * 1000)

    def plan(self, size: int) -> int:
        me = weakref.proxy(self)

        def send() -> bytes:
            return bytes(me.body[:size])

        self.send = send
        return size
`,
    },
    {
      bad: `
def total(data: bytes) -> int:
    table = bytearray(data * 1000)

    def halve(start: int, end: int) -> int:
        if end - start < 100:
            return sum(table[start:end])
        middle = (start + end) // 2
        return halve(start, middle) + halve(middle, end)

    return halve(0, 1000)
`,
      good: `
def total(data: bytes) -> int:
    return halve(bytearray(data * 1000), 0, 1000)


def halve(table: bytearray, start: int, end: int) -> int:
    if end - start < 100:
        return sum(table[start:end])
    middle = (start + end) // 2
    return halve(table, start, middle) + halve(table, middle, end)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/weakref.html#weakref.proxy',
    'https://devguide.python.org/internals/garbage-collector/',
  ],
  check(file, report) {
    for (const hit of instances(file)) report(hit);
    const told = new Set<ClassFacts>();
    for (const registration of ownRegistrations(file)) {
      // Forms connect one widget after the other: one comment a class is enough.
      const owner = registration.receiver.includes('.') ? file.classAround(registration.call) : undefined;
      if (owner && told.has(owner)) continue;
      if (owner) told.add(owner);
      report(registered(file, registration, owner));
    }
    for (const closure of recursiveClosures(file)) {
      const hit = recursive(file, closure);
      if (hit) report(hit);
    }
  },
});

/** Statements of one class that are worth a comment each. */
const MOST_HITS = 20;

/** One hit a statement; of a class without visible payload one in all. */
function instances(file: FileFacts): Hit[] {
  const classes = new Map<ClassFacts, SelfStore[]>();
  for (const store of [...selfStores(file), ...givenToBase(file), ...cachedOnSelf(file)]) {
    const { owner, attribute, references } = store;
    // `self.child.parent = self` is the business of parent-child-cycle.
    const isBack = attribute?.includes('.') && references.every(({ how }) => how === 'itself');
    if (isBack || owner.isEnum || owner.isMetaclass) continue;
    const stores = classes.get(owner);
    if (stores) stores.push(store);
    else classes.set(owner, [store]);
  }
  return [...classes].flatMap(([owner, stores]) => {
    if (isSingleton(file, owner)) return [];
    const statements = Map.groupBy(stores, ({ node }) => statementOf(node));
    const groups = payloadOf(file, owner) ? [...statements.values()].slice(0, MOST_HITS) : [stores];
    return groups.flatMap((group) => stored(file, group, stores) ?? []);
  });
}

/** @param all what the whole class stores: only a fix of all of it breaks every cycle */
function stored(file: FileFacts, stores: readonly SelfStore[], all: readonly SelfStore[]): Hit | undefined {
  const [first] = [...stores].sort((a, b) => a.node.index - b.node.index);
  if (!first) return undefined;
  const { owner, attribute, node, references } = first;
  const holder = attribute ? `self.${attribute}` : 'the base class';
  const large = payloadOf(file, owner);
  // A cycle in what lives as long as the program costs nothing. Choosing among methods is common, and so are attributes of things that others own: harmless in small objects.
  const isAlias = references.every(
    ({ how, node: { parent } }) => how === 'method' && parent?.type === 'assignment',
  );
  const isCached = node.type === 'decorator';
  const isChoice = isCached && references.every(({ how }) => how !== 'object');
  const isWeak =
    ((isAlias || isChoice || attribute?.includes('.')) && !large) ||
    isProgramWide(file, owner) ||
    isMadeAtImport(file, owner) ||
    stores.every(({ references }) =>
      references.every(({ how, node }) => how === 'generator' && runsOut(file, node)),
    ) ||
    (isSlight(stores) && !isWorthFreeing(file, owner)) ||
    references.every((reference) => isStandIn(reference) || endsWithReferent(reference));
  const canBeWeak = takesWeakReferences(owner) && attribute !== '__dict__';
  const target = file.drivable(isCached ? (references[0]?.node ?? node) : node);
  const weakened = (some: readonly SelfStore[]): Edit[] | undefined =>
    weakSelfEdits(
      file,
      some.filter((store) => store.node.type !== 'decorator'),
    );
  return {
    anchor: isCached ? node : statementOf(node),
    message:
      `${holder} holds ${describeReference(references[0])}, and so the ${owner.name} itself: ` +
      'only the garbage collector can free it',
    // Further attributes belong to other objects.
    holder: attribute ? `self.${attribute.split('.')[0] ?? ''}` : owner.name,
    payload: large ?? `the ${owner.name} and what it holds`,
    ...(isWeak ? { confidence: 'low' } : {}),
    ...fixed(
      'Refer to the instance weakly; whoever calls this must keep it alive',
      canBeWeak && !isCached ? (weakened(all) ?? weakened(stores)) : undefined,
    ),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}

/** What a base class is given, and a table of methods: common, and seldom missed. */
function isSlight(stores: readonly SelfStore[]): boolean {
  return stores.every(({ attribute, references }) => {
    const isTable = references.every(
      ({ how, node }) => how === 'method' && /^(pair|list|tuple|dictionary)$/.test(node.parent?.type ?? ''),
    );
    return attribute === undefined || (references.length > 1 && isTable);
  });
}

/** Whether instances are large, or come and go: by their names, or because something closes them. */
function isWorthFreeing(file: FileFacts, owner: ClassFacts): boolean {
  const hasEnd = lineageOf(owner).some((ancestor) => teardownsOf(ancestor).length > 0);
  return hasEnd || isShortLived(owner) || payloadOf(file, owner) !== undefined;
}

/** `self.show = show or self.print`: it depends on the caller whether there is a cycle. */
function isStandIn({ node }: SelfReference): boolean {
  const { parent } = node;
  if (parent?.type === 'boolean_operator')
    return parent.child('operator')?.text === 'or' && node.field === 'right';
  return parent?.type === 'conditional_expression' && /\bis None\b|\bis not None\b/.test(parent.text);
}

/** `self.owner = weakref.ref(owner, self.forget)`: when the owner dies, its weak reference drops the callback. */
function endsWithReferent({ node }: SelfReference): boolean {
  const call = node.parent?.type === 'argument_list' ? node.parent.parent : undefined;
  return (
    call?.parent?.type === 'assignment' &&
    /(^|\.)(ref|proxy|WeakMethod)$/.test(call.child('function')?.text ?? '')
  );
}

/** Whether decorators and the like make all instances of which the file knows: there are as many as the program has parts. */
function isMadeAtImport(file: FileFacts, owner: ClassFacts): boolean {
  const uses = file.scopes.at(owner.node).bindings.get(owner.name)?.uses ?? [];
  const made = uses.filter(({ parent, field }) => parent?.type === 'call' && field === 'function');
  return (
    made.length > 0 &&
    made.every((use) => {
      const around = file.functionAround(use);
      return around === undefined || runsAtImport(file, around);
    })
  );
}

/** Parts of a window: there are as many of them as windows. */
const OF_WINDOW = /(Tab|Window|Panel|Dock|Toolbar|ToolBar|StatusBar|MenuBar|Wizard|View)$/;

function registered(file: FileFacts, registration: OwnRegistration, owner: ClassFacts | undefined): Hit {
  const { call, receiver, uses } = registration;
  const target = file.drivable(call);
  const used = uses[0]?.text ?? receiver;
  return {
    anchor: statementOf(call),
    message: `${receiver} holds a callback that refers to ${used}: while it is registered, only the garbage collector can free them`,
    holder: receiver.split('.').slice(0, 2).join('.'),
    payload: used,
    ...(registration.isBrief || OF_WINDOW.test(owner?.name ?? '') ? { confidence: 'low' } : {}),
    ...fixed(`Use the argument of the callback, which is ${receiver}`, argumentEdits(file, registration)),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}

function recursive(file: FileFacts, closure: RecursiveClosure): Hit | undefined {
  const { nested, binding, payload, large, data, handlesErrors } = closure;
  const target = file.drivable(nested.node);
  const around = file.definitions.functionOf(binding.scope);
  if (!target || payload.length === 0 || runsAtImport(file, target)) return undefined;
  if (around && runsAtImport(file, around)) return undefined;
  if (isResult(closure) || (data.length === 0 && large.length === 0 && !handlesErrors)) return undefined;
  const names = (large.length > 0 ? large : payload).map(({ name }) => name).join(', ');
  return {
    anchor: nested.node,
    message: `${nested.name} refers to itself, and so keeps ${names} alive after the call, until the garbage collector runs`,
    holder: nested.name,
    payload: names,
    ...(large.length === 0 && !handlesErrors ? { confidence: 'low' } : {}),
    ...fixed(`Let ${nested.name} go when it is done`, releaseEdits(file, closure)),
    probe: { target: target.qualname },
  };
}

/** `return wrapper`: it lives because the caller wants it. */
function isResult({ nested, binding }: RecursiveClosure): boolean {
  return binding.uses.some(
    ({ parent }) => parent?.type === 'return_statement' && !nested.node.contains(parent),
  );
}

function fixed(title: string, edits: Edit[] | undefined): { fix?: ProposedFix } {
  return edits ? { fix: { title, safety: 'review', edits } } : {};
}
