/** What a file does to the garbage collector that keeps it from freeing cycles. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround, statementOf } from '../syntax/flow.ts';
import { constant } from '../places/large.ts';
import { ownFrameCycles } from '../frames/own-frames.ts';
import { selfReferences } from './self-references.ts';

export interface CollectorChange {
  readonly call: Node;
  /** `off`: for good; `rare`: a threshold that is seldom met; `young`: asked for the youngest generation only. */
  readonly how: 'off' | 'rare' | 'young' | 'frozen';
}

/** As many new containers as a collector should not wait for. */
const RARE = 100_000;

export function collectorChanges(file: FileFacts): CollectorChange[] {
  const found: CollectorChange[] = [];
  // Handed on counts too: `atexit.register(gc.enable)`.
  const isTurnedOn = file.nodes('attribute').some((node) => file.names.qualified(node) === 'gc.enable');
  const isOn = isTurnedOn || file.calls.to('gc.enable').length > 0;
  if (!isOn)
    found.push(...file.calls.to('gc.disable').map(({ node }) => ({ call: node, how: 'off' as const })));
  const thresholds = file.calls.to('gc.set_threshold');
  for (const { node } of thresholds) {
    const first = constant(positionalArguments(node)[0]);
    if (first === 0 && thresholds.length === 1) found.push({ call: node, how: 'off' });
    else if (first !== undefined && first >= RARE) found.push({ call: node, how: 'rare' });
  }
  for (const { node } of file.calls.to('gc.collect')) {
    const generation = node.child('arguments')?.children[0];
    const value = generation?.type === 'keyword_argument' ? generation.child('value') : generation;
    if (value?.text === '0' && loopsAround(node).length > 0) found.push({ call: node, how: 'young' });
  }
  if (file.calls.to('gc.unfreeze').length === 0) {
    found.push(...file.calls.to('gc.freeze').map(({ node }) => ({ call: node, how: 'frozen' as const })));
  }
  return found;
}

export interface Cycle {
  readonly statement: Node;
  /** The local or attribute that closes it. */
  readonly holder: string;
}

/** A cycle that the file makes, which only the collector frees. */
export function someCycle(file: FileFacts): Cycle | undefined {
  const [local] = ownFrameCycles(file);
  if (local) return local;
  for (const assignment of file.nodes('assignment')) {
    const left = assignment.child('left');
    if (left?.type !== 'attribute' || !file.isSelf(left.child('object'))) continue;
    if (selfReferences(file, assignment.child('right')).length > 0)
      return { statement: statementOf(assignment), holder: left.text };
  }
  return undefined;
}
