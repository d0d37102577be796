/** Reads many blobs with one `git cat-file --batch`. */
import { MachineError } from '../errors.ts';
import type { Git } from './git.ts';

export async function readBlobs(git: Git, blobs: readonly string[]): Promise<Map<string, Uint8Array>> {
  const wanted = [...new Set(blobs)];
  if (wanted.length === 0) return new Map();
  const output = await git.run(['cat-file', '--batch', '--buffer'], { input: `${wanted.join('\n')}\n` });
  return parseBatch(output);
}

/** @returns null when the commit has no regular file there */
export async function readFileAt(git: Git, commit: string, path: string): Promise<Uint8Array | null> {
  const entry = await git.text(['ls-tree', '--full-tree', commit, '--', path]);
  const blob = /^100\d{3} blob ([\da-f]+)\t/.exec(entry)?.[1];
  if (blob === undefined) return null;
  return (await readBlobs(git, [blob])).get(blob) ?? null;
}

const LINE_FEED = 10;

/** `<oid> blob <size>`, a line feed, the bytes, a line feed; again and again. */
function parseBatch(output: Uint8Array): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(LINE_FEED, at);
    const header = new TextDecoder().decode(output.subarray(at, end));
    const [blob = '', kind, size = ''] = header.split(' ');
    if (kind !== 'blob') {
      throw new MachineError(
        `git cannot read the object ${header}: the clone is incomplete, try 'git fetch'`,
      );
    }
    const start = end + 1;
    contents.set(blob, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}
