/** Fetches two exact commits from a real repository. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { temporaryRepository } from '../git/temporary-repository.ts';
import type { TemporaryRepository } from '../git/temporary-repository.ts';
import { ACTION } from './run-action.ts';

let repository: TemporaryRepository;
let workspace: string;

beforeEach(() => {
  repository = temporaryRepository();
  repository.git('config', 'uploadpack.allowReachableSHA1InWant', 'true');
  workspace = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
});

afterEach(() => {
  repository.remove();
  rmSync(workspace, { recursive: true, force: true });
});

const fetchSource = (env: Readonly<Record<string, string>>) =>
  execa(join(ACTION, 'fetch-source.sh'), {
    cwd: workspace,
    reject: false,
    env: {
      GIT_ALLOW_PROTOCOL: 'file',
      GITHUB_SERVER_URL: dirname(dirname(repository.path)),
      GITHUB_REPOSITORY: `${basename(dirname(repository.path))}/${basename(repository.path)}`,
      ...env,
    },
  });

it('writes both trees, without their history, hooks and filters', async () => {
  const marker = join(workspace, 'filtered');
  repository.write({ 'app/a.py': 'old = 1\n' });
  const base = repository.commit();
  repository.write({ 'app/a.py': 'new = 1\n', '.gitattributes': '*.py filter=evil export-ignore\n' });
  const head = repository.commit();
  repository.write({ 'app/a.py': 'later = 1\n' });
  repository.commit();

  writeFileSync(join(workspace, '.gitconfig'), `[filter "evil"]\n  smudge = touch ${marker}; cat\n`);

  const { exitCode, stderr } = await fetchSource({
    HEAD_SHA: head,
    BASE_SHA: base,
    HOME: workspace,
  });

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(readFileSync(join(workspace, 'source/head/app/a.py'), 'utf8')).toBe('new = 1\n');
  expect(readFileSync(join(workspace, 'source/base/app/a.py'), 'utf8')).toBe('old = 1\n');
  expect(readdirSync(join(workspace, 'source/head')).sort()).toEqual(['.gitattributes', 'app']);
  expect(existsSync(marker)).toBe(false);
});

test.each([
  ['a branch', { HEAD_SHA: 'main' }, 'head_sha must be 40 hexadecimal digits.'],
  ['an option', { BASE_SHA: '--upload-pack=touch x' }, 'base_sha must be 40 hexadecimal digits.'],
  ['another repository', { GITHUB_REPOSITORY: 'a/b/../c' }, 'GITHUB_REPOSITORY must be owner/name.'],
  ['a commit that is not there', {}, `The commit ${'a'.repeat(40)} (head) cannot be fetched.`],
  ['another protocol', { GIT_ALLOW_PROTOCOL: 'https' }, `The commit ${'a'.repeat(40)} (head) cannot be fetched.`],
])('refuses %s', async (_, env, sentence) => {
  const { exitCode, stdout } = await fetchSource({
    HEAD_SHA: 'a'.repeat(40),
    BASE_SHA: 'b'.repeat(40),
    ...env,
  });

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: `::error title=Leakcheck::${sentence}` });
}); // prettier-ignore
