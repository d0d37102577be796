/** Records and buffers that are made in numbers and dropped, and what is made of them on the way and stays. */
import type { Node } from '../../python/node.ts';
import { positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { keptParts } from '../places/kept-parts.ts';
import { spanOf, type Span } from '../places/keeping.ts';
import type { Place } from '../places/places.ts';
import { loopsAround } from '../syntax/flow.ts';
import { Binding } from '../syntax/scopes.ts';
import { isLong, roundsOf, variesInSize } from './buffers.ts';

export interface Survival {
  /** The comprehension or call that keeps a part of each. */
  readonly node: Node;
  /** The local that holds all the temporaries until the call ends. */
  readonly temporaries: Binding;
  readonly span: Span;
}

/** Where one part of each of many short-lived records or buffers is kept, made in between them. */
export function survivals(file: FileFacts): Survival[] {
  return [...fieldsOfRecords(file), ...piecesOfBuffers(file)];
}

const PARSERS =
  /^(json|ujson|orjson|simplejson|pickle|marshal|yaml|msgpack|toml|tomllib)\.(loads?|unpackb?|safe_load|full_load)$/;
const COMPREHENSIONS = ['list_comprehension', 'set_comprehension', 'dictionary_comprehension'];
/** Fewer records than this do not matter. */
const MANY = 10_000;

/** `rows = json.load(file)`, `self.names = [row["name"] for row in rows]`: all the rest of each row goes. */
function fieldsOfRecords(file: FileFacts): Survival[] {
  if (!/\b(loads?|unpackb?|splitlines|readlines|reader|DictReader|range)\b/.test(file.tree.source)) return [];
  return COMPREHENSIONS.flatMap((type) => file.nodes(type)).flatMap((node) => {
    const clauses = node.children.filter((child) => child.type === 'for_in_clause');
    const [clause] = clauses;
    const iterable = clause?.child('right');
    const records = iterable?.type === 'identifier' ? file.binding(iterable) : undefined;
    if (!clause || clauses.length > 1 || records?.scope.kind !== 'function' || records.isParameter) return [];
    if (!isManyRecords(file, records.only?.value) || !keepsPart(node, clause)) return [];
    const span = spanOf(file, node);
    const isTemporary = records.uses.every((use) => use === iterable || spanOf(file, use) === 'call');
    return span !== 'call' && isTemporary ? [{ node, temporaries: records, span }] : [];
  });
}

/** What a parser makes, or a comprehension that makes a list, tuple or dict of each line. */
function isManyRecords(file: FileFacts, value: Node | undefined): boolean {
  if (value?.type === 'call') {
    const name = file.names.callee(value) ?? '';
    const [first] = positionalArguments(value);
    if (name === 'builtins.list') return /^csv\.(reader|DictReader)$/.test(file.names.callee(first) ?? '');
    return PARSERS.test(name) && first?.type !== 'string';
  }
  if (value?.type !== 'list_comprehension') return false;
  const [clause] = value.children.filter(({ type }) => type === 'for_in_clause');
  const iterable = clause?.child('right');
  return makesRecord(file, value.child('body')) && isManyThings(file, iterable);
}

function makesRecord(file: FileFacts, body: Node | undefined): boolean {
  if (body?.type === 'tuple' || body?.type === 'dictionary' || body?.type === 'list') return true;
  if (body?.type !== 'call') return false;
  return /\.split$/.test(body.child('function')?.text ?? '') || PARSERS.test(file.names.callee(body) ?? '');
}

/** The lines of a text or file, or a long range. */
function isManyThings(file: FileFacts, iterable: Node | undefined): boolean {
  if (file.names.callee(iterable) === 'builtins.range')
    return (roundsOf(file, iterable) ?? (isNumber(iterable) ? MANY : 0)) >= MANY;
  if (iterable?.type === 'call')
    return /\.(splitlines|readlines)$/.test(iterable.child('function')?.text ?? '');
  const binding = iterable?.type === 'identifier' ? file.binding(iterable) : undefined;
  return (
    binding?.definitions.some(({ kind, node }) => kind === 'with' && /\bopen\(/.test(itemText(node))) ?? false
  );
}

/** `range(count)`: how many nobody says. */
function isNumber(iterable: Node | undefined): boolean {
  return /^(n|num|count|total|size|length|many)\w*$|_(count|total)$/.test(
    positionalArguments(iterable)[0]?.text ?? '',
  );
}

function itemText(name: Node): string {
  return name.closest('with_item')?.text ?? '';
}

/** One field of each, or some of them as they are. */
function keepsPart(comprehension: Node, clause: Node): boolean {
  const row = clause.child('left');
  const body = comprehension.child('body');
  const part = body?.type === 'pair' ? body.child('value') : body;
  if (row?.type !== 'identifier' || !part) return false;
  if (part.type === 'identifier')
    return part.text === row.text && comprehension.children.some(({ type }) => type === 'if_clause');
  if (part.type === 'subscript') return part.child('value')?.text === row.text;
  const callee = part.type === 'call' ? part.child('function') : undefined;
  return callee?.child('attribute')?.text === 'get' && callee.child('object')?.text === row.text;
}

/** `raw.append(page)`, `heads.append(page[:1000])` in one loop: the heads lie between the pages, and only they stay. */
function piecesOfBuffers(file: FileFacts): Survival[] {
  return file.places.all.flatMap((place) => {
    const all = temporaryBuffers(file, place);
    if (!all) return [];
    const pieces = file.calls.named('append', 'add').filter(({ node }) => loopsAround(node)[0] === all.loop);
    const kept = pieces.find(({ node }) => {
      const [value] = positionalArguments(node);
      return value !== undefined && isPieceOf(file, value, all.buffer) && spanOf(file, value) !== 'call';
    });
    const [value] = kept ? positionalArguments(kept.node) : [];
    return kept && value ? [{ node: kept.node, temporaries: all.binding, span: spanOf(file, value) }] : [];
  });
}

interface Buffers {
  readonly binding: Binding;
  readonly loop: Node;
  /** The name of the buffer of one turn. */
  readonly buffer: Binding;
}

/** A local list that gets a buffer of another size in each turn of a loop, and goes with all of them when the call ends. */
function temporaryBuffers(file: FileFacts, { root, path, operations }: Place): Buffers | undefined {
  if (!(root instanceof Binding) || path !== '' || root.isParameter || root.scope.kind !== 'function')
    return undefined;
  for (const { kind, how, value, node } of operations) {
    const [loop] = kind === 'grow' && how === 'append' ? loopsAround(node) : [];
    const buffer = loop && value?.type === 'identifier' ? file.binding(value) : undefined;
    const made = buffer?.only?.value;
    if (!loop || !buffer || !made || !loop.contains(made) || !isLong(file, loop)) continue;
    if (!variesInSize(file, made, loop) || root.uses.some((use) => spanOf(file, use) !== 'call')) continue;
    return { binding: root, loop, buffer };
  }
  return undefined;
}

/** `page[:1000]`, `zlib.compress(page)`, `page.strip()`: made of the buffer, and not the buffer itself. */
function isPieceOf(file: FileFacts, value: Node, buffer: Binding): boolean {
  return keptParts(file, value).some((part) => {
    const isCut = part.type === 'subscript' && part.child('subscript')?.type === 'slice';
    const isMade =
      part.type === 'call' && /compress|strip|replace|decode|encode/.test(part.child('function')?.text ?? '');
    return (isCut || isMade) && buffer.uses.some((use) => part.contains(use));
  });
}
