/** YAML text → plain data with the line of every key. The text may come from anybody who has a repository. */
import { CST, Lexer, LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

export interface YamlData {
  readonly value: unknown;
  /** The line of a key, or of the nearest one above it. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface YamlProblem {
  readonly line: number;
  /** Begins with a small letter, without a full stop. */
  readonly message: string;
}

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
const MAX_ENTRIES = 1000;

export function readYaml(text: string): YamlData | YamlProblem {
  if (Buffer.byteLength(text) > MAX_BYTES) return { line: 1, message: 'is larger than 64 KiB' };
  const excess = findExcess(text);
  if (excess !== null) return excess;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) return { line: lines.linePos(problem.pos[0]).line, message: describe(problem) };
  return {
    value: withoutEmpty(document.toJS({ maxAliasCount: 0 })),
    lineOf: (path) => lines.linePos(findNode(document, path)?.range?.[0] ?? 0).line,
  };
}

const REFUSED = new Map([
  ['anchor', 'anchors (&name) are not supported: write the value out'],
  ['alias', 'aliases (*name) are not supported: write the value out'],
  ['tag', 'tags (!name) are not supported: put the value in quotes'],
  ['explicit-key-ind', 'keys that begin with "?" are not supported'],
]);

/**
 * The parser takes exponential time for some nested texts and quadratic time for many keys. The lexer is linear, so it
 * goes first.
 */
function findExcess(text: string): YamlProblem | null {
  let [line, flow, dashes, entries] = [1, 0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token) ?? 'content';
    const refused = REFUSED.get(type);
    if (refused !== undefined) return { line, message: refused };
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') flow -= 1;
    if (type === 'seq-item-ind') dashes += 1;
    else if (type !== 'space') dashes = 0;
    if (flow > MAX_DEPTH || dashes > MAX_DEPTH) return { line, message: 'is nested too deeply' };
    if (['map-value-ind', 'seq-item-ind', 'comma', 'doc-start'].includes(type)) entries += 1;
    if (entries > MAX_ENTRIES) return { line, message: `has more than ${MAX_ENTRIES} entries` };
    line += token.split('\n').length - 1;
  }
  return null;
}

const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is given twice',
  TAB_AS_INDENT: 'tabs cannot indent YAML: use spaces',
  MULTIPLE_DOCS: 'the file must be one document: remove the "---" between',
};

function describe({ code, message }: { code: string; message: string }): string {
  return WORDS[code] ?? `not valid YAML: ${(message.split('\n')[0] ?? '').replace(/\.$/, '')}`;
}

/** A key without a value, such as one whose list is commented out, counts as not given. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutEmpty(inner)]])),
  );
}

/** The key's own node when the path ends at a key, else the node of the value. */
function findNode(document: Document, path: readonly PropertyKey[]): Node | null {
  let [node, found]: (Node | null)[] = [document.contents, document.contents];
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) break;
      found = pair.key as Node;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof part === 'number') {
      node = (node.items[part] as Node | undefined) ?? null;
      found = node ?? found ?? null;
    } else break;
  }
  return found ?? null;
}
