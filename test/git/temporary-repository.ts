/** A real git repository in a temporary folder. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';

export interface TemporaryRepository {
  readonly path: string;
  git(...args: string[]): string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Commits everything there is. @returns the commit */
  commit(message?: string): string;
  remove(): void;
}

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false'];

export function temporaryRepository(): TemporaryRepository {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
  const git = (...args: string[]) =>
    execaSync('git', [...IDENTITY, ...args], { cwd: path, stdin: 'ignore' }).stdout;
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    git,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    },
    commit(message = 'change') {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
