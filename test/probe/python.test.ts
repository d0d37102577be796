import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { findPython } from '../../src/probe/python.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
  vi.stubEnv('VIRTUAL_ENV', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An interpreter that answers what it is told to. */
function interpreter(path: string, script: string): string {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, `#!/bin/sh\n${script}\n`);
  chmodSync(absolute, 0o755);
  return absolute;
}

const GOOD = 'echo cpython 3.12.1';
const find = (wanted?: string) => findPython({ wanted, projectRoot: join(folder, 'project') });

describe('which Python', () => {
  it('takes --python before all others', async () => {
    const wanted = interpreter('mine', GOOD);
    interpreter('project/.venv/bin/python', GOOD);

    expect(await find(wanted)).toBe(wanted);
  });

  it("then $VIRTUAL_ENV, then the project's .venv, then python3", async () => {
    expect(await find()).toBe('python3');

    const own = interpreter('project/.venv/bin/python', GOOD);
    expect(await find()).toBe(own);

    const active = interpreter('active/bin/python', GOOD);
    vi.stubEnv('VIRTUAL_ENV', join(folder, 'active'));
    expect(await find()).toBe(active);
  });

  it('passes over one that will not do', async () => {
    interpreter('project/.venv/bin/python', 'echo cpython 3.8.20');

    expect(await find()).toBe('python3');
  });

  it.each([
    ['echo cpython 3.8.20', /is Python 3\.8\.20, and the probe needs 3\.9 or newer$/],
    ['echo pypy 3.10.14', /is pypy, and the probe needs CPython$/],
    ['echo', /is no Python, and the probe needs CPython$/],
    ['echo broken >&2; exit 3', /does not run \(broken\)$/],
  ])('refuses a --python that does %j', async (script, message) => {
    const wanted = interpreter('mine', script);

    const error: unknown = await find(wanted).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toHaveProperty('message', expect.stringMatching(message));
  });

  it('refuses a --python that is not there', async () => {
    await expect(find('/nonexistent/python')).rejects.toThrow('--python: /nonexistent/python was not found');
  });

  it('says what it tried when there is none', async () => {
    vi.stubEnv('PATH', folder + delimiter);

    await expect(find()).rejects.toThrow(
      /^no Python to run the code with \(python3 was not found; python was not found\): install/,
    );
  });
});
