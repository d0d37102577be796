/** Methods that end the life of an instance, or of one use of it, and what they let go. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { statementOf } from '../syntax/flow.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { isPlainMethod, lineageOf } from '../places/instances.ts';
import type { Operation } from '../places/operations.ts';
import type { Scope } from '../syntax/scopes.ts';

/** Words that tell of an end wherever they stand in a name: `connection_lost`, `_maybe_run_close_callback`. */
const ENDS =
  /^(a?close|closed|disconnect|disconnected|lost|shutdown|stopped|a?exit|cleanup|dispose|destroy|teardown|terminate|finished|unload)$/;
/** Words that do so as the first one only: `release`, `cancel_all`. */
const ENDS_FIRST =
  /^(stop|clean|tear|detach|abort|quit|release|finish|finali[sz]e|cancel|complete|logout|hangup|unmount)$/;
/** First words of methods that do something else about an end: ask for it, wait for it, plan it. */
const ABOUT =
  /^(set|add|is|has|get|can|should|test|register|wait|check|will|ensure|create|make|start|open|parse|schedule|call|needs|was|connect|read|write|send|visit|assert)$/;

/** Whether a method's name says that it ends something. */
export function endsLife(method: FunctionFacts | undefined): boolean {
  const { name } = method ?? { name: '' };
  if (name === '__del__') return false;
  const words = wordsOf(name);
  if (ABOUT.test(words[0] ?? '')) return false;
  return ENDS_FIRST.test(words[0] ?? '') || words.some((word) => ENDS.test(word));
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
}

export interface Ending {
  readonly method: FunctionFacts;
  /** The attributes that it sets anew, itself or through methods that it calls, and the statement of its own that does. */
  readonly resets: ReadonlyMap<string, Reset>;
  /** The statements that close what attributes hold: `self.stream.close()`. */
  readonly closes: ReadonlyMap<string, Node>;
  /** The methods that it calls on its own instance, and those that they call. */
  readonly through: ReadonlySet<FunctionFacts>;
}

/** How many calls of own methods are followed from an ending. */
const CALLS = 4;

export interface Reset {
  readonly statement: Node;
  /** The attribute is `None` or gone then, not merely another object. */
  readonly isClear: boolean;
}

/** The methods of a class that end something. Methods that empty the instance by other means are left out. */
export function endingsOf(file: FileFacts, owner: ClassFacts): Ending[] {
  const methods = [...owner.methods.values()].filter((method) => isPlainMethod(method) && endsLife(method));
  if (methods.length === 0) return [];
  const resets = resetsOf(file, owner);
  const calls = ownCalls(file, owner);
  return methods.flatMap((method) => {
    // `_cancel_timer` is about the timer alone.
    if (isAboutAttribute(method, resets.get(method))) return [];
    const found = new Map<string, Reset>();
    const through = new Set<FunctionFacts>();
    if (!follow(method, undefined, found, through, CALLS)) return [];
    return [{ method, resets: found, closes: closedBy(file, method), through }];
  });

  /** @returns false when the method lets go of attributes that it does not name */
  function follow(
    method: FunctionFacts,
    through: Node | undefined,
    found: Map<string, Reset>,
    seen: Set<FunctionFacts>,
    depth: number,
  ): boolean {
    if (/\bsetattr\(self|__dict__|\bvars\(self\)/.test(method.node.text)) return false;
    for (const [name, { statement, isClear }] of resets.get(method) ?? [])
      if (!found.get(name)?.isClear) found.set(name, { statement: through ?? statement, isClear });
    if (depth === 0) return true;
    return (calls.get(method) ?? []).every(({ callee, node }) => {
      if (callee === method || seen.has(callee)) return true;
      seen.add(callee);
      return follow(callee, through ?? statementOf(node), found, seen, depth - 1);
    });
  }
}

function isAboutAttribute(
  { name }: FunctionFacts,
  resets: ReadonlyMap<string, unknown> | undefined,
): boolean {
  const [first, ...rest] = wordsOf(name);
  const about = rest.join('_');
  return (
    ENDS_FIRST.test(first ?? '') &&
    [...(resets?.keys() ?? [])].some((one) => wordsOf(one).join('_') === about)
  );
}

/** For each method of a class and its bases the attributes that it sets anew, deletes or empties. */
function resetsOf(file: FileFacts, owner: ClassFacts): Map<FunctionFacts, Map<string, Reset>> {
  const found = new Map<FunctionFacts, Map<string, Reset>>();
  for (const ancestor of lineageOf(owner)) {
    for (const place of file.places.ofClass(ancestor).values()) {
      if (place.path.includes('.')) continue;
      for (const operation of place.of('bind', 'shrink')) {
        const method = methodAt(file, operation.scope);
        if (!method || !isReset(operation)) continue;
        const names = found.get(method) ?? new Map<string, Reset>();
        found.set(method, names);
        const statement = statementOf(operation.node);
        if (!names.get(place.path)?.isClear)
          names.set(place.path, { statement, isClear: isClear(operation) });
      }
    }
  }
  return found;
}

function isReset({ kind, how }: Operation): boolean {
  return kind === 'bind' || ['del', 'clear'].includes(how);
}

function isClear({ kind, how, value, node }: Operation): boolean {
  if (kind === 'shrink' || value?.type === 'none') return true;
  // `self.reader = self.writer = None`, `callback, self.callback = self.callback, None`
  const right = how === 'unpack' ? node.parent?.child('right') : value;
  return /(^|[,=]\s*)None$/.test(right?.text ?? '');
}

/** The method of a class in which a scope lies, also in a function nested in it. */
export function methodAt(file: FileFacts, scope: Scope): FunctionFacts | undefined {
  let method: FunctionFacts | undefined;
  for (let at = scope.nearest('function'); at; at = at.parent?.nearest('function')) {
    method = file.definitions.functionOf(at) ?? method;
    if (method?.class) return method;
  }
  return method;
}

interface OwnCall {
  readonly callee: FunctionFacts;
  readonly node: Node;
}

/** The methods of its own instance, or of the base class, that each method calls. */
function ownCalls(file: FileFacts, owner: ClassFacts): Map<FunctionFacts, OwnCall[]> {
  const lineage = lineageOf(owner);
  const found = new Map<FunctionFacts, OwnCall[]>();
  for (const [method, nodes] of file.once(findSelfCalls)) {
    if (!method.class || !lineage.includes(method.class)) continue;
    const calls = nodes.flatMap((node) => {
      const callee = node.child('function');
      const name = callee?.child('attribute')?.text ?? '';
      const isBase = !file.isSelf(callee?.child('object'));
      const from = isBase ? lineage.slice(lineage.indexOf(method.class as ClassFacts) + 1) : lineage;
      const target = from.find(({ methods }) => methods.has(name))?.methods.get(name);
      return target ? [{ callee: target, node }] : [];
    });
    found.set(method, calls);
  }
  return found;
}

/** For each function the calls of methods of `self` and `super()` in it. */
function findSelfCalls(file: FileFacts): Map<FunctionFacts, Node[]> {
  const found = new Map<FunctionFacts, Node[]>();
  for (const { node, receiver } of file.calls.all) {
    if (!receiver || !(file.isSelf(receiver) || file.names.callee(receiver) === 'builtins.super')) continue;
    const method = file.functionAround(node);
    if (!method) continue;
    const same = found.get(method);
    if (same) same.push(node);
    else found.set(method, [node]);
  }
  return found;
}

const CLOSES =
  /^a?(close|stop|cancel|disconnect|shutdown|terminate|abort|detach|destroy|dispose|finish|exit|loseConnection|release)(_\w+)?$/;

/** `self.stream.close()` in a method, by attribute. */
function closedBy(file: FileFacts, method: FunctionFacts): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const { node, name, receiver } of callsIn(file, method)) {
    if (!CLOSES.test(name) || receiver?.type !== 'attribute' || !file.isSelf(receiver.child('object')))
      continue;
    found.set(receiver.child('attribute')?.text ?? '', statementOf(node));
  }
  return found;
}

/** The calls in a function, in document order; not those of functions nested in it. */
export function callsIn(
  file: FileFacts,
  method: FunctionFacts,
): readonly FileFacts['calls']['all'][number][] {
  return file.once(findCallsIn).get(method) ?? [];
}

function findCallsIn(file: FileFacts): Map<FunctionFacts, FileFacts['calls']['all'][number][]> {
  const found = new Map<FunctionFacts, FileFacts['calls']['all'][number][]>();
  for (const call of file.calls.all) {
    const around = file.functionAround(call.node);
    if (!around) continue;
    const same = found.get(around);
    if (same) same.push(call);
    else found.set(around, [call]);
  }
  return found;
}
