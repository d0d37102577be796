/** Builds the edits of fixes that give statements a new block around them, or need whole lines. */
import type { Edit } from '../contract/position.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';

/** A fix that indents more lines than this is no suggestion any more. */
const MOST_LINES = 40;

/** Whether a statement is the first thing on its line, so that one can be written above it. */
export function startsLine(file: FileFacts, statement: Node): boolean {
  const lineStart = file.lines.startOf(file.line(statement));
  return file.tree.source.slice(lineStart, statement.start).trim() === '';
}

/**
 * Puts the statements from `first` to `last` (of one block) into a `try` whose `finally` runs the given statement.
 * Undefined where that cannot be done line by line: text over several lines, statements that share a line.
 */
export function wrapInFinally(file: FileFacts, first: Node, last: Node, text: string): Edit[] | undefined {
  const start = file.line(first);
  const end = file.lines.line(last.end - 1);
  if (end - start >= MOST_LINES || !startsLine(file, first)) return undefined;
  if (linesOfText(file, first, last)) return undefined;
  const { source } = file.tree;
  const ending = source.includes('\r\n') ? '\r\n' : '\n';
  const indentation = file.indentation(first);
  const edits: Edit[] = [];
  for (let line = start; line <= end; line++) {
    const at = file.lines.startOf(line);
    const opening = line === start ? `${indentation}try:${ending}` : '';
    const isBlank = file.lines.text(line).trim() === '';
    const added = opening + (isBlank ? '' : '    ');
    if (added) edits.push({ range: file.lines.range(at, at), text: added });
  }
  const below = file.lines.startOf(end + 1);
  const isOpenEnd = below === source.length && !source.endsWith('\n');
  const closing = `${indentation}finally:${ending}${indentation}    ${text}`;
  const whole = isOpenEnd ? `${ending}${closing}` : `${closing}${ending}`;
  return [...edits, { range: file.lines.range(below, below), text: whole }];
}

/** Whether a string or a bracket-free continuation goes over a line end: indenting it would change it. */
function linesOfText(file: FileFacts, first: Node, last: Node): boolean {
  return file.tree.nodes
    .slice(first.index, last.last + 1)
    .some((node) => node.type === 'string' && file.line(node) !== file.lines.line(node.end));
}
