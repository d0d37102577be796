/** Keys that stay in a dict although the code that ends what they stand for deals with their entry. */
import type { Node } from '../../python/node.ts';
import { keyOf } from './domains.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { longevity } from '../life/longevity.ts';
import type { Place } from '../places/places.ts';
import { Binding } from '../syntax/scopes.ts';

export interface LeftKey {
  /** What takes from the entry, or deals with it, and leaves the key. */
  readonly node: Node;
  /** The dict, as the file writes it: `self.rooms`. */
  readonly dict: string;
  /** `group`: the last member leaves an empty group; `ended`: what the key stands for is gone. */
  readonly how: 'group' | 'ended';
  /** The function that adds keys. */
  readonly filler: FunctionFacts;
  /** The key that it adds. */
  readonly key: Node;
}

/** Keys of things that a program has a fixed number of, beyond those that `keyOf` knows. */
const FEW =
  /(^|_)(events?|signals?|hooks?|kinds?|names?|commands?|levels?|phases?|categor(y|ies)|state|message_?type)$/i;
/** Methods that are told of the end of something: whose object outlives it. */
const TOLD =
  /_(closed|ended|finished|removed|gone|left|lost|deleted|destroyed|disconnected|terminated|expired|exited|dead|died|stopped)$/;
/** Methods that end something. */
const ENDS =
  /^_?(on_)?(close|forget|unregister|unsubscribe|disconnect|detach|leave|discard|remove|delete|drop|evict|end|finish|kick|logout)(_[a-z]+)?$/;

interface Growth {
  readonly key: Node;
  readonly call: Node;
}

/** All such keys in the file. */
export function leftKeys(file: FileFacts): LeftKey[] {
  const groups = groupsOf(file);
  if (groups.size === 0) return [];
  const found = [...leftByMember(file, groups), ...leftByLoop(file, groups), ...leftAtEnd(file, groups)];
  const seen = new Set<string>();
  return found.filter(({ dict }) => !seen.has(dict) && seen.add(dict));
}

/** Dicts of groups that get a group for each key: `self.rooms[name].add(user)`, by the text of the dict. */
function groupsOf(file: FileFacts): Map<string, Growth> {
  const groups = new Map<string, Growth>();
  for (const { node, receiver } of file.calls.named('add', 'append', 'appendleft', 'insert')) {
    const entry = receiver && entryOf(receiver);
    if (!entry || groups.has(entry.dict.text)) continue;
    if (!outlivesCalls(file, entry.dict) || !isOpen(file, entry.key)) continue;
    groups.set(entry.dict.text, { key: entry.key, call: node });
  }
  return groups;
}

/** The dict and the key of `dict[key]`, `dict.setdefault(key, …)`, `dict.get(key)`. */
function entryOf(expression: Node): { dict: Node; key: Node } | undefined {
  if (expression.type === 'subscript') {
    const [dict, key] = [expression.child('value'), expression.child('subscript')];
    return dict && key && key.type !== 'slice' ? { dict, key } : undefined;
  }
  const callee = expression.type === 'call' ? expression.child('function') : undefined;
  if (callee?.type !== 'attribute' || !/^(setdefault|get)$/.test(callee.child('attribute')?.text ?? ''))
    return undefined;
  const [dict, key] = [callee.child('object'), expression.child('arguments')?.children[0]];
  return dict && key ? { dict, key } : undefined;
}

/** Attributes of objects, and names of the module. */
function outlivesCalls(file: FileFacts, dict: Node): boolean {
  let root: Node | undefined = dict;
  while (root && root.type !== 'identifier') {
    root = root.child(root.type === 'call' ? 'function' : root.type === 'attribute' ? 'object' : 'value');
  }
  if (!root) return false;
  if (!file.isSelf(root)) return dict === root && file.binding(root)?.scope.kind === 'module';
  return file.classAround(dict) !== undefined;
}

/** Servers, managers, hubs; objects of builders, parsers and the like go soon. */
function isLasting(file: FileFacts, node: Node): boolean {
  const owner = file.classAround(node);
  return !owner || longevity(file, owner) >= 1;
}

function isOpen(file: FileFacts, key: Node): boolean {
  return !FEW.test(key.text) && keyOf(file, key).domain === 'open';
}

/** `self.rooms[name].discard(user)`, and nothing in the file takes a room out. */
function* leftByMember(file: FileFacts, groups: ReadonlyMap<string, Growth>): Generator<LeftKey> {
  for (const call of file.calls.named('discard', 'remove')) {
    const entry =
      call.receiver && (entryOf(call.receiver) ?? entryOf(valueOf(file, call.receiver) ?? call.receiver));
    const growth = entry && groups.get(entry.dict.text);
    if (!entry || !growth || isTaken(file, entry.dict) || !isOpen(file, entry.key)) continue;
    if (!isLasting(file, call.node)) continue;
    yield* leftKey(file, call.node, entry.dict.text, 'group', growth);
  }
}

/** The value of a local that is bound once. */
function valueOf(file: FileFacts, name: Node): Node | undefined {
  const binding = name.type === 'identifier' ? file.binding(name) : undefined;
  return binding?.scope.kind === 'function' && binding.only?.kind === 'assignment'
    ? binding.only.value
    : undefined;
}

/** `for members in self.rooms.values(): members.discard(user)`, and the function looks for no empty ones. */
function* leftByLoop(file: FileFacts, groups: ReadonlyMap<string, Growth>): Generator<LeftKey> {
  for (const call of file.calls.named('discard', 'remove')) {
    const loop =
      call.receiver?.type === 'identifier'
        ? call.node.closest('for_statement', 'function_definition')
        : undefined;
    const [target, over] = [loop?.child('left'), loop?.child('right')];
    if (loop?.type !== 'for_statement' || !target || !over) continue;
    const dict = /^(?:list\(|tuple\()?(.*)\.values\(\)\)?$/s.exec(over.text)?.[1];
    const growth = target.text === call.receiver?.text && dict !== undefined ? groups.get(dict) : undefined;
    if (!growth || dict === undefined || !isLasting(file, call.node)) continue;
    const around = file.functionAround(call.node)?.node;
    const rest = around?.text.slice(loop.start - around.start) ?? '';
    if (/\bdel\b|\.pop\(|\bif\b/.test(rest)) continue;
    yield* leftKey(file, call.node, dict, 'group', growth);
  }
}

/** `def session_closed(self, session)` reads `self.pages[session]`, and nothing in the file takes it out. */
function* leftAtEnd(file: FileFacts, groups: ReadonlyMap<string, Growth>): Generator<LeftKey> {
  for (const [dict, growth] of groups) {
    const place = file.places.at(dictOf(growth));
    if (!place || isTaken(file, dictOf(growth))) continue;
    for (const { kind, how, key, node, scope } of place.operations) {
      const method = file.definitions.functionOf(scope.nearest('function'));
      const isTold = method?.parameters.some(({ name }) => name === key?.text) ?? false;
      if (kind !== 'read' || !/^(\[\]|get)$/.test(how) || !isTold || !method) continue;
      const ends = TOLD.test(method.name) || (ENDS.test(method.name) && isLasting(file, node));
      if (!ends) continue;
      yield* leftKey(file, node, dict, 'ended', growth);
    }
  }
}

function dictOf({ call }: Growth): Node | undefined {
  const receiver = call.child('function')?.child('object');
  return receiver && entryOf(receiver)?.dict;
}

function leftKey(file: FileFacts, node: Node, dict: string, how: LeftKey['how'], growth: Growth): LeftKey[] {
  const filler = file.drivable(growth.call);
  return filler ? [{ node, dict, how, filler, key: growth.key }] : [];
}

/** Whether anything takes keys out, asks for their number, binds the dict anew or gets hold of it. */
function isTaken(file: FileFacts, dict: Node | undefined): boolean {
  const place = file.places.at(dict);
  if (!place || place.of('shrink', 'guard', 'escape').length > 0) return true;
  return place
    .of('bind')
    .some(
      (bind) => /weak/i.test(bind.value?.text ?? '') || !isBirth(place, bind.scope.nearest('function')?.name),
    );
}

function isBirth(place: Place, around: string | undefined): boolean {
  if (place.root instanceof Binding) return around === undefined;
  return around === undefined || /^(__init__|__new__|__post_init__|_?init\w*|_?setup|set_up)$/.test(around);
}
