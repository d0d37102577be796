/** Attributes that start as `None`, take an object that holds the instance, and are not let go when it ends. */
import type { Node } from '../../python/node.ts';
import { endingsOf, endsLife, methodAt, type Ending } from '../life/endings.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Operation } from '../places/operations.ts';
import { ownedIn } from './owned.ts';
import { selfReferences } from './self-references.ts';

export interface LooseEnd {
  readonly owner: ClassFacts;
  readonly ending: Ending;
  /** The statement of the ending that lets go of something else, or that closes what it keeps. */
  readonly statement: Node;
  /** What the ending does let go, where it does. */
  readonly sibling: string | undefined;
  readonly kept: readonly Kept[];
}

export interface Kept {
  readonly attribute: string;
  /** An object that is given `self`, a method of its own, a callback of the caller, or an object at the other end. */
  readonly how: 'owned' | 'own' | 'callback' | 'peer';
  readonly setter: FunctionFacts;
}

const PEER =
  /(^|_)(transport|protocol|stream|writer|reader|parser|payload|request|response|handler|session|connection|conn|channel|client|context|socket|task|future|fut|waiter|delegate|target|owner|parent|source|sink|producer|consumer|job|message|result)$/i;
const CALLBACK =
  /(^|_)(callbacks?|cb|canceller|delegate|listener|observer|on_[a-z_]+|hook)$|[a-z](Callback|Listener|Delegate)$/;

/** One for each class: the first ending that lets go of some attributes and forgets others. */
export function looseEnds(file: FileFacts): LooseEnd[] {
  return file.classes.flatMap((owner) => {
    const kept = attributesOf(file, owner);
    if (kept.length === 0) return [];
    const endings = endingsOf(file, owner);
    const found = endings.flatMap((ending) => looseEnd(owner, ending, endings, kept) ?? []);
    // Where one ending runs another, the inner one is the place to let go.
    const inner = found.find(({ ending }) =>
      found.every((other) => !ending.through.has(other.ending.method)),
    );
    return inner ? [inner] : [];
  });
}

function looseEnd(
  owner: ClassFacts,
  ending: Ending,
  endings: readonly Ending[],
  attributes: readonly Attribute[],
): LooseEnd | undefined {
  const cleared = attributes.filter(({ name }) => ending.resets.get(name)?.isClear);
  const [sibling] = cleared;
  const knowsPeers = cleared.some(({ name }) => PEER.test(name) || CALLBACK.test(name));
  const kept = attributes.flatMap(({ name, kept }) => {
    if (!kept || kept.setter === ending.method || ending.resets.has(name)) return [];
    if (kept.how === 'peer' && !knowsPeers) return [];
    // Another ending may well be the one that lets go.
    const isLeft = endings.every(
      (other) => !other.resets.has(name) || (sibling && !isAsFinal(other, ending)),
    );
    return isLeft ? [kept] : [];
  });
  if (sibling && kept.length > 0) {
    const statement = ending.resets.get(sibling.name)?.statement;
    return statement && { owner, ending, statement, sibling: sibling.name, kept };
  }
  const closed = kept.find(({ attribute, how }) => how === 'owned' && ending.closes.has(attribute));
  const statement = closed && ending.closes.get(closed.attribute);
  return statement && { owner, ending, statement, sibling: undefined, kept: [closed] };
}

/** Whether an ending is as final as another: what `finish` lets go, `close` may still hold. */
function isAsFinal(other: Ending, than: Ending): boolean {
  return other !== than && (FINAL.test(other.method.name) || !FINAL.test(than.method.name));
}

/** Whether nothing is done with an instance after a method, going by its name: `cancel_forward` ends one thing of many. */
export function isFinal({ method }: Ending): boolean {
  return FINAL.test(method.name);
}

const FINAL = /close|lost|disconnect|shutdown|exit|clean|dispose|destroy|tear|terminate|stop/i;

interface Attribute {
  readonly name: string;
  /** How it comes to hold the instance; undefined when nothing shows that it does. */
  readonly kept: Kept | undefined;
}

/** The attributes of a class that are `None` at first and get an object later. */
function attributesOf(file: FileFacts, owner: ClassFacts): Attribute[] {
  return [...file.places.ofClass(owner).values()].flatMap((place) => {
    if (place.path.includes('.')) return [];
    const binds = place.of('bind');
    if (!binds.some((bind) => isBirth(file, bind))) return [];
    const setters = binds.filter((bind) => isSet(file, bind));
    if (setters.length === 0) return [];
    const [kept] = setters.flatMap((bind) => keptBy(file, owner, place.path, bind) ?? []);
    return [{ name: place.path, kept }];
  });
}

const BIRTH = /^(__init__|__new__|__post_init__|initiali[sz]e|_?(clear|reset|init)(_\w+)?)$/;

/** `None` as long as there is nothing to hold: in the class body, the constructor, or a method that starts over. */
function isBirth(file: FileFacts, { value, scope }: Operation): boolean {
  if (value?.type !== 'none') return false;
  return scope.kind === 'class' || BIRTH.test(methodAt(file, scope)?.name ?? '');
}

const PLAIN = ['none', 'true', 'false', 'integer', 'float', 'string', 'concatenated_string'];

function isSet(file: FileFacts, { value, scope }: Operation): boolean {
  const method = methodAt(file, scope);
  return (
    value !== undefined &&
    !PLAIN.includes(value.type) &&
    method !== undefined &&
    method.name !== '__init__' &&
    !endsLife(method)
  );
}

function keptBy(
  file: FileFacts,
  owner: ClassFacts,
  attribute: string,
  { value, scope }: Operation,
): Kept | undefined {
  const setter = methodAt(file, scope);
  if (!setter) return undefined;
  if (selfReferences(file, value).length > 0) return { attribute, how: 'own', setter };
  if (ownedIn(file, owner, attribute, value).length > 0) return { attribute, how: 'owned', setter };
  if (CALLBACK.test(attribute) && isGiven(file, value)) return { attribute, how: 'callback', setter };
  if (isPlainData(file, owner, attribute)) return undefined;
  // The transports of asyncio forget their protocol after `connection_lost`.
  if (attribute === 'transport' && setter.name === 'connection_made') return undefined;
  return PEER.test(attribute) && isObject(file, value) ? { attribute, how: 'peer', setter } : undefined;
}

/** Annotated as a tuple, a text or a number: it refers to nothing. */
function isPlainData(file: FileFacts, owner: ClassFacts, attribute: string): boolean {
  const binds = file.places.ofClass(owner).get(attribute)?.of('bind') ?? [];
  const types = binds.map(({ node }) => node.child('type')?.text ?? '');
  return (
    types.some((type) =>
      /^['"]?((Optional|t\.Optional|typing\.Optional)\[)?(tuple|Tuple|str|bytes|int|float|bool)\b/.test(type),
    ) ||
    binds.some(({ value }) =>
      /(^|_)(get_\w*(addr|address|peername|sockname))\(|peername|sockname/.test(value?.text ?? ''),
    )
  );
}

/** Whether a value is a parameter, also inside a call that wraps it. */
function isGiven(file: FileFacts, value: Node | undefined): boolean {
  const parts = keptParts(file, value).flatMap((part) =>
    part.type === 'call' ? (part.child('arguments')?.children ?? []) : [part],
  );
  return parts.some((part) => part.type === 'identifier' && file.binding(part)?.isParameter === true);
}

/** A parameter or the result of a call. */
function isObject(file: FileFacts, value: Node | undefined): boolean {
  const part = value?.type === 'await' ? value.children[0] : value;
  return (part?.type === 'identifier' && file.binding(part)?.isParameter === true) || part?.type === 'call';
}
