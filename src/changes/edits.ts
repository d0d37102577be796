/** Applies edits to a source text. Lines end at `\n`, `\r\n` or `\r`, columns count Unicode code points. */
import type { Edit, Position } from '../contract/position.ts';

/** @throws RangeError when an edit lies outside the text or two overlap */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const starts = lineStarts(source);
  const pieces = edits
    .map(({ range, text }) => ({
      start: offset(source, starts, range.start),
      end: offset(source, starts, range.end),
      text,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const piece of pieces) {
    if (piece.start < at || piece.end < piece.start) throw new RangeError('edits overlap');
    result += source.slice(at, piece.start) + piece.text;
    at = piece.end;
  }
  return result + source.slice(at);
}

export function lines(source: string): string[] {
  return source.split(/\r\n|\r|\n/);
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (const match of source.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

function offset(source: string, starts: readonly number[], position: Position): number {
  const start = starts[position.line - 1];
  if (start === undefined) throw new RangeError(`there is no line ${position.line}`);
  let at = start;
  for (let column = 1; column < position.column; column += 1) {
    const code = source.codePointAt(at);
    if (code === undefined) throw new RangeError(`line ${position.line} has no column ${position.column}`);
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}
