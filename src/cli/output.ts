/** Standard output and standard error. */
import type { Style } from '../report/terminal/style.ts';
import { terminalStyle } from '../report/terminal/style.ts';

/** Resolves when the text is handed over, so that a pipe gets all of it before the process ends. */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      // A reader that left is handled where the stream's errors are.
      if (error == null || (error as NodeJS.ErrnoException).code === 'EPIPE') resolve();
      else reject(error);
    });
  });
}

export async function printJson(document: unknown): Promise<void> {
  await print(`${JSON.stringify(document, null, 2)}\n`);
}

/** Colours on a terminal only, never with NO_COLOR, always with FORCE_COLOR. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const { NO_COLOR: never = '', FORCE_COLOR: always = '' } = process.env;
  const colour =
    never === '' && (always !== '' ? always !== '0' : stream.isTTY && process.env['TERM'] !== 'dumb');
  return terminalStyle(colour, stream.isTTY ? stream.columns : undefined);
}
