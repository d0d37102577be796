import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffLines } from '../../src/changes/diff-lines.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Comparison } from '../../src/pipeline/ports.ts';
import { temporaryRepository } from './temporary-repository.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

let repository: TemporaryRepository;
let folders: string[];

beforeEach(() => {
  repository = temporaryRepository();
  folders = [];
});

afterEach(() => {
  for (const folder of [repository.path, ...folders]) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
  folders.push(path);
  return path;
}

async function compare<Result>(
  base: string,
  head: string | undefined,
  look: (trees: Comparison) => Result | Promise<Result>,
  directory = repository.path,
): Promise<Result> {
  const trees = await (await openRepository(directory)).compare(base, head);
  try {
    return await look(trees);
  } finally {
    trees.close();
  }
}

const summary = ({ files }: Comparison) =>
  files.map(({ status, path, previousPath }) => [status, path, previousPath]);

describe('what changed', () => {
  it('compares with the merge base, not with the tip of the base', async () => {
    repository.write({ 'a.py': 'a = 1\n' });
    const ancestor = repository.commit();
    repository.git('switch', '--quiet', '--create', 'feature');
    repository.write({ 'b.py': 'b = 1\n' });
    repository.commit();
    repository.git('switch', '--quiet', 'main');
    repository.write({ 'a.py': 'a = 2\n' });
    repository.commit();

    const trees = await compare('main', 'feature', (it) => it);

    expect(trees.mergeBase).toBe(ancestor);
    expect(summary(trees)).toEqual([['added', 'b.py', 'b.py']]);
  });

  it('knows added, modified, deleted and renamed files', async () => {
    repository.write({
      'keep.py': 'x\n'.repeat(30),
      'gone.py': 'g\n',
      'old.py': 'line\n'.repeat(30),
      'same.py': 's\n',
    });
    repository.commit();
    repository.git('mv', 'old.py', 'new.py');
    repository.git('rm', '--quiet', 'gone.py');
    repository.write({ 'keep.py': 'y\n', 'new.py': `${'line\n'.repeat(30)}more\n`, 'add.py': 'a\n' });
    repository.commit();

    const found = await compare('HEAD~1', 'HEAD', summary);

    expect(found).toEqual([
      ['added', 'add.py', 'add.py'],
      ['deleted', 'gone.py', 'gone.py'],
      ['modified', 'keep.py', 'keep.py'],
      ['renamed', 'new.py', 'old.py'],
    ]);
  });

  it.each([
    ['with space.py'],
    ['dir with space/ü – 漢字.py'],
    ['quote"and\\backslash.py'],
    ['line\nfeed.py'],
    ['tab\there.py'],
    ['-dash.py'],
    [':colon.py'],
    ['*star.py'],
  ])('reads a file called %j', async (name) => {
    repository.write({ [name]: 'a = 1\n' });
    repository.commit();
    repository.write({ [name]: 'a = 1\nb = 2\n' });

    const { path, shown, text } = await compare('HEAD', undefined, async (trees) => {
      const file = trees.files[0];
      const blob = file?.head?.blob ?? '';
      return {
        path: file?.path,
        shown: [...diffLines(file?.patch ?? '').added],
        text: new TextDecoder().decode((await trees.read([blob])).get(blob)),
      };
    });

    expect({ path, shown, text }).toEqual({ path: name, shown: [2], text: 'a = 1\nb = 2\n' });
  });

  it('gives the lines of head that the diff shows, whatever the diff settings are', async () => {
    for (const [key, value] of [
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.context', '0'],
      ['diff.suppressBlankEmpty', 'true'],
      ['color.ui', 'always'],
      ['diff.external', 'false'],
    ] as const) repository.git('config', key, value); // prettier-ignore
    repository.write({ 'a.py': 'one\n\nthree\nfour\nfive\nsix\n' });
    repository.commit();
    repository.write({ 'a.py': 'one\n\nTHREE\nfour\nfive\nsix\n' });
    repository.commit();

    const lines = await compare('HEAD~1', 'HEAD', ({ files }) => diffLines(files[0]?.patch ?? ''));

    expect([...lines.added]).toEqual([3]);
    expect([...lines.shown]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads the patches of Python files only', async () => {
    repository.write({ 'data.csv': '1\n', 'pkg/sub/a.py': 'a\n' });
    repository.commit();
    repository.write({ 'data.csv': '2\n', 'pkg/sub/a.py': 'b\n' });

    const patches = await compare('main', undefined, ({ files }) =>
      files.map(({ path, patch }) => [path, patch]),
    );

    expect(patches).toEqual([
      ['data.csv', ''],
      ['pkg/sub/a.py', '@@ -1 +1 @@\n-a\n+b\n'],
    ]);
  });

  it('tells links and submodules from files', async () => {
    repository.write({ 'a.py': 'a\n' });
    const commit = repository.commit();
    symlinkSync('/etc/hostname', join(repository.path, 'link.py'));
    repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},module.py`);
    repository.git('add', 'link.py');
    repository.git('commit', '--quiet', '--message', 'odd');

    const kinds = await compare('HEAD~1', 'HEAD', ({ files }) =>
      files.map(({ path, head }) => [path, head?.kind]),
    );

    expect(kinds).toEqual([['link.py', 'link'], ['module.py', 'submodule']]); // prettier-ignore
  });
});

describe('the working tree', () => {
  it('is tracked and untracked files as they are, without the ignored ones', async () => {
    repository.write({ 'a.py': 'a = 1\n', 'gone.py': 'g\n', '.gitignore': 'ignored.py\n' });
    repository.commit();
    repository.write({ 'a.py': 'a = 2\n', 'staged.py': 's\n', 'new.py': 'n\n', 'ignored.py': 'i\n' });
    repository.git('add', 'staged.py');
    rmSync(join(repository.path, 'gone.py'));

    const found = await compare('main', undefined, summary);

    expect(found.map(([status, path]) => `${status ?? ''} ${path ?? ''}`)).toEqual([
      'modified a.py',
      'deleted gone.py',
      'added new.py',
      'added staged.py',
    ]);
  });

  it('sees a change of the same size within the second of the commit', async () => {
    for (let round = 0; round < 5; round += 1) {
      repository.write({ 'a.py': `a = ${round}\n` });
      repository.commit();
      repository.write({ 'a.py': `a = ${round + 1}\n` });

      expect(await compare('HEAD', undefined, summary)).toEqual([['modified', 'a.py', 'a.py']]);
    }
  });

  it('is read without writing anything to the repository', async () => {
    repository.write({ 'a.py': 'a = 1\n' });
    repository.commit();
    repository.write({ 'a.py': 'a = 2\n', 'new.py': 'n\n' });
    const state = () => [
      readFileSync(join(repository.path, '.git/index')).toString('hex'),
      readdirSync(join(repository.path, '.git'), { recursive: true }).sort().join('\n'),
      repository.git('--no-optional-locks', 'status', '--porcelain'),
    ];
    const before = state();

    await compare('main', undefined, async (trees) => trees.writeTree('head', folder()));

    expect(state()).toEqual(before);
  });

  it('works from a folder inside the repository, and with paths relative to its root', async () => {
    repository.write({ 'pkg/deep/a.py': 'a\n' });
    repository.commit();
    repository.write({ 'pkg/deep/a.py': 'b\n', 'top.py': 't\n' });

    const found = await compare('main', undefined, summary, join(repository.path, 'pkg/deep'));

    expect(found.map(([, path]) => path)).toEqual(['pkg/deep/a.py', 'top.py']);
  });

  it('works in a linked worktree and where the path has a colon', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    const linked = join(folder(), 'li:nk"ed');
    repository.git('worktree', 'add', '--quiet', linked, '-b', 'side');
    writeFileSync(join(linked, 'b.py'), 'b\n');

    expect(await compare('main', undefined, summary, linked)).toEqual([['added', 'b.py', 'b.py']]);
  });

  it('takes a conflict as it stands in the file', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    repository.git('switch', '--quiet', '--create', 'side');
    repository.write({ 'a.py': 'b\n' });
    repository.commit();
    repository.git('switch', '--quiet', 'main');
    repository.write({ 'a.py': 'c\n' });
    repository.commit();
    expect(() => repository.git('merge', 'side')).toThrow();

    const patch = await compare('main', undefined, ({ files }) => files[0]?.patch);

    expect(patch).toContain('+<<<<<<< HEAD');
  });

  it('leaves big untracked files and nested repositories out', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    writeFileSync(join(repository.path, 'data.bin'), new Uint8Array(33 * 1024 * 1024));
    mkdirSync(join(repository.path, 'nested'));
    execaSync('git', ['init', '--quiet'], { cwd: join(repository.path, 'nested') });
    writeFileSync(join(repository.path, 'nested/n.py'), 'n\n');

    const { files, notices } = await compare('main', undefined, (trees) => trees);

    expect(files).toEqual([]);
    expect(notices).toEqual([{ path: 'data.bin', message: expect.stringContaining('32 MiB') as string }]);
  });

  it('ignores what a calling hook has set', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    repository.write({ 'b.py': 'b\n' });
    process.env['GIT_DIR'] = '/nonexistent';
    process.env['GIT_INDEX_FILE'] = '/nonexistent/index';
    try {
      expect(await compare('main', undefined, summary)).toEqual([['added', 'b.py', 'b.py']]);
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
  });
});

describe('writing a tree', () => {
  it('writes both sides whole, with the executable bit', async () => {
    repository.write({ 'a.py': 'a = 1\n', 'data/x.txt': 'x', 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(repository.path, 'run.sh'), 0o755);
    repository.commit();
    repository.write({ 'a.py': 'a = 2\n', 'new.py': 'n\n' });
    const [base, head] = [folder(), folder()];

    await compare('main', undefined, async (trees) => {
      await trees.writeTree('base', base);
      await trees.writeTree('head', head);
    });

    expect(readFileSync(join(base, 'a.py'), 'utf8')).toBe('a = 1\n');
    expect(readFileSync(join(head, 'a.py'), 'utf8')).toBe('a = 2\n');
    expect(readdirSync(base).sort()).toEqual(['a.py', 'data', 'run.sh']);
    expect(readdirSync(head).sort()).toEqual(['a.py', 'data', 'new.py', 'run.sh']);
    expect(() => execaSync(join(head, 'run.sh'))).not.toThrow();
  });

  it('starts no hook, no filter and no monitor', async () => {
    const evidence = join(folder(), 'started');
    const program = join(folder(), 'program');
    writeFileSync(program, `#!/bin/sh\necho "$0" >> ${evidence}\ncat\n`);
    chmodSync(program, 0o755);
    repository.write({ 'a.py': 'a = 1\n', '.gitattributes': '*.py filter=odd diff=odd\n' });
    repository.commit();
    mkdirSync(join(repository.path, '.git/hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'post-index-change', 'fsmonitor-watchman']) {
      writeFileSync(join(repository.path, '.git/hooks', hook), readFileSync(program));
      chmodSync(join(repository.path, '.git/hooks', hook), 0o755);
    }
    for (const [key, value] of [
      ['filter.odd.smudge', program],
      ['filter.odd.clean', program],
      ['filter.odd.required', 'true'],
      ['diff.odd.textconv', program],
      ['diff.odd.command', program],
      ['core.fsmonitor', program],
    ] as const) repository.git('config', key, value); // prettier-ignore
    repository.write({ 'a.py': 'a = 2\n' });
    const head = folder();

    const patch = await compare('HEAD', undefined, async (trees) => {
      await trees.writeTree('head', head);
      return trees.files[0]?.patch;
    });

    expect(existsSync(evidence)).toBe(false);
    expect(patch).toContain('+a = 2');
    expect(readFileSync(join(head, 'a.py'), 'utf8')).toBe('a = 2\n');
  });
});

describe('what cannot be compared gets one sentence', () => {
  it.each([
    ['no-such-branch', undefined, /^--base: 'no-such-branch' is not a commit/],
    ['main', 'no-such-head', /^--head: 'no-such-head' is not a commit/],
    ['--output=x', undefined, /^--base: '--output=x' is not a commit/],
    ['', undefined, /^--base: '' is not a commit/],
    ['main:a.py', undefined, /^--base: 'main:a.py' is not a commit/],
  ])('base %j, head %j', async (base, head, message) => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();

    await expect(compare(base, head, summary)).rejects.toThrow(message);
  });

  it('suggests the remote branch of that name', async () => {
    repository.write({ 'a.py': 'a\n' });
    const commit = repository.commit();
    repository.git('update-ref', 'refs/remotes/origin/release', commit);

    await expect(compare('release', undefined, summary)).rejects.toThrow("did you mean 'origin/release'?");
  });

  it('a repository without a commit', async () => {
    await expect(compare('main', undefined, summary)).rejects.toThrow('This repository has no commit yet');
  });

  it('a folder that is no repository, and one that is not there', async () => {
    await expect(openRepository(folder())).rejects.toThrow('is not inside a git repository');
    await expect(openRepository('/nonexistent/folder')).rejects.toThrow('/nonexistent/folder');
  });

  it('unrelated histories', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    repository.git('switch', '--quiet', '--orphan', 'other');
    repository.write({ 'b.py': 'b\n' });
    repository.commit();

    await expect(compare('main', undefined, summary)).rejects.toThrow(
      "'main' and 'HEAD' have no common ancestor: name",
    );
  });

  it('a shallow clone without the merge base', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    repository.git('switch', '--quiet', '--create', 'side');
    repository.write({ 'b.py': 'b\n' });
    repository.commit();
    repository.git('switch', '--quiet', 'main');
    repository.write({ 'c.py': 'c\n' });
    repository.commit();
    const clone = join(folder(), 'clone');
    repository.git('clone', '--quiet', '--depth=1', '--no-single-branch', `file://${repository.path}`, clone);

    await expect(compare('origin/side', undefined, summary, clone)).rejects.toThrow('git fetch --unshallow');
  });

  it('a bare repository without --head', async () => {
    repository.write({ 'a.py': 'a\n' });
    repository.commit();
    const bare = join(folder(), 'bare.git');
    repository.git('clone', '--quiet', '--bare', repository.path, bare);
    const target = folder();

    await expect(compare('main', undefined, summary, bare)).rejects.toThrow('--head REV');
    await compare('main', 'main', (trees) => trees.writeTree('head', target), bare);
    expect(readdirSync(target)).toEqual(['a.py']);
  });
});
