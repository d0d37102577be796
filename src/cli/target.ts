/** `FILE::QUALNAME` as a person types it → a target below the working directory. */
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';

/** @returns the target with the file relative to the directory, with forward slashes */
export async function parseTarget(text: string, directory: string): Promise<string> {
  const at = text.lastIndexOf('::');
  const file = text.slice(0, Math.max(0, at));
  const qualname = text.slice(at + 2);
  if (file === '' || !/^[\p{L}_][\p{L}\p{N}_]*(\.([\p{L}_][\p{L}\p{N}_]*|<locals>))*$/u.test(qualname)) {
    throw new UserError(
      `'${text}' is no target: write FILE::QUALNAME, such as app/cache.py::fetch or app/repo.py::Repo.load`,
    );
  }
  const path = relative(directory, resolve(directory, file));
  if (path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw new UserError(
      `${file} lies outside ${directory}: run this in the folder that its imports start from`,
    );
  }
  const entry = await stat(resolve(directory, file)).catch(() => undefined);
  if (entry?.isFile() !== true) throw new UserError(`${file}: no such file`);
  return `${path.split(sep).join('/')}::${qualname}`;
}

export function parseLine(text: string | undefined): { start: number; end: number } | null {
  if (text === undefined) return null;
  const line = Number(text);
  if (!Number.isInteger(line) || line < 1)
    throw new UserError(`--line: '${text}' is no line number; lines count from 1`);
  return { start: line, end: line };
}
