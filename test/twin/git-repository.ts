/** A real bare git repository: the source of every file, patch and merge base that the twin tells of. */
import { mkdirSync } from 'node:fs';
import { execa } from 'execa';

/** Path → content; null removes the file. */
export type Files = Readonly<Record<string, Content | Program | null>>;
type Content = string | Uint8Array;

/** A file that may be executed. */
export interface Program {
  readonly program: Content;
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed';
  /** Hunks as GitHub cuts them out of the diff; absent for binary files. */
  readonly patch: string | undefined;
}

export interface GitRepository {
  /** Where it can be cloned from. */
  readonly path: string;
  /** Commits on top of the branch, which is made where it is missing. @returns the SHA */
  commit(branch: string, files: Files, from?: string): Promise<string>;
  /** @returns undefined where there is no such branch, tag or commit */
  resolve(revision: string): Promise<string | undefined>;
  /** Points any ref, such as `refs/pull/7/head`, at a commit. */
  point(ref: string, sha: string): Promise<void>;
  mergeBase(one: string, other: string): Promise<string>;
  /** What differs, renames found as GitHub finds them. */
  compare(from: string, to: string): Promise<ChangedFile[]>;
  /** @returns undefined where there is no such file */
  blob(commit: string, path: string): Promise<Buffer | undefined>;
  /** Takes over a commit of another repository, as a fork's pull request does. */
  fetch(from: GitRepository, sha: string): Promise<void>;
}

/** Nothing of the machine's own. */
const SETTINGS = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

/** @param path of the folder to be made, which should end in `OWNER/NAME` */
export async function createGitRepository(path: string, defaultBranch: string): Promise<GitRepository> {
  mkdirSync(path, { recursive: true });
  const git = async (args: readonly string[], input?: Uint8Array) => {
    const { stdout } = await execa('git', args, {
      cwd: path,
      env: { ...SETTINGS, GIT_DIR: path },
      encoding: 'buffer',
      ...(input === undefined ? {} : { input }),
    });
    return Buffer.from(stdout);
  };
  const text = async (...args: string[]) => (await git(args)).toString('utf8').trimEnd();
  await git(['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, path]);
  // As on GitHub, any commit can be fetched by its SHA.
  await git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);

  const resolve = async (revision: string) => {
    const found = await text('rev-parse', '--verify', '--quiet', `${revision}^{commit}`).catch(() => '');
    return found === '' ? undefined : found;
  };
  return {
    path,
    resolve,
    async commit(branch, files, from = `refs/heads/${branch}`) {
      const parent = await resolve(from);
      const message = `Change ${Object.keys(files).length} files`;
      const stream = [
        `commit refs/heads/${branch}\ncommitter Ada <ada@example.org> ${++clock} +0000\n${data(message)}`,
        ...(parent === undefined ? [] : [`from ${parent}\n`]),
        ...Object.entries(files).flatMap(([name, content]) =>
          content === null ? [`D ${name}\n`] : written(name, content),
        ),
      ];
      await git(
        ['fast-import', '--quiet', '--force'],
        Buffer.concat(stream.map((part) => Buffer.from(part))),
      );
      return text('rev-parse', `refs/heads/${branch}`);
    },
    async point(ref, sha) {
      await git(['update-ref', ref, sha]);
    },
    mergeBase: (one, other) => text('merge-base', one, other),
    async compare(from, to) {
      const raw = await text('diff', '--raw', '-z', '-M', '--no-abbrev', from, to);
      return Promise.all(
        rawEntries(raw).map(async (entry) => {
          const sides = entry.previousPath === undefined ? [entry.path] : [entry.previousPath, entry.path];
          const diff = (
            await git(['diff', '-M', '--no-color', '--no-ext-diff', from, to, '--', ...sides])
          ).toString('utf8');
          const start = diff.search(/^@@ /m);
          return { ...entry, patch: start < 0 ? undefined : diff.slice(start).replace(/\n$/, '') };
        }),
      );
    },
    async blob(commit, name) {
      return git(['cat-file', 'blob', `${commit}:${name}`]).catch(() => undefined);
    },
    async fetch(from, sha) {
      await git(['fetch', '--quiet', from.path, sha]);
    },
  };
}

/** Of the last commit: two commits of the same content must not be the same commit. */
let clock = 1_767_225_600;

function data(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}

function written(name: string, file: Content | Program): Content[] {
  const isContent = typeof file === 'string' || file instanceof Uint8Array;
  const bytes = Buffer.from(isContent ? file : file.program);
  return [`M ${isContent ? '100644' : '100755'} inline ${name}\ndata ${bytes.length}\n`, bytes, '\n'];
}

/** `git diff --raw -z`: a colon entry, then one path, or two for a rename. */
function rawEntries(raw: string): Omit<ChangedFile, 'patch'>[] {
  const fields = raw.split('\0');
  const entries: Omit<ChangedFile, 'patch'>[] = [];
  for (let at = 0; at < fields.length;) {
    const letter = fields[at++]?.split(' ')[4]?.[0];
    const first = fields[at++];
    if (letter === undefined || first === undefined) break;
    if (letter === 'R') entries.push({ path: fields[at++] ?? '', previousPath: first, status: 'renamed' });
    else entries.push({ path: first, previousPath: undefined, status: STATUS[letter] ?? 'modified' });
  }
  return entries;
}

const STATUS: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'removed', M: 'modified' };
