/** Cuts the output of `git diff-tree --patch` into one patch for each file. */

/** @returns path in the newer tree → its hunks, without the header */
export function splitPatch(output: Uint8Array): Map<string, string> {
  // Latin-1 keeps every byte, whatever the files are encoded in; only the paths are decoded.
  const text = Buffer.from(output).toString('latin1');
  const patches = new Map<string, string>();
  for (const part of text.split(/^diff --git /m).slice(1)) {
    const header = /^\+\+\+ (.*)$/m.exec(part);
    const hunks = part.search(/^@@ /m);
    if (header?.[1] === undefined || hunks === -1 || header.index > hunks) continue;
    const path = unquote(header[1]);
    if (path.startsWith('b/')) patches.set(path.slice(2), part.slice(hunks));
  }
  return patches;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};

/** Git writes a path with control characters, quotes or backslashes as a C string, and ends one with spaces by a tab. */
function unquote(text: string): string {
  const name = text.replace(/\t$/, '');
  const bytes =
    name.startsWith('"') && name.endsWith('"')
      ? name.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, code: string) => unescape(code))
      : name;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unescape(code: string): string {
  return code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code);
}
