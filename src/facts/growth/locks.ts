/** Expressions that make locks and their kin. */
import type { Node } from '../../python/node.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { keptParts } from '../places/kept-parts.ts';

/** What callers wait for: a turn, or a word from somebody else. */
export type LockKind = 'lock' | 'signal';

const LOCK = /(^|\.)([A-Z]\w*)?(R?Lock|Semaphore|Mutex|CapacityLimiter)$|(^|\.)allocate_lock$/;
const SIGNAL = /^(threading|asyncio|multiprocessing|anyio|trio|gevent\.event)\.(Event|Condition|Barrier)$/;

/** What kind of lock a function or class makes, going by its name. */
function kindMade(file: FileFacts, maker: Node | undefined): LockKind | undefined {
  const name = file.names.qualified(maker) ?? maker?.text ?? '';
  if (SIGNAL.test(name)) return 'signal';
  return /^[\w.]+$/.test(name) && LOCK.test(name) ? 'lock' : undefined;
}

/** What kind of lock a value is or holds: `Lock()`, `(Lock(), 0)`, a name that was bound to one. */
export function lockIn(file: FileFacts, value: Node | undefined): LockKind | undefined {
  for (const part of keptParts(file, value)) {
    const binding = part.type === 'identifier' ? file.binding(part) : undefined;
    const calls = binding ? binding.definitions.flatMap(({ value: made }) => keptParts(file, made)) : [part];
    for (const call of calls) {
      const kind = call.type === 'call' ? kindMade(file, call.child('function')) : undefined;
      if (kind) return kind;
    }
  }
  return undefined;
}

/** What kind of lock the entries are that a `defaultdict(Lock)` makes when they are read. */
export function lockByDefault(file: FileFacts, birth: Node | undefined): LockKind | undefined {
  if (birth?.type !== 'call') return undefined;
  const factory = keywordArgument(birth, 'default_factory') ?? positionalArguments(birth)[0];
  if (factory?.type !== 'lambda') return kindMade(file, factory);
  const body = factory.child('body');
  return lockIn(file, body) ?? lockByDefault(file, body);
}
