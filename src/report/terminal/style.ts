/** How things look on a terminal. */
import picocolors from 'picocolors';

export interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const MIN_WIDTH = 60;
const MAX_WIDTH = 110;

/** @param columns width of the terminal; undefined when it is none */
export function terminalStyle(colour: boolean, columns: number | undefined): Style {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(colour);
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns ?? 100));
  return { width, bold, dim, red, green, yellow, cyan };
}

/** Breaks at spaces; words longer than the width stay whole. */
export function wrap(text: string, width: number): string[] {
  const wrapped: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      wrapped.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...wrapped, line];
}
