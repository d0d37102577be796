/** Pools of threads and processes: what makes them, and what ends them. */
import type { Node } from '../../python/node.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import { calledName, callsLike } from '../syntax/called.ts';
import type { FileFacts } from '../file-facts.ts';

export interface WorkerPool {
  readonly node: Node;
  /** `threads` or `processes`, as far as the name tells. */
  readonly workers: 'threads' | 'processes';
  /** What each worker calls first. */
  readonly initialiser: Node | undefined;
}

export const EXECUTOR_ENDS: ReadonlySet<string> = new Set(['shutdown']);
export const POOL_ENDS: ReadonlySet<string> = new Set(['close', 'terminate', 'join', '__exit__']);

const EXECUTOR = /^((concurrent\.)?futures(\.\w+)?\.)?(Thread|Process|Interpreter)PoolExecutor$/;
const POOL =
  /^((torch\.|billiard\.)?(multiprocessing|multiprocess|mp|billiard)(\.pool|\.dummy)?\.)?(Pool|ThreadPool)$/;

/** `ThreadPoolExecutor(…)` and `ProcessPoolExecutor(…)`. */
export function executorsIn(file: FileFacts): WorkerPool[] {
  return callsLike(file, EXECUTOR).map(({ node }) => ({
    node,
    workers: calledName(file, node).includes('Process') ? 'processes' : 'threads',
    initialiser: keywordArgument(node, 'initializer') ?? positionalArguments(node)[2],
  }));
}

/** `multiprocessing.Pool(…)`, `ThreadPool(…)`, `get_context("spawn").Pool(…)`. */
export function poolsIn(file: FileFacts): WorkerPool[] {
  const ofContexts = file.calls.named('Pool').filter(({ receiver }) => isContext(file, receiver));
  return [...callsLike(file, POOL), ...ofContexts].map(({ node }) => ({
    node,
    workers: /ThreadPool|dummy/.test(calledName(file, node)) ? 'threads' : 'processes',
    initialiser: keywordArgument(node, 'initializer') ?? positionalArguments(node)[1],
  }));
}

function isContext(file: FileFacts, receiver: Node | undefined): boolean {
  if (receiver?.type === 'call') return /(^|\.)get_context$/.test(calledName(file, receiver));
  const value = receiver?.type === 'identifier' ? file.binding(receiver)?.only?.value : undefined;
  return value?.type === 'call' && /(^|\.)get_context$/.test(calledName(file, value));
}

/** The initialiser that holds the instance: `initializer=self.prepare`, `initargs=(self,)`, a lambda over `self`. */
export function initialiserOverSelf(file: FileFacts, { node, initialiser }: WorkerPool): Node | undefined {
  const given = [initialiser, keywordArgument(node, 'initargs')];
  return given
    .flatMap((value) => (value ? [value, ...value.descendants()] : []))
    .find((node) => holdsSelf(file, node));
}

/** `self`, `self.method`, but not `self.size`, which is a value of its own. */
function holdsSelf(file: FileFacts, node: Node): boolean {
  if (!file.isSelf(node)) return false;
  const { parent, field } = node;
  if (parent?.type !== 'attribute' || field !== 'object') return true;
  const name = parent.child('attribute')?.text ?? '';
  return file.classAround(node)?.methods.has(name) === true || parent.closest('lambda') !== undefined;
}
