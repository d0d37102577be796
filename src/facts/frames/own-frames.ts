/** Locals through which a frame holds an exception that passed through it: the traceback leads back to the frame. */
import type { Node } from '../../python/node.ts';
import { clearedAttributes } from '../places/clearing.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import { frameHolder, isLocalLetGo, keptFrames, outlivesHandler, type KeptFrames } from './exceptions.ts';
import type { FileFacts } from '../file-facts.ts';
import { handlerAround, loopsAround, ownNodes, statementOf, statementsAfter } from '../syntax/flow.ts';
import { Binding } from '../syntax/scopes.ts';

/** `future` holds it as its result, `group` in its list of exceptions, `task` is what the frame runs in. */
export type Way = KeptFrames['what'] | 'future' | 'group' | 'task';

export interface OwnFrameCycle {
  readonly statement: Node;
  readonly way: Way;
  /** The local or attribute that closes the cycle, as the file writes it. */
  readonly holder: string;
  /** Asked for a traceback or frame, or raised again: more than a name in passing. */
  readonly isPlain: boolean;
  /** For locals: what a fix lets go. */
  readonly kept: KeptFrames | undefined;
}

export function ownFrameCycles(file: FileFacts): OwnFrameCycle[] {
  return [...locals(file), ...futures(file), ...captured(file), ...tasks(file), ...groups(file)];
}

function locals(file: FileFacts): OwnFrameCycle[] {
  return keptFrames(file).flatMap((kept) => {
    if (kept.where !== 'local' || isLocalLetGo(kept)) return [];
    const { statement, what, part, holder } = kept;
    // `last = exc` and `sys.exc_info()[1]` count when they are used after their handler.
    const isUnpacked = part.parent?.type === 'pattern_list' || part.parent?.type === 'tuple_pattern';
    const isWhole = part.type === 'call' || what !== 'exception' || isUnpacked;
    if (!isWhole && !outlivesHandler(kept)) return [];
    // What is asked for in a helper passed through the frame of the caller only.
    if (what !== 'frame' && !handlerAround(statement)) return [];
    return [{ statement, way: what, holder, isPlain: isWhole || isRetried(file, kept), kept }];
  });
}

/** `for …: try: … except Error as exc: last = exc` and then `raise last`: the frames of all that was tried. */
function isRetried(file: FileFacts, { place: { root }, statement }: KeptFrames): boolean {
  const around = file.functionAround(statement);
  if (!(root instanceof Binding) || loopsAround(statement).length === 0) return false;
  // A plain function has few locals; `self` leads to more.
  if (!around?.isAsync && !around?.class) return false;
  return root.uses.some((use) => use.closest('raise_statement', 'block')?.type === 'raise_statement');
}

const GIVES_EXCEPTION = /^_?(\w+_)?set_(exception|exc_info)(_\w+)?$/;

/** `future.set_exception(exc)` and `set_exc_info(future, sys.exc_info())` for a future that is a local. */
function futures(file: FileFacts): OwnFrameCycle[] {
  return file.calls.all.flatMap(({ node, name, receiver }) => {
    if (!GIVES_EXCEPTION.test(name) || !handlerAround(node)) return [];
    const [first, second] = positionalArguments(node);
    const isMethod = receiver !== undefined && file.names.qualified(receiver) === undefined;
    const [future, given] = isMethod ? [receiver, first] : [first, second];
    if (future?.type !== 'identifier' || !given || frameHolder(file, given, true) === undefined) return [];
    const binding = file.binding(future);
    if (!binding || binding.scope !== file.scopes.at(node).nearest('function')) return [];
    const isMade = binding.definitions.some(({ value }) => value?.type === 'call');
    if (!isMade || isReleasedAfter(statementOf(node), binding)) return [];
    const statement = statementOf(node);
    const place = file.places.at(future);
    const kept = place && {
      statement,
      part: given,
      what: 'exception' as const,
      place,
      where: 'local' as const,
      holder: future.text,
      key: undefined,
    };
    return [{ statement, way: 'future', holder: future.text, isPlain: true, kept }];
  });
}

/** Whether every way on from a statement lets a local go, as far as blocks can tell. */
function isReleasedAfter(statement: Node, binding: Binding): boolean {
  const releases = binding.definitions
    .filter(({ kind, value }) => kind === 'delete' || value?.type === 'none')
    .map(({ node }) => node);
  if (releases.length === 0) return false;
  const releasedIn = (node: Node): boolean => releases.some((release) => node.contains(release));
  let hasLeft = false;
  for (let at = statement; at.parent && at.parent !== binding.scope.node.parent; at = at.parent) {
    const { parent } = at;
    if (parent.type === 'try_statement') {
      const last = parent.children.at(-1);
      if (last?.type === 'finally_clause' && last !== at && releasedIn(last)) return true;
    }
    if (parent.type !== 'block' || hasLeft) continue;
    for (const next of [at, ...statementsAfter(at)]) {
      if (next !== at && releasedIn(next)) return true;
      if (EXITS.has(next.type)) {
        hasLeft = true;
        break;
      }
    }
  }
  return false;
}

const EXITS = new Set(['return_statement', 'raise_statement', 'continue_statement', 'break_statement']);

/** `exc = outcome.capture(function).error`: the frame of `capture` was called from this one. */
function captured(file: FileFacts): OwnFrameCycle[] {
  return file.calls.named('capture', 'acapture').flatMap(({ node }) => {
    const value = node.parent;
    if (value?.type !== 'attribute' || value.child('attribute')?.text !== 'error') return [];
    return localHolding(file, value, 'exception');
  });
}

/** `task = asyncio.current_task()` in a coroutine that goes on in a loop: once it fails, the task holds the traceback. */
function tasks(file: FileFacts): OwnFrameCycle[] {
  return file.calls.to('asyncio.current_task').flatMap(({ node }) => {
    const around = file.functionAround(node);
    const body = around?.isAsync ? around.node.child('body') : undefined;
    const goesOn = body && ownNodes(body).some(({ type }) => type === 'while_statement');
    return goesOn ? localHolding(file, node, 'task') : [];
  });
}

/** The cycle of a local that is bound to a value and not let go. */
function localHolding(file: FileFacts, value: Node, way: Way): OwnFrameCycle[] {
  const assignment = value.parent;
  const name = assignment?.type === 'assignment' ? assignment.child('left') : undefined;
  const place = name?.type === 'identifier' ? file.places.at(name) : undefined;
  const binding = name && file.binding(name);
  if (!assignment || !name || !place || binding?.scope.kind !== 'function') return [];
  const isLetGo = binding.definitions.some(
    ({ kind, value: next, node }) => kind === 'delete' || (next?.type === 'none' && node.index > name.index),
  );
  if (isLetGo) return [];
  const statement = statementOf(assignment);
  const kept = {
    statement,
    part: value,
    what: 'exception' as const,
    place,
    where: 'local' as const,
    holder: name.text,
    key: undefined,
  };
  return [{ statement, way, holder: name.text, isPlain: true, kept }];
}

const GROUP = /(Exception|Error)Group$|^_?Multi(ple)?(Error|Exception)s?$|^Aggregate(Error|Exception)$/;

/** `raise ExceptionGroup(text, self._errors)` while `self` keeps its list. */
function groups(file: FileFacts): OwnFrameCycle[] {
  return file.calls.all.flatMap(({ node, name }) => {
    if (!GROUP.test(name)) return [];
    const list = [...positionalArguments(node), keywordArgument(node, 'exceptions')].find(
      (value) => value?.type === 'attribute' && file.isSelf(value.child('object')),
    );
    const attribute = list?.child('attribute')?.text ?? '';
    const statement = statementOf(node);
    const isGivenOn = ownNodes(statement).some(({ type }) => /^(raise|return)_statement$/.test(type));
    if (!list || !isGivenOn || clearedAttributes(file).has(attribute)) return [];
    return [{ statement, way: 'group', holder: list.text, isPlain: true, kept: undefined }];
  });
}
