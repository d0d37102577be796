/** The lines around a finding. */
import { lines } from '../changes/edits.ts';
import type { Range } from '../contract/position.ts';

export interface ExcerptLine {
  readonly number: number;
  readonly text: string;
  readonly marked: boolean;
}

/** More marked lines than this are not shown: the first ones say where it is. */
const MAX_MARKED = 6;

/** @param around lines of context before and after */
export function excerpt(source: string, range: Range, around = 2): ExcerptLine[] {
  const all = lines(source);
  const last =
    range.end.column === 1 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  const marked = Math.min(last, range.start.line + MAX_MARKED - 1);
  const from = Math.max(1, range.start.line - around);
  const to = Math.min(all.length, marked + around);
  const shown = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const number = from + index;
    return { number, text: all[number - 1] ?? '', marked: number >= range.start.line && number <= marked };
  });
  return dropBlankEnds(shown);
}

function dropBlankEnds(shown: readonly ExcerptLine[]): ExcerptLine[] {
  const telling = (line: ExcerptLine) => line.marked || line.text.trim() !== '';
  return shown.slice(shown.findIndex(telling), shown.findLastIndex(telling) + 1);
}
