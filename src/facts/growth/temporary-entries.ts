/** Entries that a function puts into a container for the time of a call, and that stay when the call fails. */
import type { FileFacts } from '../file-facts.ts';
import { ownNodes, statementOf } from '../syntax/flow.ts';
import type { Operation } from '../places/operations.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';
import type { Node } from '../../python/node.ts';

export interface TemporaryEntry {
  readonly place: Place;
  readonly adding: Operation;
  /** The statement that takes it out again; undefined when other code of the class does. */
  readonly removing: Node | undefined;
  /** What can end the function in between. */
  readonly risk: 'await' | 'yield' | 'call';
  /** The statements in between. */
  readonly between: readonly Node[];
}

/** Statements after the adding one in which an `await` counts as waiting with the entry in place. */
const NEXT = 3;

/** Entries whose removal an exception, or a cancellation, skips. */
export function temporaryEntries(file: FileFacts): TemporaryEntry[] {
  return file.places.all.flatMap((place) => {
    if (!outlivesCall(place) || isGivenWay(place)) return [];
    const removals = place.of('shrink');
    if (removals.length === 0) return [];
    return place.of('grow').flatMap((adding) => {
      const found = adding.inner === true || !isSingle(adding) ? undefined : entryOf(place, adding, removals);
      return found ?? [];
    });
  });
}

function outlivesCall({ root, path }: Place): boolean {
  if (!(root instanceof Binding)) return true;
  return root.scope.kind === 'module' || path !== '';
}

/** Queues and the like: what is added is taken by somebody else. */
function isGivenWay(place: Place): boolean {
  return place.operations.some(({ how }) => /^(popleft|get|get_nowait|popitem|heapq\.heappop)$/.test(how));
}

function isSingle({ how }: Operation): boolean {
  return /^(append|add|\[\]=|setdefault|insert|push|appendleft)$/.test(how);
}

function entryOf(
  place: Place,
  adding: Operation,
  removals: readonly Operation[],
): TemporaryEntry | undefined {
  const home = adding.scope.nearest('function');
  const statement = statementOf(adding.node);
  if (!home || isSafe(statement, place)) return undefined;
  const siblings = statement.parent?.children ?? [];
  const at = siblings.indexOf(statement);
  const here = removals.filter(({ scope }) => scope === home);
  // A callback of the function takes it out: `future.add_done_callback(lambda done: pending.pop(key))`.
  if (removals.some(({ scope, node }) => (scope !== home && scope.within(home)) || node.type === 'attribute'))
    return undefined;
  for (const removal of here) {
    const end = siblings.indexOf(statementOf(removal.node));
    if (end <= at || !isSameEntry(adding, removal)) continue;
    const between = siblings.slice(at + 1, end);
    const risk = riskOf(between, place);
    return risk && { place, adding, removing: siblings[end], risk, between };
  }
  if (here.length > 0) return undefined;
  if (removals.some(({ how, key }) => how === 'pop' && (!key || key.type === 'integer'))) return undefined;
  const next = siblings.slice(at + 1, at + 1 + NEXT);
  const waiting = next.find((following) => ownNodes(following).some(({ type }) => type === 'await'));
  if (!waiting || isGuarded(waiting, place) || !isKeyed(adding) || !isWaitedFor(place, adding, waiting))
    return undefined;
  return {
    place,
    adding,
    removing: undefined,
    risk: 'await',
    between: next.slice(0, next.indexOf(waiting) + 1),
  };
}

/** Names of containers for what goes on at the moment. */
export const PASSING =
  /(wait|pending|future|in_?flight|active|running|in_?progress|busy|processing|ongoing)/i;

/** Whether the entry is there for the wait: what is waited for, or a container of such things by its name. */
function isWaitedFor(place: Place, { key, value }: Operation, waiting: Node): boolean {
  const nodes = ownNodes(waiting);
  // `await wait_task_rescheduled(abort)`: the callback takes the entry out.
  const hasCallback = nodes.some(
    ({ type, text }) => type === 'identifier' && /abort|on_cancel|cleanup/.test(text),
  );
  const isAwaited = nodes.some(
    ({ type, text }) => type === 'identifier' && (text === value?.text || text === key?.text),
  );
  return (
    !hasCallback &&
    PASSING.test(place.path || place.label) &&
    (isAwaited || /wait|pending|future|in_?flight/i.test(place.path))
  );
}

/** `waiters[key] = future`, `waiters.add(future)`: to be found again by whoever wakes it. */
function isKeyed({ how }: Operation): boolean {
  return how === '[]=' || how === 'add' || how === 'append' || how === 'setdefault';
}

function isSameEntry(adding: Operation, removal: Operation): boolean {
  const added = (adding.how === '[]=' || adding.how === 'setdefault' ? adding.key : adding.value)?.text;
  const removed = removal.key?.text;
  if (removed === undefined || (removal.how === 'pop' && /^-?\d+$/.test(removed)))
    return adding.how === 'append' && removal.how === 'pop';
  return added === removed;
}

/** What in the statements can leave the function early; undefined when nothing can, or when that is taken care of. */
function riskOf(between: readonly Node[], place: Place): TemporaryEntry['risk'] | undefined {
  if (between.some((statement) => isGuarded(statement, place))) return undefined;
  const nodes = between.flatMap((statement) => ownNodes(statement));
  if (nodes.some((node) => node.type === 'await' && !isCaught(node))) return 'await';
  if (nodes.some(({ type }) => type === 'yield')) return 'yield';
  return nodes.some(({ type }) => type === 'call') ? 'call' : undefined;
}

/** Whether a statement around has a handler or a `finally` that takes care of the place. */
function isSafe(statement: Node, place: Place): boolean {
  for (
    let at = statement.parent;
    at && !['function_definition', 'lambda', 'module'].includes(at.type);
    at = at.parent
  ) {
    if (at.type === 'try_statement' && cares(at, place)) return true;
    if (at.type === 'finally_clause' || at.type === 'except_clause') return at.type === 'finally_clause';
  }
  return false;
}

function isGuarded(statement: Node, place: Place): boolean {
  return [statement, ...statement.descendants()].some(
    (node) => node.type === 'try_statement' && cares(node, place),
  );
}

/** `try: await done` with a handler that takes cancellation for an answer: the statements after it are reached. */
function isCaught(node: Node): boolean {
  const statement = node.closest('try_statement', 'function_definition');
  const isWaiting = statement?.type === 'try_statement' && statement.child('body')?.contains(node);
  return (
    isWaiting === true &&
    statement.children.some((clause) => {
      if (clause.type !== 'except_clause') return false;
      const caught = clause.children[0];
      const isAll = caught?.type === 'block' || /CancelledError|BaseException/.test(caught?.text ?? '');
      return (
        isAll &&
        !clause.descendants().some(({ type }) => type === 'raise_statement' || type === 'return_statement')
      );
    })
  );
}

/** A `finally` is taken to clean up; a handler when it names the container or calls a method. */
function cares(statement: Node, { path, root }: Place): boolean {
  const name = path.split('.').at(-1) || (root instanceof Binding ? root.name : '');
  return statement.children.some(
    ({ type, text }) => type === 'finally_clause' || (type === 'except_clause' && text.includes(name)),
  );
}
