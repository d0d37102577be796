/** Pools of threads and processes that nothing in the file ends, and how sure that is. */
import type { Confidence } from '../../contract/words.ts';
import type { Node } from '../../python/node.ts';
import { fateOf, isMadeOnce, isReleased, type Fate } from '../places/fates.ts';
import type { FileFacts } from '../file-facts.ts';
import { frequencyOf } from '../life/frequency.ts';
import { isSingleton } from '../life/lifetimes.ts';
import { Binding } from '../syntax/scopes.ts';
import { initialiserOverSelf, type WorkerPool } from './workers.ts';

export interface IdleWorkers {
  readonly pool: WorkerPool;
  readonly fate: Fate;
  /** Where they are kept, as it is written: `self.pool`, `_pools`. */
  readonly holder: string;
  /** The initialiser that holds the instance. */
  readonly initialiser: Node | undefined;
  /** `low` for what ends by itself or is made once. */
  readonly confidence: Confidence;
}

/** @param ends names of the methods that end such a pool */
export function idleWorkers(
  file: FileFacts,
  pools: readonly WorkerPool[],
  ends: ReadonlySet<string>,
): IdleWorkers[] {
  return pools.flatMap((pool) => {
    const { node } = pool;
    const frequency = frequencyOf(file, node);
    const fate = fateOf(file, node, ends);
    const isEnded = fate.how === 'closed' || (fate.how === 'kept' && isReleased(file, fate, ends));
    if (isEnded || fate.how === 'handed-on' || frequency === 'once') return [];
    const initialiser = initialiserOverSelf(file, pool);
    const holder = holderOf(file, node, fate);
    const confidence = initialiser ? 'high' : fate.how === 'kept' ? confidenceOf(file, node, fate) : 'low';
    return confidence ? [{ pool, fate, holder, initialiser, confidence }] : [];
  });
}

function confidenceOf(
  file: FileFacts,
  node: Node,
  fate: Extract<Fate, { how: 'kept' }>,
): Confidence | undefined {
  const { place, target, isEntry } = fate;
  // Something else's attribute: `app.state.pool = …`, in another file's hands.
  if (!place) return undefined;
  const isOwn = !(place.root instanceof Binding);
  if (isEntry) return 'medium';
  if (!isOwn && place.root.scope.kind === 'module' && isMadeOnce(node, target)) return undefined;
  const owner = file.classAround(node);
  return owner && isSingleton(file, owner) ? 'low' : 'medium';
}

function holderOf(file: FileFacts, node: Node, fate: Fate): string {
  if (fate.how === 'local') return fate.binding.name;
  if (fate.how === 'kept') {
    const { target } = fate;
    return (target.type === 'subscript' ? target.child('value') : target)?.text ?? target.text;
  }
  return file.functionAround(node)?.name ?? node.child('function')?.text ?? '';
}
