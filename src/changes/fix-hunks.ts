/** The lines that a fix replaces, for a diff or a suggestion. */
import type { Edit } from '../contract/position.ts';
import { applyEdits, lines } from './edits.ts';

export interface FixHunk {
  /** First line of the original that is replaced; for a pure insertion the line that it comes before. */
  readonly start: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Edits with this many lines or fewer between them are shown together. */
const JOIN_LINES = 3;

/** @throws RangeError when the edits do not fit the source */
export function fixHunks(source: string, edits: readonly Edit[]): FixHunk[] {
  const original = lines(source);
  return group(edits).flatMap((together): FixHunk[] => {
    const first = Math.min(...together.map(({ range }) => range.start.line));
    const last = Math.max(...together.map(({ range }) => range.end.line));
    const patched = lines(applyEdits(source, together));
    const removed = original.slice(first - 1, last);
    const added = patched.slice(first - 1, last + patched.length - original.length);
    return trim(first, removed, added);
  });
}

function group(edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  let end = -Infinity;
  for (const edit of [...edits].sort((a, b) => a.range.start.line - b.range.start.line)) {
    const current = groups.at(-1);
    if (current !== undefined && edit.range.start.line - end <= JOIN_LINES) current.push(edit);
    else groups.push([edit]);
    end = Math.max(end, edit.range.end.line);
  }
  return groups;
}

/** Drops equal lines at both ends. */
function trim(first: number, removed: readonly string[], added: readonly string[]): FixHunk[] {
  const shorter = Math.min(removed.length, added.length);
  let head = 0;
  while (head < shorter && removed[head] === added[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail += 1;
  const hunk = {
    start: first + head,
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
  return hunk.removed.length + hunk.added.length === 0 ? [] : [hunk];
}
