/** Containers that are filled with weak references of their own: what these refer to goes, they themselves stay. */
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import type { Node } from '../../python/node.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { assignedBefore } from '../places/reaching.ts';
import { growingAttributes } from './instance-containers.ts';
import { longLivedContainers } from './long-lived.ts';

export interface WeakEntry {
  readonly place: Place;
  /** The class whose instances have the container; undefined where it is the module's or shared by a class. */
  readonly owner: ClassFacts | undefined;
  readonly operation: Operation;
}

/** Where weak references without a callback are added to a container from which nothing takes any. */
export function weakEntries(file: FileFacts): readonly WeakEntry[] {
  return file.tree.source.includes('weakref') ? file.once(findEntries) : [];
}

function findEntries(file: FileFacts): WeakEntry[] {
  const shared = longLivedContainers(file).map(({ place, growth }) => ({ place, growth, owner: undefined }));
  return [...shared, ...growingAttributes(file)].flatMap(({ place, growth, owner }) =>
    growth
      .filter((operation) => isWeak(file, operation.value) || isWeak(file, operation.key))
      .map((operation) => ({ place, owner, operation })),
  );
}

/** `weakref.ref(thing)`, `WeakMethod(callback)`, also as part of a tuple or through a local; nothing tells when it is dead. */
function isWeak(file: FileFacts, value: Node | undefined): boolean {
  if (value?.type === 'tuple') return value.children.some((part) => isWeak(file, part));
  if (value?.type === 'conditional_expression')
    return [value.children[0], value.children[2]].some((part) => isWeak(file, part));
  const made = value?.type === 'identifier' ? assignedBefore(file, value) : value;
  if (made?.type !== 'call' || !MAKERS.test(file.names.callee(made) ?? '')) return false;
  return positionalArguments(made).length < 2 && keywordArgument(made, 'callback') === undefined;
}

const MAKERS = /^weakref\.(ref|proxy|WeakMethod|ReferenceType)$/;
