/** Objects that an instance keeps and that it has given itself, or a method of its own. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { classMade } from './back-references.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import { lineageOf } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Operation } from '../places/operations.ts';
import { Binding } from '../syntax/scopes.ts';
import { selfReferences, type SelfReference } from './self-references.ts';

export interface Owned {
  readonly owner: ClassFacts;
  readonly attribute: string;
  /** `Helper(self)`, or the call that hands the object a method: `self.parser.on('end', self.done)`. */
  readonly call: Node;
  readonly reference: SelfReference;
}

/** The same, with what stores the object in the attribute. */
export interface OwnedObject extends Owned {
  readonly operation: Operation;
}

/** Callees that keep what they are given no longer than needed, or hold it weakly. */
const FORGETS =
  /(^|\.)(weakref\.\w+|WeakMethod|ref|proxy|WeakSet|Thread|Timer|Process|create_task|ensure_future|gather|call_later|call_soon|call_at|call_soon_threadsafe|callLater|add_timeout|after|after_idle|run_in_executor|submit|spawn\w*|start_soon|QTimer|Finalize|finalize)$/;
/** Callees that are no classes but make what keeps their arguments: `loop.create_connection(self.make)`. */
const MAKES = /^_*(create|make|build|new|wrap|open)([A-Z_]\w*)?$/;

/** `self.child = Child(self)`, `self.timer = PeriodicCallback(self.tick, 1000)`, and what is handed over later. */
export function ownedObjects(file: FileFacts): OwnedObject[] {
  const made = file.places.all.flatMap((place) => {
    const owner = place.root instanceof Binding ? undefined : place.root;
    if (!owner || place.path.includes('.')) return [];
    return place
      .of('bind')
      .flatMap((operation) =>
        ownedIn(file, owner, place.path, operation.value).map((one) => ({ ...one, operation })),
      );
  });
  return [...made, ...file.calls.all.flatMap((call) => handedOver(file, call))];
}

const TAKES =
  /^(setopt|set_?\w*([cC]allback|[hH]andler|[fF]unction|[hH]ook|[lL]istener)|connect|bind|on|register\w*|subscribe|add_(callback|handler|listener|observer|hook))$/;

/** `self.multi.setopt(TIMER, self.set_timeout)` where the class has made what `self.multi` holds. */
function handedOver(
  file: FileFacts,
  { node, name, receiver }: FileFacts['calls']['all'][number],
): OwnedObject[] {
  if (receiver?.type !== 'attribute' || !TAKES.test(name) || !file.isSelf(receiver.child('object')))
    return [];
  const owner = file.classAround(node);
  const attribute = receiver.child('attribute')?.text ?? '';
  // A loop runs the callback once; the signals of Qt hold methods weakly.
  if (/loop$|reactor|clock|^sig|[cC]hanged$|[cC]licked$|[sS]ignal/.test(attribute)) return [];
  const made = file.places.at(receiver)?.of('bind') ?? [];
  const operation = made.find(({ value }) => value?.type === 'call');
  const reference = (node.child('arguments')?.children ?? [])
    .flatMap((argument) => selfReferences(file, argument))
    .find(({ how }) => how === 'method');
  return owner && operation && reference ? [{ owner, attribute, call: node, reference, operation }] : [];
}

/** The objects in one value that is stored in an attribute. */
export function ownedIn(
  file: FileFacts,
  owner: ClassFacts,
  attribute: string,
  value: Node | undefined,
): Owned[] {
  return keptParts(file, value).flatMap((part) => {
    const call = part.type === 'await' ? part.children[0] : part;
    if (call?.type !== 'call' || !keepsArguments(file, call)) return [];
    const [reference] = (call.child('arguments')?.children ?? []).flatMap((argument) =>
      argument.type === 'generator_expression' ? [] : selfReferences(file, argument),
    );
    return reference ? [{ owner, attribute, call, reference }] : [];
  });
}

/** Whether a call makes an object that is likely to keep its arguments: a class, or a function that makes one. */
function keepsArguments(file: FileFacts, call: Node): boolean {
  const callee = call.child('function');
  const name = file.names.callee(call) ?? callee?.text ?? '';
  const last = name.split('.').at(-1) ?? '';
  // Children of Qt belong to their parent, and go with it.
  if (FORGETS.test(name) || /^Q[A-Z]|^Qt/.test(last)) return false;
  const made = classMade(file, call);
  if (made && !mayKeep(file, call, made)) return false;
  return /^_*[A-Z]/.test(last) ? /[a-z]/.test(last) : MAKES.test(last);
}

/** Whether a class of the file does more with the instance that it is given than to look at it. */
function mayKeep(file: FileFacts, call: Node, made: ClassFacts): boolean {
  const constructor = lineageOf(made)
    .find(({ methods }) => methods.has('__init__'))
    ?.methods.get('__init__');
  if (!constructor) return true;
  const given = constructor.parameters.slice(1).filter(({ name, kind }, index) => {
    const argument = keywordArgument(call, name) ?? positionalArguments(call)[index];
    return kind !== 'plain' || (argument && selfReferences(file, argument).length > 0);
  });
  return given.some(({ name }) =>
    constructor.scope.bindings.get(name)?.uses.some((use) => {
      const { parent } = use;
      if (parent?.type === 'attribute' || parent?.type === 'comparison_operator') return false;
      return !isLetGoLater(file, made, use);
    }),
  );
}

/** `self.done = done` in the constructor, where another method binds `self.done` anew as its work is done. */
function isLetGoLater(file: FileFacts, made: ClassFacts, { parent, field }: Node): boolean {
  const left = parent?.type === 'assignment' && field === 'right' ? parent.child('left') : undefined;
  if (left?.type !== 'attribute' || !file.isSelf(left.child('object'))) return false;
  const binds =
    file.places
      .ofClass(made)
      .get(left.child('attribute')?.text ?? '')
      ?.of('bind') ?? [];
  return binds.some(({ scope, value }) => {
    const isEmpty = value?.type === 'none' || value?.type === 'lambda';
    return isEmpty && scope.nearest('function')?.name !== '__init__';
  });
}
