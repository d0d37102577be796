/** GitHub Markdown from hostile text. Everything that was not written by us goes through one of these functions. */
import { cap, oneLine, visible } from './visible.ts';

/** GitHub takes 65,536 characters; the rest is kept for what we add around. */
export const MAX_BODY = 60_000;
const MAX_PROSE = 1_000;
const MAX_CODE = 300;

/** Zero width: breaks what GitHub would turn into a link or a notification after Markdown itself is done. */
const BREAK = '&#8203;';

/** A sentence; pairs of backticks in it stay code, everything else loses its meaning. */
export function prose(text: string): string {
  const parts = cap(oneLine(text), MAX_PROSE).split(/(?<!`)`([^`]+)`(?!`)/);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : plain(part, index === 0))).join('');
}

/** A code span. */
export function code(text: string): string {
  const content = cap(oneLine(text), MAX_CODE);
  if (content === '') return '` `';
  const ticks = '`'.repeat(longestRun(content) + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${content}${pad}${ticks}`;
}

/** A fenced block whose fence no line of the text can close. */
export function fence(text: string, info: '' | 'py' | 'diff' | 'suggestion' | 'text'): string {
  const content = visible(text).replace(/\n$/, '');
  const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1));
  return `${ticks}${info}\n${content}${content === '' ? '' : '\n'}${ticks}`;
}

/** A link to one of our own pages; only the label may be hostile. */
export function link(label: string, url: string): string {
  return `[${code(label)}](${encodeURI(url).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))})`;
}

/** Cuts at the end of a line, so that no fence or code span is left open. */
export function capBody(body: string, maximum = MAX_BODY): string {
  if (body.length <= maximum) return body;
  const note = '\n\n(cut: the review is longer than GitHub takes)\n';
  const blocks = body.split(/\n(?=#{1,4} )/);
  let kept = '';
  for (const block of blocks) {
    if (kept.length + block.length + 1 + note.length > maximum) break;
    kept = kept === '' ? block : `${kept}\n${block}`;
  }
  return kept + note;
}

function plain(text: string, first: boolean): string {
  const escaped = text
    .replace(/&/g, '&amp;')
    .replace(/[\\`*_[\]~|!{}]/g, '\\$&')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\$/g, '<span>$</span>')
    // @name, #12, owner/repo#12, :smile:, https://, name@host
    .replace(/(?<!&)([@#:])(?=[\p{L}\p{N}_/-])/gu, `$1${BREAK}`)
    // www.host, GH-12 and other trackers' keys, commit hashes
    .replace(/www(?=\.)/gi, `www${BREAK}`)
    .replace(/\b([A-Z][A-Z0-9]*)-(?=\d)/gi, `$1-${BREAK}`)
    .replace(/\b[0-9a-f]{7,}\b/gi, (hash) => hash.replace(/.{6}(?!$)/g, `$&${BREAK}`));
  return first ? escaped.replace(/^(\s*)([#+=-]|\d+(?=[.)](?:\s|$)))/, startOfLine) : escaped;
}

/** Signs that make a heading, a list or a rule at the start of a line. */
function startOfLine(_: string, space: string, sign: string): string {
  return /^\d/.test(sign) ? `${space}${sign}${BREAK}` : `${space}\\${sign}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
