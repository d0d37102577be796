/** Which lines of head a unified diff shows: GitHub takes comments only there. */
export interface DiffLines {
  readonly added: ReadonlySet<number>;
  /** Added and context lines. */
  readonly shown: ReadonlySet<number>;
}

/** @param patch the hunks of one file, without or with the file's header */
export function diffLines(patch: string): DiffLines {
  const added = new Set<number>();
  const shown = new Set<number>();
  let line = 0;
  let left = 0;
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    // Inside a hunk a removed line may look like a header; the counts tell.
    if (hunk !== null && left === 0) {
      line = Number(hunk[1]);
      left = Number(hunk[2] ?? '1');
      continue;
    }
    if (left === 0 || text.startsWith('-') || text.startsWith('\\')) continue;
    if (text.startsWith('+')) added.add(line);
    shown.add(line);
    line += 1;
    left -= 1;
  }
  return { added, shown };
}
