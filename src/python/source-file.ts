/** Bytes of a Python file to text, as Python itself would read them (PEP 263, PEP 3120). */
import type { Position, Range } from '../contract/position.ts';

export type Decoded = { readonly text: string } | { readonly problem: string };

const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** Python's names for encodings that `TextDecoder` calls otherwise. */
const ENCODING_NAMES: Record<string, string> = {
  'latin-1': 'latin1',
  'iso-latin-1': 'latin1',
  'utf-8-sig': 'utf-8',
  utf8: 'utf-8',
  'utf8-sig': 'utf-8',
  cp1252: 'windows-1252',
  cp1251: 'windows-1251',
  'euc-jp': 'euc-jp',
};

/** The text of the file, or one sentence about why it cannot be read. */
export function decode(source: Uint8Array): Decoded {
  if (source.includes(0)) return { problem: 'contains NUL bytes, so Python cannot read it: not scanned' };
  const hasMark = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf;
  const bytes = hasMark ? source.subarray(3) : source;
  const declared = hasMark ? undefined : declaredEncoding(bytes);
  const encoding = declared ? (ENCODING_NAMES[declared] ?? declared) : 'utf-8';
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  } catch {
    return { problem: `declares the unknown encoding ${JSON.stringify(declared)}: not scanned` };
  }
  try {
    // A lone carriage return ends a line in Python, but not for the parser; same length, so offsets hold.
    return { text: decoder.decode(bytes).replace(/\r(?!\n)/g, '\n') };
  } catch {
    return {
      problem: `is not valid ${encoding.toUpperCase()}: save it as UTF-8 or declare its encoding; not scanned`,
    };
  }
}

/** The coding cookie of the first two lines, in lower case with dashes. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  const [first = '', second = ''] = head.split(/\r\n|\r|\n/, 2);
  const name =
    COOKIE.exec(first)?.[1] ?? (/^[ \t\f]*(#|$)/.test(first) ? COOKIE.exec(second)?.[1] : undefined);
  return name?.toLowerCase().replaceAll('_', '-');
}

/** Turns UTF-16 offsets into lines and columns (1-based, columns in code points), and back. */
export class LineIndex {
  readonly #source: string;
  readonly #starts: number[] = [0];

  constructor(source: string) {
    this.#source = source;
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get lines(): number {
    return this.#starts.length;
  }

  /** 1-based line of an offset. */
  line(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  position(offset: number): Position {
    const line = this.line(offset);
    return { line, column: codePoints(this.#source, this.startOf(line), offset) + 1 };
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** Offset of the first character of a line. */
  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.#source.length;
  }

  /** The line without its line ending. */
  text(line: number): string {
    return this.#source.slice(this.startOf(line), this.startOf(line + 1)).replace(/\r?\n$/, '');
  }

  offset({ line, column }: Position): number {
    let at = this.startOf(line);
    for (let left = column - 1; left > 0; left--) at += (this.#source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return at;
  }
}

function codePoints(source: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    // The second half of a pair does not count.
    if ((source.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  }
  return count;
}
