/** The identity of a finding across commits: the same after moved lines and reformatting. */
import { createHash } from 'node:crypto';
import type { Node } from '../python/node.ts';

/**
 * @param parts what the finding is about: rule, path, symbol
 * @param anchor its code, of which only the words count, not the layout
 * @param occurrence how many findings with the same parts and words come before it in the file
 */
export function fingerprint(parts: readonly string[], anchor: Node, occurrence: number): string {
  return createHash('sha256')
    .update(JSON.stringify([...parts, wordsOf(anchor), occurrence]))
    .digest('hex')
    .slice(0, 16);
}

/** The names and literals of the code: no white space, commas, parentheses or kinds of quotes. */
export function wordsOf(anchor: Node): string {
  if (anchor.children.length === 0) return literal(anchor);
  return anchor
    .descendants()
    .filter(({ children }) => children.length === 0)
    .map(literal)
    .join(' ');
}

function literal(node: Node): string {
  return node.type === 'string' ? node.text.replaceAll('"', "'") : node.text;
}
