/** What differs between two trees: `git diff-tree`, which no diff setting of the user reaches. */
import type { Change, FileVersion } from '../changes/change.ts';
import type { Git } from './git.ts';
import { splitPatch } from './patch-text.ts';

const DIFF = ['diff-tree', '-r', '--find-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
const PATCH = ['--patch', '--unified=3', '--inter-hunk-context=0', '--src-prefix=a/', '--dst-prefix=b/'];

/** Only Python files get their patch: the others may be data of any size. */
export async function changedFiles(git: Git, from: string, to: string): Promise<Change[]> {
  const [raw, patch] = await Promise.all([
    git.run([...DIFF, '--raw', '-z', '--no-abbrev', from, to]),
    git.run([...DIFF, ...PATCH, from, to, '--', '*.py'], { env: { GIT_LITERAL_PATHSPECS: '0' } }),
  ]);
  const patches = splitPatch(patch);
  return parseRaw(new TextDecoder().decode(raw)).map((file) => ({
    ...file,
    patch: patches.get(file.path) ?? '',
  }));
}

const STATUS = { A: 'added', M: 'modified', T: 'modified', D: 'deleted', R: 'renamed', C: 'added' } as const;

/** `:<mode> <mode> <oid> <oid> <status>`, then one path, or two for renames; every field ends with a NUL. */
function parseRaw(raw: string): Omit<Change, 'patch'>[] {
  const fields = raw.split('\0');
  const files: Omit<Change, 'patch'>[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const [baseMode = '', headMode = '', baseBlob = '', headBlob = '', code = ''] =
      fields[at++]?.slice(1).split(' ') ?? [];
    const letter = code[0] as keyof typeof STATUS;
    const first = fields[at++] ?? '';
    const path = letter === 'R' || letter === 'C' ? (fields[at++] ?? '') : first;
    files.push({
      path,
      previousPath: letter === 'R' ? first : path,
      status: STATUS[letter],
      base: version(baseMode, baseBlob),
      head: version(headMode, headBlob),
    });
  }
  return files;
}

function version(mode: string, blob: string): FileVersion | null {
  if (mode === '000000') return null;
  const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file';
  return { kind, blob };
}
