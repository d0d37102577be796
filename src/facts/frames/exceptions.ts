/** Exceptions, tracebacks and frames that outlive the code that got hold of them. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { handlerAround, loopsAround, ownNodes, statementOf } from '../syntax/flow.ts';
import { hasLargeType, mayBeLarge, payloadOf } from '../places/instances.ts';
import { keptParts } from '../places/kept-parts.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

/** What leads to the locals of frames: an exception through its traceback, a traceback, a frame. */
export type FrameHolder = 'exception' | 'traceback' | 'frame';

export interface KeptFrames {
  /** The statement that stores it. */
  readonly statement: Node;
  /** The expression that is stored, such as `exc` or `sys.exc_info()[2]`. */
  readonly part: Node;
  readonly what: FrameHolder;
  /** Where it is stored. */
  readonly place: Place;
  /** `attribute` and `name` keep the last one; `container` keeps all; `local` ends with the function. */
  readonly where: 'attribute' | 'container' | 'name' | 'local';
  /** Where it is stored, as the file writes it: `self.errors`. */
  readonly holder: string;
  /** For entries of a dict: the key. */
  readonly key: Node | undefined;
}

/** Everything in the file that stores an exception, a traceback or a frame. */
export function keptFrames(file: FileFacts): readonly KeptFrames[] {
  return file.once(findKept);
}

function findKept(file: FileFacts): readonly KeptFrames[] {
  return [...stored(file), ...unpacked(file)];
}

function stored(file: FileFacts): KeptFrames[] {
  return file.places.all.flatMap((place) =>
    place.of('bind', 'grow').flatMap(({ kind, node, value, how, key: first, scope }) => {
      const function_ = scope.nearest('function');
      // Code of the module itself runs once, so only what it collects counts.
      if (!function_ && kind !== 'grow') return [];
      const where = whereOf(
        place,
        kind === 'grow',
        function_ !== undefined && function_ === rootScope(place),
      );
      if (!where) return [];
      const key = how === '[]=' || how === 'setdefault' ? first : undefined;
      // A local dict with the exception in it is on its way to somebody else.
      const parts = where === 'local' ? [value].filter((one) => one !== undefined) : keptParts(file, value);
      return parts.flatMap((part) => {
        const what = frameHolder(file, part, where === 'local');
        if (!what) return [];
        const holder = holderText(node) ?? place.label;
        return [{ statement: statementOf(node), part, what, place, where, holder, key }];
      });
    }),
  );
}

/** `kind, error, trace = sys.exc_info()`: one for each target that holds frames. */
function unpacked(file: FileFacts): KeptFrames[] {
  return file.nodes('assignment').flatMap((assignment) => {
    const [left, right] = [assignment.child('left'), assignment.child('right')];
    const scope = file.scopes.at(assignment).nearest('function');
    if (!left || !scope || !right || file.names.callee(right) !== 'sys.exc_info') return [];
    if (!['pattern_list', 'tuple_pattern'].includes(left.type)) return [];
    return left.children.slice(1, 3).flatMap((target, index): KeptFrames[] => {
      const place = target.text === '_' ? undefined : file.places.at(target);
      const where = place && whereOf(place, false, scope === rootScope(place));
      const what = index === 0 ? 'exception' : 'traceback';
      const statement = statementOf(assignment);
      return where
        ? [{ statement, part: target, what, place, where, holder: target.text, key: undefined }]
        : [];
    });
  });
}

/** `self.errors` in `self.errors.append(…)`, `self.errors[key] = …` and `self.errors = …`. */
function holderText(node: Node): string | undefined {
  const left = node.type === 'call' ? node.child('function')?.child('object') : node.child('left');
  return (left?.type === 'subscript' ? left.child('value') : left)?.text;
}

function rootScope({ root }: Place): unknown {
  return root instanceof Binding ? root.scope : undefined;
}

/** A list that is local, or a parameter, is the report of a function to its caller. */
function whereOf({ root, path }: Place, grows: boolean, isLocal: boolean): KeptFrames['where'] | undefined {
  if (!(root instanceof Binding)) return grows ? 'container' : 'attribute';
  if (root.scope.kind === 'module') return grows ? 'container' : path ? 'attribute' : 'name';
  if (root.scope.kind !== 'function' || !isLocal) return undefined;
  if (path) return grows ? undefined : 'attribute';
  return grows ? undefined : 'local';
}

/** What a stored expression holds; for a local only what holds the function's own frame. */
export function frameHolder(file: FileFacts, part: Node, isLocal: boolean): FrameHolder | undefined {
  switch (part.type) {
    case 'identifier':
      return isCaught(file, part) ? 'exception' : isLocal ? undefined : givenToExit(file, part);
    case 'attribute': {
      const name = part.child('attribute')?.text ?? '';
      const object = part.child('object');
      if (name === 'f_back') return !isLocal && object && isOwnFrame(file, object) ? 'frame' : undefined;
      if (object?.type !== 'identifier' || !isCaught(file, object)) return undefined;
      return name === '__traceback__' ? 'traceback' : undefined;
    }
    case 'subscript':
      return ofExcInfo(file, part);
    case 'call': {
      if (isOwnFrame(file, part)) return 'frame';
      const callee = file.names.callee(part);
      return callee === 'sys.exc_info' || callee === 'sys.exception' ? 'exception' : undefined;
    }
    default:
      return undefined;
  }
}

/** The `exc` of `except Error as exc`, used in that handler. */
function isCaught(file: FileFacts, identifier: Node): boolean {
  for (let handler = handlerAround(identifier); handler; handler = handlerAround(handler)) {
    const alias = handler.children.find(({ type }) => type === 'as_pattern')?.child('alias');
    const kind = file.binding(identifier)?.scope.kind;
    if (alias?.text === identifier.text) return kind === 'function' || kind === 'module';
  }
  return false;
}

/** The exception and the traceback that `__exit__` is given. */
function givenToExit(file: FileFacts, identifier: Node): FrameHolder | undefined {
  const binding = file.binding(identifier);
  const method = binding && file.definitions.functionOf(binding.scope);
  if (method?.kind !== 'method' || !/^__a?exit__$/.test(method.name)) return undefined;
  const index = method.parameters.findIndex(({ name, kind }) => name === binding?.name && kind === 'plain');
  return index === 2 ? 'exception' : index === 3 ? 'traceback' : undefined;
}

/** `sys.exc_info()[1]` and `[2]`; `[0]` is a class. */
function ofExcInfo(file: FileFacts, subscript: Node): FrameHolder | undefined {
  if (file.names.callee(subscript.child('value')) !== 'sys.exc_info') return undefined;
  switch (subscript.child('subscript')?.text) {
    case '0':
    case ':1':
      return undefined;
    case '2':
    case '-1':
      return 'traceback';
    default:
      return 'exception';
  }
}

/** The list of `inspect.stack()` begins with the frame that calls it. */
const OWN_FRAME = /^inspect\.(currentframe|stack|trace)$/;

/** `inspect.currentframe()`, `sys._getframe()` */
function isOwnFrame(file: FileFacts, call: Node): boolean {
  const callee = file.names.callee(call);
  if (callee && OWN_FRAME.test(callee)) return true;
  const depth = call.child('arguments')?.children[0]?.text ?? '0';
  return callee === 'sys._getframe' && depth === '0';
}

/** Whether a local is let go: deleted, or set to `None` or another frame further down. */
export function isLocalLetGo({ place: { root }, statement, what }: KeptFrames): boolean {
  if (!(root instanceof Binding)) return false;
  return root.definitions.some(
    ({ kind, value, node }) =>
      kind === 'delete' ||
      (node.index > statement.index &&
        (value?.type === 'none' || (what === 'frame' && value?.text.endsWith('f_back')))),
  );
}

/** Whether a local is read outside of the handler that stores it, or in its next turn. */
export function outlivesHandler({ place: { root }, statement }: KeptFrames): boolean {
  if (!(root instanceof Binding)) return false;
  const handler = handlerAround(statement);
  if (!handler) return false;
  const isRepeated = loopsAround(handler).length > 0;
  return root.uses.some((use) => !handler.contains(use) || (isRepeated && use.index < statement.index));
}

/** Whether the handler around a statement raises again: then the traceback grows on, whatever is done to it here. */
export function raisesAgain(statement: Node): boolean {
  const handler = handlerAround(statement);
  return handler !== undefined && ownNodes(handler).some(({ type }) => type === 'raise_statement');
}

/** A local or attribute of the function around a statement that may be large, as one would write it. */
export function largeInFrame(file: FileFacts, statement: Node): string | undefined {
  const around = file.functionAround(statement);
  return around && file.onceFor(around, findLarge);
}

function findLarge(file: FileFacts, around: FunctionFacts): string | undefined {
  for (const binding of around.scope.bindings.values()) {
    if (binding.definitions.some(({ value }) => mayBeLarge(file, value))) return binding.name;
  }
  const parameter = around.parameters.find(({ annotation }) => hasLargeType(annotation));
  return parameter?.name ?? (around.class && around.self ? payloadOf(file, around.class) : undefined);
}
