/** Callbacks that objects register with others: with what, and whether their class takes them back. */
import type { Call } from '../syntax/calls.ts';
import type { FileFacts } from '../file-facts.ts';
import { statementOf } from '../syntax/flow.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { heldSelf, type HeldObject } from './held-objects.ts';
import { lineageOf } from '../places/instances.ts';
import type { Node } from '../../python/node.ts';

/** Whose the emitter is that keeps the callback: it decides how long the callback stays. */
export type Emitter =
  /** Of the module or the process. */
  | 'global'
  /** Given by the caller, or reached through what was given. */
  | 'given'
  /** Made by the object itself: they end together. */
  | 'own'
  | 'unknown';

export interface Subscription {
  readonly call: Call;
  readonly owner: ClassFacts;
  readonly held: HeldObject;
  readonly emitter: Emitter;
  /** `subscribe`, `add`, `on`: the first word of what is called. */
  readonly verb: string;
  /** The class takes this callback back. */
  readonly isUndone: boolean;
  /** The class takes other callbacks back. */
  readonly undoesOthers: boolean;
}

const NOUN =
  /(listener|observer|callback|handler|subscriber|subscription|watcher|hook|receiver|reader|writer|delegate|monitor|sink|trigger)s?$/;
/** Verbs that say enough alone. */
const ALONE = /^(subscribe|connect|observe|on|bind|fbind|listen|watch|attach)$/;
const WITH_NOUN = /^(add|register|set|install|attach|append|notify|listen|subscribe|on|connect|watch)$/;
/** How the names of all such calls begin: most others need no closer look. */
const VERBS =
  /^_*(add|register|set|install|attach|append|notify|listen|subscribe|on|connect|watch|observe|bind|fbind)/i;
/** Lists of callbacks that others add to themselves. */
const LISTS = /(callbacks|listeners|observers|handlers|hooks|subscribers|watchers|receivers)$/;
/** Of these a callback runs once and is let go; those of `logging` have a rule of their own. */
const ONCE_NAMES =
  /^(add_done_callback|addCallbacks?|addErrbacks?|addBoth|addHandler|add_callback_from_signal|set_trace|set_exception_handler)$/;
const ONCE_RECEIVERS =
  /(^|[._])(future|fut|task|deferred|d|dfd|loop|io_?loop|ioloop|reactor|promise|current\(\)|instance\(\))$/i;

/** The words of a name: `addEventListener` and `add_event_listener` are add, event, listener. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter(Boolean);
}

/** The first word of a call that registers a callback; undefined for others. */
export function registeringVerb({ name, receiver, node }: Call): string | undefined {
  if (!VERBS.test(name) || ONCE_NAMES.test(name)) return undefined;
  const words = wordsOf(name);
  const [verb = ''] = words;
  if (verb === 'append' || name === 'add') {
    return receiver && LISTS.test(receiver.text) ? 'append' : undefined;
  }
  if (/callback$/.test(name) && !/periodic/.test(name) && ONCE_RECEIVERS.test(receiver?.text ?? ''))
    return undefined;
  if (ALONE.test(name) || name === 'register') return hasOneShot(node) ? undefined : verb;
  const isNamed =
    WITH_NOUN.test(verb) && words.length > 1 && (NOUN.test(words.at(-1) ?? '') || words[1] === 'on');
  return isNamed && !hasOneShot(node) ? verb : undefined;
}

/** `once=True`, `weak=True` */
function hasOneShot(call: Node): boolean {
  return (call.child('arguments')?.children ?? []).some(
    (child) =>
      child.type === 'keyword_argument' && /^(once|weak|oneshot)$/.test(child.child('name')?.text ?? ''),
  );
}

/** The callbacks over their own instance that methods register, and do nothing with what the registration returns. */
export function subscriptions(file: FileFacts): Subscription[] {
  return file.calls.all.flatMap((call) => {
    const verb = isDropped(call.node) ? registeringVerb(call) : undefined;
    const owner = verb === undefined ? undefined : file.classAround(call.node);
    if (verb === undefined || !owner) return [];
    const held = (call.node.child('arguments')?.children ?? [])
      .flatMap((value) => heldSelf(file, value))
      .find(
        ({ how }) =>
          how !== 'itself' ||
          NOUN.test(wordsOf(call.name).at(-1) ?? '') ||
          /^(subscribe|attach)$/.test(call.name),
      );
    if (!held) return [];
    const undoing = undoingCalls(file, owner);
    const isUndone = undoing.some((undo) => undoes(file, undo, call, held));
    return [
      {
        call,
        owner,
        held,
        emitter: emitterOf(file, call),
        verb,
        isUndone,
        undoesOthers: !isUndone && undoing.some((undo) => takesBack(file, undo)),
      },
    ];
  });
}

/** Whether the result goes nowhere: a handle that is kept, returned or handed on can end the registration. */
function isDropped({ parent, field }: Node): boolean {
  if (parent?.type === 'await') return isDropped(parent);
  return parent?.type === 'expression_statement' || (parent?.type === 'lambda' && field === 'body');
}

const UNDOING =
  /^_?(un|remove|off|dis|de_?register|detach|discard|cancel|clear|drop|delete|release|pop|stop|set_\w*(callback|handler))/i;

/** Calls in a class and its base classes that take something back. */
function undoingCalls(file: FileFacts, owner: ClassFacts): Call[] {
  return file.onceFor(owner, findUndoing);
}

function findUndoing(file: FileFacts, owner: ClassFacts): Call[] {
  const lineage = new Set(lineageOf(owner));
  return file.calls.all.filter(({ name, node }) => {
    const around = UNDOING.test(name) ? file.classAround(node) : undefined;
    return around !== undefined && lineage.has(around);
  });
}

function undoes(file: FileFacts, undo: Call, call: Call, held: HeldObject): boolean {
  if (undo.node === call.node) return false;
  const given = undo.node.child('arguments')?.text ?? '';
  // `stream.set_close_callback(None)`
  if (undo.name.startsWith('set_')) return undo.name === call.name && given === '(None)';
  const isSameCallback = held.name !== undefined && new RegExp(`\\b${held.name}\\b`).test(given);
  if (isSameCallback) return true;
  const takesOne = values(undo).some((value) => heldSelf(file, value).some(({ how }) => how !== 'itself'));
  return !takesOne && undo.receiver !== undefined && lastPart(undo.receiver) === lastPart(call.receiver);
}

/** Whether an undoing call is given a method of the instance or the instance. */
function takesBack(file: FileFacts, { node, name }: Call): boolean {
  if (name.startsWith('set_')) return false;
  return values({ node }).some((value) => heldSelf(file, value).length > 0);
}

function values({ node }: Pick<Call, 'node'>): readonly Node[] {
  return node.child('arguments')?.children ?? [];
}

function lastPart(receiver: Node | undefined): string | undefined {
  return receiver?.type === 'attribute' ? receiver.child('attribute')?.text : receiver?.text;
}

/** Functions and methods that give what the whole process shares. */
const SHARED_GETTER =
  /^(get_?(instance|current|default|app|bus|event_bus|loop|event_loop|hub|client|registry|manager|settings|config)?|instance|current|default|shared|singleton|getInstance|getApp|getDefault|get_running_app|get_\w*(bus|registry|manager|hub|dispatcher))$/;

/** Whose the object is that a callback is registered with. */
export function emitterOf(file: FileFacts, { receiver, node }: Call): Emitter {
  const callee = file.names.callee(node) ?? '';
  // These modules have registries of their own kind.
  if (/^(atexit|signal|weakref|logging|threading|os|sys|sqlalchemy)\./.test(callee)) return 'unknown';
  if (receiver === undefined) {
    return /^(?!builtins\.)(.*\.)?_?(add|register|subscribe)[^.]*$/.test(callee) ? 'global' : 'unknown';
  }
  return whoseIs(file, receiver);
}

function whoseIs(file: FileFacts, expression: Node, depth = 4): Emitter {
  if (depth === 0) return 'unknown';
  let root = expression;
  let first: Node | undefined;
  while (root.type === 'attribute' || root.type === 'subscript') {
    first = root;
    const inner = root.child('object') ?? root.child('value');
    if (!inner) return 'unknown';
    root = inner;
  }
  if (root.type === 'call') return ofCall(file, root);
  if (root.type !== 'identifier') return 'unknown';
  if (file.isSelf(root)) return first ? ofAttribute(file, first, depth) : 'own';
  const binding = file.binding(root);
  // What the file does not bind comes from elsewhere, and is there for all.
  if (!binding || binding.scope.kind === 'module') return 'global';
  if (binding.isParameter) return 'given';
  const values = binding.definitions.flatMap(({ value }) => value ?? []);
  const [value] = values;
  return value && values.length === 1 ? whoseIs(file, value, depth - 1) : 'unknown';
}

function ofCall(file: FileFacts, call: Node): Emitter {
  const callee = call.child('function');
  const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
  const object = callee?.type === 'attribute' ? callee.child('object') : undefined;
  if (object && file.isSelf(object)) return 'unknown';
  return SHARED_GETTER.test(name) ? 'global' : 'own';
}

/** `self.bus` is whose value it was bound to. */
function ofAttribute(file: FileFacts, attribute: Node, depth: number): Emitter {
  const values =
    file.places
      .at(attribute)
      ?.of('bind')
      .flatMap(({ value }) => value ?? []) ?? [];
  const known = values.filter(({ type }) => type !== 'none');
  if (known.length === 0) return 'unknown';
  const emitters = known.map((value) =>
    whoseIs(file, value.type === 'boolean_operator' ? (value.children[0] ?? value) : value, depth - 1),
  );
  return emitters.includes('own') ? 'own' : (emitters[0] ?? 'unknown');
}

/** A callback of an object that the function has just made, registered with what the function was given. */
export interface LocalSubscription {
  readonly call: Call;
  /** `monitor.update` */
  readonly callback: Node;
}

/** `doc.add_periodic_callback(monitor.update, 500)` where `monitor` is made here and `doc` is given. */
export function localSubscriptions(file: FileFacts): LocalSubscription[] {
  return file.calls.all.flatMap((call) => {
    if (!isDropped(call.node) || registeringVerb(call) === undefined) return [];
    if (!NOUN.test(wordsOf(call.name).at(-1) ?? '')) return [];
    if (whoseIs(file, call.receiver ?? call.node) !== 'given' || file.isSelf(call.receiver)) return [];
    const around = file.functionAround(call.node);
    const callback = (call.node.child('arguments')?.children ?? []).find((value) =>
      isMethodOfNew(file, value),
    );
    if (!callback || !around) return [];
    const isUndone = file.calls.all.some(
      ({ name, node }) =>
        UNDOING.test(name) &&
        around.node.contains(node) &&
        // `loop.remove_writer(sock)` names what it was added for, and not the callback.
        ((node.child('arguments')?.text ?? '').includes(callback.text) ||
          name === call.name.replace(/^add/, 'remove')),
    );
    return isUndone ? [] : [{ call, callback }];
  });
}

function isMethodOfNew(file: FileFacts, value: Node): boolean {
  const object = value.type === 'attribute' ? value.child('object') : undefined;
  const definition = object?.type === 'identifier' ? file.binding(object)?.only : undefined;
  const made = definition?.kind === 'assignment' ? definition.value : undefined;
  const maker = made?.type === 'call' ? made.child('function') : undefined;
  const name = (maker?.type === 'attribute' ? maker.child('attribute') : maker)?.text ?? '';
  return (
    /^_?[A-Z]/.test(name) && definition?.scope.kind === 'function' && statementOf(value) !== definition.node
  );
}
