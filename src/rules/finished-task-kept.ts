import type { Edit } from '../contract/position.ts';
import type { Confidence } from '../contract/words.ts';
import type { Call } from '../facts/syntax/calls.ts';
import { callsLike } from '../facts/syntax/called.ts';
import { keyOf } from '../facts/growth/domains.ts';
import { fateOf, type Kept } from '../facts/places/fates.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { loopsAround, statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { teardownsOf, type FunctionFacts } from '../facts/syntax/functions.ts';
import type { Operation } from '../facts/places/operations.ts';
import type { Place } from '../facts/places/places.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from '../scan/fix-block.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Tasks and futures that are put into a container when they start and never taken out when they end. */
export default defineRule({
  id: 'finished-task-kept',
  cause: 'global',
  confidence: 'medium',
  summary: 'Tasks are stored when they start and stay when they are done',
  why:
    'A task or future that is done still holds its result, or its exception with the frames of the traceback. Storing ' +
    'tasks so that they are not collected while they run is right; without taking them out when they are done the ' +
    'container grows by one result with every call.',
  remedy:
    'Keep them in a set and take them out when they end: `task.add_done_callback(tasks.discard)`. Or use a task group, ' +
    'which forgets its tasks.',
  notWhen: [
    'A done callback or other code of the file takes tasks out.',
    'The container is a local of the function.',
    'They are started once, when the object or program starts.',
    'They are stored under a key of which there are few, so that the next one takes the place of the last.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
from concurrent.futures import Future, ThreadPoolExecutor

_workers = ThreadPoolExecutor(2)


class Indexer:
    def __init__(self) -> None:
        self.running = []

    def index(self, text: str) -> Future:
        future = _workers.submit(str.upper, text * 100)
        self.running.append(future)
        return future
`,
      good: `
from concurrent.futures import Future, ThreadPoolExecutor

_workers = ThreadPoolExecutor(2)


class Indexer:
    def __init__(self) -> None:
        self.running = set()

    def index(self, text: str) -> Future:
        future = _workers.submit(str.upper, text * 100)
        self.running.add(future)
        future.add_done_callback(self.running.discard)
        future.result()
        return future
`,
    },
    {
      bad: `
import asyncio


async def deliver(message: str) -> str:
    return message * 100


class Outbox:
    def __init__(self) -> None:
        self.tasks = set()

    async def send(self, message: str) -> None:
        task = asyncio.create_task(deliver(message))
        self.tasks.add(task)
        await task
`,
      good: `
import asyncio


async def deliver(message: str) -> str:
    return message * 100


class Outbox:
    def __init__(self) -> None:
        self.tasks = set()

    async def send(self, message: str) -> None:
        task = asyncio.create_task(deliver(message))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        await task
        await asyncio.sleep(0)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task'],
  check(file, report) {
    for (const call of callsLike(file, STARTS)) {
      // What is awaited is the result, not the task.
      if (call.node.parent?.type === 'await') continue;
      const fate = fateOf(file, call.node, new Set());
      if (fate.how !== 'kept' || !fate.isEntry || !fate.place) continue;
      const confidence = confidenceOf(file, call, fate);
      const target = file.drivable(call.node);
      const storing = fate.place.of('grow').find(({ node }) => node.contains(fate.target)) ?? undefined;
      if (!confidence || !target) continue;
      const fix = storing && discardFix(file, call.node, fate, storing);
      const holder =
        (fate.target.type === 'subscript' ? fate.target.child('value') : fate.target)?.text ?? '';
      report({
        anchor: storing?.node ?? call.node,
        message: `\`${holder}\` keeps every ${call.name === 'submit' ? 'future' : 'task'} after it is done, with its result or exception: nothing takes it out`,
        holder,
        payload: 'results and exceptions',
        confidence,
        ...(fate.place.root instanceof Binding ? {} : { cause: 'still-in-scope' }),
        ...(fix ? { fix } : {}),
        probe: { target: target.qualname, vary: varied(fate.target, target) },
      });
    }
  },
});

/** `server.tasks.discard(task)`, where another class calls it `self.server.tasks`. */
function isTakenOutElsewhere(file: FileFacts, { path }: Place): boolean {
  const [name, ...owners] = path.split('.').reverse();
  if (owners.length === 0) return false;
  return file.calls
    .named('discard', 'remove', 'pop')
    .some(({ receiver }) => receiver?.child('attribute')?.text === name);
}

const STARTS =
  /(^|\.)(create_task|ensure_future|run_coroutine_threadsafe|submit|apply_async|map_async|run_in_executor|asyncio\.Task|spawn)$/;
/** Functions that start what then runs for as long as the object. */
const STARTERS =
  /^_*(__init__|__a?enter__|__post_init__|a?(start|run|setup|set_up|open|connect|launch|init|initiali[sz]e|spawn|begin|boot|main|serve|listen|create|ensure|prepare|startup|on_startup|on_ready|on_start|fork|resize|scale)(_.*)?|.*_(start|started|startup|setup|workers))$/;

function confidenceOf(
  file: FileFacts,
  { node, receiver }: Call,
  { place, target }: Kept,
): Confidence | undefined {
  const frequency = frequencyOf(file, node);
  const around = file.functionAround(node);
  if (!place || !around || frequency === 'once' || frequency === 'instance') return undefined;
  const isStarter = STARTERS.test(around.name) && frequency !== 'request';
  // `spawn(self, coroutine)` starts something else with each call, `start(self)` does not.
  if (isStarter && parametersBehind(file, node).length === 0) return undefined;
  // `for _ in range(count): self.workers.append(create_task(self.work()))`
  const [loop] = loopsAround(node);
  if (loop?.child('right')?.text.startsWith('range(')) return undefined;
  // Of a `Job` that is submitted to a queue nothing says that it is a future.
  if (
    /\bsubmit$/.test(node.child('function')?.text ?? '') &&
    !/exec|pool|worker|thread/i.test(receiver?.text ?? '')
  )
    return undefined;
  const container = file.places.container(place);
  if (container && container.growth !== 'open') return undefined;
  const key = target.type === 'subscript' ? target.child('subscript') : undefined;
  if (key && keyOf(file, key).domain !== 'open') return undefined;
  if (isTakenOutElsewhere(file, place)) return undefined;
  const removals = place.operations.filter((operation) => takesOut(file, operation, around));
  const isPruned = removals.some(({ scope }) => {
    const inside = scope.nearest('function');
    return inside === around.scope || !isTeardown(file, inside?.name ?? '', node);
  });
  if (isPruned) return undefined;
  if (isStarter) return 'low';
  return removals.length === 0 || frequency === 'request' ? 'medium' : 'low';
}

/** Whether an operation takes tasks out, or puts another container in the place of this one. */
function takesOut(file: FileFacts, { kind, how, scope }: Operation, around: FunctionFacts): boolean {
  const inside = file.definitions.functionOf(scope.nearest('function'));
  if (kind === 'shrink') return true;
  // What is given to other code by name may be emptied there; `gather(*tasks)` does not.
  if (kind === 'escape') return how === 'argument' && inside !== around;
  return kind === 'bind' && inside !== undefined && inside.name !== '__init__';
}

function isTeardown(file: FileFacts, name: string, node: Node): boolean {
  const owner = file.classAround(node);
  return owner !== undefined && teardownsOf(owner).some((method) => method.name === name);
}

function varied(target: Node, { parameters }: FunctionFacts): string[] {
  const key = target.type === 'subscript' ? target.child('subscript')?.text : undefined;
  return parameters.flatMap(({ name }) => (name === key ? [name] : []));
}

/** `tasks.add(task)` → and `task.add_done_callback(tasks.discard)` on the next line. */
function discardFix(
  file: FileFacts,
  call: Node,
  { target }: Kept,
  storing: Operation,
): ProposedFix | undefined {
  const statement = statementOf(storing.node);
  const take = storing.how === 'add' ? 'discard' : storing.how === 'append' ? 'remove' : undefined;
  const value = storing.value;
  const isFuture = /(create_task|ensure_future|submit|run_coroutine_threadsafe|run_in_executor)$/.test(
    call.child('function')?.text ?? '',
  );
  if (!take || value?.type !== 'identifier' || !isFuture || !startsLine(file, statement)) return undefined;
  const line = `${value.text}.add_done_callback(${target.text}.${take})`;
  const edits: Edit[] = [insertStatementAfter(file, statement, line)];
  return { title: 'Take it out when it is done', safety: 'review', edits };
}
