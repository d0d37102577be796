/** Endless loops of workers, and the locals that hold the last piece of work while the loop waits for the next one. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { ownNodes, statementOf } from '../syntax/flow.ts';
import type { Binding } from '../syntax/scopes.ts';

export interface LastItem {
  readonly binding: Binding;
  /** The statement that takes the item. */
  readonly taking: Node;
  /** The last statement of the turn that uses the item. */
  readonly lastUse: Node;
  /** The call that waits while the item is still bound. */
  readonly wait: Node;
  /** The item was handed over through an attribute that is emptied at once: its owner wants it gone. */
  readonly isMoved: boolean;
}

export function lastItems(file: FileFacts): LastItem[] {
  return file.nodes('while_statement').flatMap((loop) => {
    const body = loop.child('body');
    const scope = file.scopes.at(loop);
    if (!body || scope.kind !== 'function' || !runsOn(loop)) return [];
    const nodes = ownNodes(body);
    const waits = nodes.filter((node) => node.type === 'call' && isWait(file, node));
    if (waits.length === 0) return [];
    return nodes.flatMap((node) => {
      if (node.type !== 'assignment') return [];
      const left = node.child('left');
      const names = left?.type === 'pattern_list' || left?.type === 'tuple_pattern' ? left.children : [left];
      const isTaken = waits.some((wait) => isTakenFrom(file, node.child('right'), wait));
      const isMoved = !isTaken && isEmptiedAfter(node);
      if (!isTaken && !isMoved) return [];
      return names.flatMap((name) => {
        const binding = name?.type === 'identifier' ? file.binding(name) : undefined;
        return binding?.scope === scope ? (lastItem(loop, node, binding, waits, isMoved) ?? []) : [];
      });
    });
  });
}

/** `while True`, and a flag that others set: `while not self._stopped`. */
function runsOn(loop: Node): boolean {
  const condition = loop.child('condition');
  return condition !== undefined && /^(True|1|(not )?(\w+\.)*_?\w+(\.is_set\(\))?)$/.test(condition.text);
}

const QUEUES =
  /(^|[._])(q|queues?|jobs?|tasks?|inbox|mailbox|work|works|pending|channel|chan|requests?|todo|backlog|orders?|\w*queue|\w*_q)(\[.*\])?$/i;

/** `queue.get()`, `lock.acquire()`, `selector.select()`: a call that may take until somebody has work to do. */
function isWait(file: FileFacts, call: Node): boolean {
  const callee = call.child('function');
  const method = callee?.child('attribute')?.text ?? '';
  const receiver = callee?.child('object')?.text ?? '';
  const first = call.child('arguments')?.children[0];
  switch (method) {
    case 'get':
      // `mapping.get(key)` is no wait; `queue.get(True, 1)` and `queue.get(timeout=1)` are.
      return QUEUES.test(receiver) && (!first || /^(keyword_argument|true)$/.test(first.type));
    case 'acquire':
    case 'wait':
    case 'poll':
    case 'select':
      return receiver !== '' && !/^(subprocess|process|proc|child|asyncio|os)$/.test(receiver);
    case 'get_job':
    case 'get_task':
    case 'next_job':
    case 'next_task':
    case 'blpop':
    case 'brpop':
    case 'dequeue':
      return true;
    case 'sleep':
      return file.names.callee(call) === 'asyncio.sleep' || file.names.callee(call) === 'time.sleep';
    default:
      return false;
  }
}

/** `queue.get()`, `await queue.get()` */
function isTakenFrom(file: FileFacts, value: Node | undefined, wait: Node): boolean {
  let at = value;
  while (at && /^(await|yield|parenthesized_expression)$/.test(at.type)) at = at.children[0];
  const callee = wait.child('function')?.child('attribute')?.text ?? '';
  return (
    at === wait && !/^(acquire|wait|poll|select|sleep)$/.test(callee) && file.names.callee(wait) === undefined
  );
}

/** `job = self._job` and then `self._job = None`; `batch = self._batch` and then `self._batch = []`. */
function isEmptiedAfter(assignment: Node): boolean {
  const right = assignment.child('right');
  if (right?.type !== 'attribute') return false;
  const siblings = assignment.parent?.parent?.children ?? [];
  const next = siblings[siblings.indexOf(assignment.parent as Node) + 1]?.children[0];
  const value = next?.type === 'assignment' ? next.child('right') : undefined;
  if (!value || next?.child('left')?.text !== right.text) return false;
  return value.type === 'none' || /^(\[\]|\{\}|(collections\.)?(deque|list|dict|set)\(\))$/.test(value.text);
}

function lastItem(
  loop: Node,
  assignment: Node,
  binding: Binding,
  waits: readonly Node[],
  isMoved: boolean,
): LastItem | undefined {
  const others = binding.definitions.filter(({ node }) => !assignment.contains(node));
  // Let go or bound to something else in the same turn.
  if (others.some(({ node, kind }) => kind === 'delete' || loop.contains(node))) return undefined;
  const uses = binding.uses.filter((use) => loop.contains(use));
  // Carried from turn to turn, under another name too, or needed after the loop.
  if (uses.some(({ parent, field }) => parent?.type === 'assignment' && field === 'right')) return undefined;
  if (uses.some((use) => use.index < assignment.index) || uses.length !== binding.uses.length)
    return undefined;
  const last = uses.at(-1);
  if (!last) return undefined;
  const lastUse = outermostIn(statementOf(last), assignment);
  const wait = waits.find(
    (call) => call.index < assignment.index || assignment.contains(call) || call.index > lastUse.last,
  );
  return wait && { binding, taking: statementOf(assignment), lastUse, wait, isMoved };
}

/** The statement of the same block as the assignment in which another one stands. */
function outermostIn(statement: Node, assignment: Node): Node {
  const block = statementOf(assignment).parent;
  let at = statement;
  while (at.parent && at.parent !== block && !at.parent.contains(assignment)) at = at.parent;
  return at;
}

/** Whether the loop calls the item, or what it is made of: a function holds whatever its maker gave it. */
export function isCalled({ binding }: LastItem): boolean {
  const isFunction = ({ parent, field }: Node): boolean =>
    (parent?.type === 'call' && field === 'function') ||
    (parent?.parent?.type === 'call' &&
      parent.field === 'function' &&
      /^(run|execute|perform|process|handle|__call__)$/.test(parent.child('attribute')?.text ?? ''));
  return binding.uses.some((use) => {
    if (isFunction(use)) return true;
    const loop = use.parent?.type === 'for_statement' && use.field === 'right' ? use.parent : undefined;
    const each = loop?.child('left');
    const nodes = each?.type === 'identifier' ? (loop?.child('body')?.descendants() ?? []) : [];
    return nodes.some((node) => node.type === 'identifier' && node.text === each?.text && isFunction(node));
  });
}

/** Names of things that may well be large. */
export function isLargeName(name: string): boolean {
  return /(^|_)(batch|frame|image|img|picture|data|body|chunk|block|blob|buffer|tensor|array|arr|df|table|document|doc|page|samples?|results?|audio|video|job|task|work|work_item|callbacks?|fn|func|future)$/.test(
    name,
  );
}

/** Names of things that take next to no room, whatever the queue is for. */
export function isSmallName(name: string): boolean {
  return /(^|_)(_|i|n|key|keycode|char|ch|cmd|command|line|msg|text|status|state|code|num|number|id|idx|index|pid|fd|flag|sig|signal|signum|name|path|url|size|count|timestamp|now|ok)$/.test(
    name,
  );
}
