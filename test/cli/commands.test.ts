import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanFiles } from '../../src/cli/scan-files.ts';
import { ScanDocument } from '../../src/contract/scan.ts';
import { rules } from '../../src/rules/index.ts';
import { MAIN, leakcheck } from './leakcheck.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakcheck-test-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const HIGH =
  'import functools\n\n\nclass Repo:\n    @functools.cache\n    def load(self, key):\n        return key\n' +
  '\n\ndef serve(key):\n    return Repo().load(key)\n';
const MEDIUM = '_seen = {}\n\n\ndef remember(key, value):\n    _seen[key] = value\n';

describe('the command line itself', () => {
  it('explains every command, with examples and exit statuses', async () => {
    const { status, stdout } = await leakcheck(['--help']);

    expect(status).toBe(0);
    for (const text of ['review', 'scan', 'probe', 'rules', 'explain', 'demo', 'Examples:', 'Exit status:']) {
      expect(stdout).toContain(text);
    }
  });

  it('knows its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };

    expect(await leakcheck(['--version'])).toMatchObject({ status: 0, stdout: version });
  });

  it.each([
    [['revue', '--base', 'main'], /^leakcheck: unknown command 'revue'/],
    [['review'], /^leakcheck: required option '--base <rev>' not specified$/],
    [['review', '--base', 'x', '--block-on', 'all'], /Allowed choices are confirmed, high, any, never\.$/],
    [['scan'], /^leakcheck: missing required argument 'path'$/],
    [['scan', 'a.py', '--formt', 'json'], /unknown option '--formt'\n\(Did you mean --format\?\)$/],
    [['scan', 'a.py', '--jobs', '0'], /argument '0' is invalid\. It is a number from 1 to 64\.$/],
    [['scan', 'nowhere.py'], /^leakcheck: nowhere\.py: no such file or folder$/],
    [['probe', 'a.py'], /^leakcheck: 'a\.py' is no target: write FILE::QUALNAME/],
    [['probe', 'nowhere.py::f'], /^leakcheck: nowhere\.py: no such file$/],
    [['probe', '../x.py::f'], /^leakcheck: \.\.\/x\.py lies outside/],
    [['probe', 'a.py::f()'], /is no target/],
    [['explain', 'cached-methd'], /^leakcheck: 'cached-methd' is no rule; did you mean 'cached-method'\?$/],
    [['explain', 'zzzzzz'], /^leakcheck: 'zzzzzz' is no rule; 'leakcheck rules' lists them$/],
    [['review', '--base', 'main'], /is not inside a git repository/],
  ])('answers %j with one sentence and exit status 2', async (args, message) => {
    const { status, stderr, stdout } = await leakcheck(args, { cwd: folder });

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('shows where an error came from only when asked', async () => {
    const quiet = await leakcheck(['scan', 'nowhere.py'], { cwd: folder });
    const loud = await leakcheck(['scan', 'nowhere.py'], { cwd: folder, env: { LEAKCHECK_DEBUG: '1' } });

    expect(quiet.stderr.split('\n')).toHaveLength(1);
    expect(loud.stderr).toContain('python-files.ts');
  });

  it('tells an old Node what is missing, before it loads anything', async () => {
    const old = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.19.1' })";

    const { status, stderr } = await leakcheck(['--version'], { node: ['--import', old] });

    expect(status).toBe(2);
    expect(stderr).toMatch(/^leakcheck needs Node 22\.20 or newer, and this is 20\.19\.1: install/);
  });

  it('does not complain when its reader leaves', () => {
    const { stdout, stderr } = execaSync(
      'bash',
      ['-c', 'set -o pipefail; "$0" "$1" explain cached-method | head -n 1; exit 0', process.execPath, MAIN],
      { stdin: 'ignore' },
    );

    expect(stdout.split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
  });
});

describe('scan', () => {
  it('prints what it found, and fails on medium and above', async () => {
    write({ 'app/a.py': HIGH, 'app/b.py': MEDIUM });

    const { status, stdout } = await leakcheck(['scan', 'app'], { cwd: folder });

    expect(status).toBe(1);
    expect(stdout).toMatch(/^high {2}cached-method +app\/a\.py:5$/m);
    expect(stdout).toMatch(/^medium {2}module-container-grows +app\/b\.py:5$/m);
    expect(stdout).toMatch(/^2 findings \(1 high, 1 medium\) in 2 files/m);
  });

  it.each([
    ['high', HIGH, 1],
    ['high', MEDIUM, 0],
    ['medium', MEDIUM, 1],
    ['low', MEDIUM, 1],
    ['low', 'a = 1\n', 0],
  ])('--fail-on %s', async (level, source, expected) => {
    write({ 'a.py': source });

    expect(await leakcheck(['scan', 'a.py', '--fail-on', level], { cwd: folder })).toMatchObject({
      status: expected,
    });
  });

  it('finds the same, in the same order, on many threads', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${String(index).padStart(2, '0')}.py`);
    write(Object.fromEntries(names.map((name, index) => [name, index % 3 === 0 ? MEDIUM.repeat(40) : HIGH])));
    const files = names.map((path) => ({ path, absolute: join(folder, path) }));

    const [one, many] = await Promise.all([scanFiles(files, 1), scanFiles(files, 3)]);

    expect(many.document.findings).toEqual(one.document.findings);
    expect(new Set(many.document.findings.map(({ path }) => path))).toEqual(new Set(names));
    expect([...many.sources.keys()]).toEqual([...one.sources.keys()]);
    expect({ ...many.document.stats, milliseconds: 0 }).toEqual({ ...one.document.stats, milliseconds: 0 });
  });

  it.each([
    ['sarif', /^\{\n {2}"\$schema": ".*sarif-schema-2\.1\.0\.json"/],
    [
      'github',
      /^::warning file=a\.py,line=5,endLine=5,col=5,title=Leakcheck%3A cached-method \(high\)::\S.*$/,
    ],
  ])('--format %s', async (format, expected) => {
    write({ 'a.py': HIGH });

    const { status, stdout } = await leakcheck(['scan', 'a.py', '--format', format], { cwd: folder });

    expect(status).toBe(1);
    expect(stdout).toMatch(expected);
  });

  it('prints one document as JSON', async () => {
    write({
      'a.py': HIGH,
      'bad.py': new Uint8Array([0x61, 0xff, 0x0a]),
      'none.py': '',
      'broken.py': 'def f(:\n',
    });

    const { stdout } = await leakcheck(['scan', '.', '--format', 'json'], { cwd: folder });

    const document = ScanDocument.parse(JSON.parse(stdout));
    expect(document.findings.map(({ path, rule }) => [path, rule])).toEqual([['a.py', 'cached-method']]);
    expect(document.notices.map(({ path }) => path)).toEqual(['bad.py', 'broken.py']);
    expect(document.stats.bytes).toBe(HIGH.length + 3 + 'def f(:\n'.length);
  });

  it('takes generated files too, for they were asked for; leaves out what is no source', async () => {
    write({
      'gen.py': `# Generated by a tool\n${HIGH}`,
      'big.py': new Uint8Array(4 * 1024 * 1024 + 1).fill(10),
    });

    const { stdout } = await leakcheck(['scan', '.', '--format', 'json'], { cwd: folder });

    const { findings, notices } = ScanDocument.parse(JSON.parse(stdout));
    expect(findings.map(({ path }) => path)).toEqual(['gen.py']);
    expect(notices).toEqual([{ path: 'big.py', message: expect.stringContaining('4 MiB') as string }]);
  });

  it('walks folders without environments, caches, links and other files; takes what is named itself', async () => {
    write({
      'a.py': HIGH,
      '.venv/lib/b.py': HIGH,
      'node_modules/c.py': HIGH,
      '.git/d.py': HIGH,
      '__pycache__/e.py': HIGH,
      'notes.txt': HIGH,
      script: HIGH,
    });
    execaSync('ln', ['-s', '.', 'loop'], { cwd: folder });
    const paths = async (...args: string[]) => {
      const { stdout } = await leakcheck(['scan', ...args, '--format', 'json'], { cwd: folder });
      return ScanDocument.parse(JSON.parse(stdout)).findings.map(({ path }) => path);
    };

    expect(await paths('.')).toEqual(['a.py']);
    expect(await paths('.', 'a.py', 'script', '.venv/lib/b.py')).toEqual([
      '.venv/lib/b.py',
      'a.py',
      'script',
    ]);
  });
});

describe('the catalogue', () => {
  it('lists every rule', async () => {
    const { stdout } = await leakcheck(['rules']);
    const json = await leakcheck(['rules', '--format', 'json']);

    for (const { id, summary } of rules) {
      expect(stdout).toContain(id);
      expect(stdout).toContain(summary);
    }
    expect((JSON.parse(json.stdout) as { id: string }[]).map(({ id }) => id)).toEqual(
      rules.map(({ id }) => id),
    );
  });

  it('explains a rule with its examples and how to silence it', async () => {
    const { status, stdout } = await leakcheck(['explain', 'cached-method']);

    expect(status).toBe(0);
    for (const text of [
      'How to mend it',
      'Leaks\n',
      'Does not leak\n',
      'Left alone',
      'leakcheck: ignore[cached-method]',
    ]) {
      expect(stdout).toContain(text);
    }
  });
});
