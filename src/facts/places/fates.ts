/** What becomes of an object that a call makes: closed, handed on, kept for longer, or left to itself. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { statementOf } from '../syntax/flow.ts';
import { lineageOf } from './instances.ts';
import type { Place } from './places.ts';
import { Binding } from '../syntax/scopes.ts';

/**
 * `closed`: a `with`, an exit stack or one of the releasing methods ends it. `handed-on`: returned or given to other
 * code, which may close it. `kept`: in an attribute, a module name or a container. `local`: in names of the function
 * only. `dropped`: in no name at all.
 */
export type Fate =
  | { readonly how: 'closed' | 'handed-on' | 'dropped' }
  | { readonly how: 'local'; readonly binding: Binding }
  | Kept;

export interface Kept {
  readonly how: 'kept';
  /** Where: the attribute or name, or the container that got it as an entry. */
  readonly place: Place | undefined;
  /** What is written on the left: `self.pool`, `_pools[name]`, `pools`. */
  readonly target: Node;
  readonly isEntry: boolean;
}

/** Calls that close what they are given, at once or when a block ends. */
const CLOSERS =
  /^(closing|aclosing|enter_context|enter_async_context|push|push_async_exit|callback|push_async_callback|addCleanup|addfinalizer|finalize|register|suppress)$/;
/** Calls that use what they are given and do not keep it. */
const USERS =
  /^(run_in_executor|isinstance|print|len|str|repr|id|bool|wait|as_completed|gather|getattr|hasattr|type|debug|info|(async_)?sessionmaker|scoped_session|channel_ready_future|read_sql(_query|_table)?|to_sql|create_all|drop_all|inspect|\w+Stub|\w+V\d\w*Api)$/;
const ADDERS = /^(append|add|appendleft|put|put_nowait|insert|setdefault|extend)$/;

/** Calls that give back what they are given in another form. */
const WRAPS = /^(ctypes\.)?(c_void_p|c_char_p|cast)$/;

/** @param releases names of the methods that end such an object */
export function fateOf(file: FileFacts, made: Node, releases: ReadonlySet<string>): Fate {
  let at = made;
  for (let outer = at.parent; outer; outer = at.parent) {
    switch (outer.type) {
      case 'await':
      case 'parenthesized_expression':
      case 'conditional_expression':
      case 'boolean_operator':
      case 'as_pattern':
      case 'list':
      case 'tuple':
      case 'dictionary':
      case 'pair':
      case 'keyword_argument':
      case 'list_comprehension':
      case 'dictionary_comprehension':
      case 'expression_list':
        break;
      case 'with_item':
        return { how: 'closed' };
      case 'attribute':
        return { how: releases.has(outer.child('attribute')?.text ?? '') ? 'closed' : 'dropped' };
      case 'expression_statement':
      case 'call':
      case 'subscript':
        return { how: 'dropped' };
      case 'named_expression':
        return ofTarget(file, outer.child('name'), releases);
      case 'assignment':
        return ofAssignment(file, outer, releases);
      case 'argument_list':
        if (!WRAPS.test(outer.parent?.child('function')?.text ?? ''))
          return ofArgument(file, outer.parent as Node, releases);
        at = outer.parent as Node;
        continue;
      default:
        return { how: 'handed-on' };
    }
    at = outer;
  }
  return { how: 'handed-on' };
}

/** `a = self.b = Pool()`: the target that lives longest counts. */
function ofAssignment(file: FileFacts, assignment: Node, releases: ReadonlySet<string>): Fate {
  const targets: (Node | undefined)[] = [];
  let at: Node = assignment;
  while (at.parent?.type === 'assignment') at = at.parent;
  for (let one: Node | undefined = at; one?.type === 'assignment'; one = one.child('right'))
    targets.push(one.child('left'));
  const fates = targets.map((target) => ofTarget(file, target, releases));
  return fates.find(({ how }) => how === 'kept') ?? fates[0] ?? { how: 'handed-on' };
}

function ofTarget(file: FileFacts, target: Node | undefined, releases: ReadonlySet<string>): Fate {
  if (target?.type === 'attribute')
    return { how: 'kept', place: file.places.at(target), target, isEntry: false };
  if (target?.type === 'subscript') {
    const container = target.child('value');
    const place = file.places.at(container);
    return isLocalName(place) ? { how: 'handed-on' } : { how: 'kept', place, target, isEntry: true };
  }
  const binding = target?.type === 'identifier' ? file.binding(target) : undefined;
  if (!target || !binding) return { how: 'handed-on' };
  if (binding.scope.kind !== 'function')
    return { how: 'kept', place: file.places.at(target), target, isEntry: false };
  return ofUses(file, binding, releases);
}

function isLocalName(place: Place | undefined): boolean {
  return place?.root instanceof Binding && place.root.scope.kind !== 'module';
}

function ofArgument(file: FileFacts, call: Node, releases: ReadonlySet<string>): Fate {
  const callee = call.child('function');
  const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
  if (CLOSERS.test(name)) return { how: 'closed' };
  const receiver = callee?.type === 'attribute' ? callee.child('object') : undefined;
  if (!receiver || !ADDERS.test(name)) return { how: 'handed-on' };
  const place = file.places.at(receiver);
  if (isLocalName(place)) return releasesEach(place, releases) ? { how: 'closed' } : { how: 'handed-on' };
  return { how: 'kept', place, target: receiver, isEntry: true };
}

/** `for pool in pools: pool.close()` */
function releasesEach(place: Place | undefined, releases: ReadonlySet<string>): boolean {
  const around = place?.root instanceof Binding ? place.root.scope.node : undefined;
  return around !== undefined && hasRelease(around, releases);
}

function ofUses(file: FileFacts, binding: Binding, releases: ReadonlySet<string>): Fate {
  const fates = binding.uses.map((use) => ofUse(file, use, releases));
  return (
    fates.find((fate) => fate?.how === 'closed') ??
    fates.find((fate) => fate?.how === 'kept') ??
    fates.find((fate) => fate !== undefined) ?? { how: 'local', binding }
  );
}

function ofUse(file: FileFacts, use: Node, releases: ReadonlySet<string>): Fate | undefined {
  const outer = use.parent;
  switch (outer?.type) {
    case 'attribute':
      return releases.has(outer.child('attribute')?.text ?? '') ? { how: 'closed' } : undefined;
    case 'with_item':
      return { how: 'closed' };
    case 'as_pattern':
      return outer.parent?.type === 'with_item' ? { how: 'closed' } : undefined;
    case 'keyword_argument':
    case 'argument_list': {
      const call = outer.type === 'argument_list' ? outer.parent : outer.parent?.parent;
      const callee = call?.child('function');
      const name = (callee?.type === 'attribute' ? callee.child('attribute') : callee)?.text ?? '';
      return USERS.test(name) ? undefined : ofArgument(file, call as Node, releases);
    }
    case 'assignment': {
      const left = outer.child('left');
      if (use.field !== 'right') return undefined;
      return left?.type === 'identifier' ? { how: 'handed-on' } : ofTarget(file, left, releases);
    }
    case 'call':
    case 'comparison_operator':
    case 'not_operator':
    case 'if_statement':
    case 'while_statement':
    case 'await':
    case 'expression_statement':
    case 'delete_statement':
    case 'subscript':
      return undefined;
    default:
      return { how: 'handed-on' };
  }
}

/** Whether a piece of code calls or hands on one of the releasing methods of something. */
function hasRelease(code: Node, releases: ReadonlySet<string>): boolean {
  return code
    .descendants()
    .some((node) => node.type === 'attribute' && releases.has(node.child('attribute')?.text ?? ''));
}

/**
 * Whether something in the file releases what is kept: a function that mentions the place and calls one of the methods.
 * For attributes also the base classes and heirs count, and access from outside: `worker.pool.close()`.
 */
export function isReleased(file: FileFacts, { place, target }: Kept, releases: ReadonlySet<string>): boolean {
  const name = nameOfTarget(target);
  if (!name) return true;
  const mention = new RegExp(`\\b${name}\\b`);
  const methods = [...releases].join('|');
  const owner = place && !(place.root instanceof Binding) ? place.root : undefined;
  const before = owner ? '(?<!\\b(?:self|cls))\\.' : '(?<![.\\w])';
  if (new RegExp(`${before}${name}(\\(\\))?\\.(${methods})\\b`).test(file.tree.source)) return true;
  const functions = owner
    ? file.functions.filter(
        ({ class: inside }) =>
          inside && (lineageOf(inside).includes(owner) || lineageOf(owner).includes(inside)),
      )
    : file.functions;
  return functions.some(({ node }) => {
    const body = node.child('body')?.text ?? '';
    return mention.test(body) && new RegExp(`\\.(${methods})\\b|\\bwith\\b.*\\b${name}\\b`).test(body);
  });
}

function nameOfTarget(target: Node): string | undefined {
  if (target.type === 'subscript') return nameOfTarget(target.child('value') as Node);
  const name = target.type === 'attribute' ? target.child('attribute')?.text : target.text;
  return name && /^\w+$/.test(name) ? name : undefined;
}

/** `if self.pool is None: self.pool = …`, or a return before it: it is made once. */
export function isMadeOnce(made: Node, target: Node): boolean {
  const name = nameOfTarget(target);
  if (!name) return false;
  const mention = new RegExp(`\\b${name}\\b`);
  const statement = statementOf(made);
  for (let at = statement; at.parent && at.type !== 'function_definition'; at = at.parent) {
    if (at.parent.type === 'if_statement' && mention.test(at.parent.child('condition')?.text ?? ''))
      return true;
    if (at.type === 'except_clause') return true;
    if (at.parent.type !== 'block') continue;
    for (const before of at.parent.children) {
      if (before === at) break;
      const isTest = before.type === 'if_statement' && mention.test(before.child('condition')?.text ?? '');
      if (isTest && before.child('consequence')?.children.at(-1)?.type === 'return_statement') return true;
    }
  }
  return (
    /\b(setdefault|or)\b/.test(statement.text) &&
    mention.test(statement.text.slice(statement.text.indexOf('=')))
  );
}
