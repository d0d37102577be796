/** Compiles `src` to `dist` and puts the Python grammar and the rules' data beside it. */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

// The grammar we tested: a changed file under the same version must not slip into a build.
const GRAMMAR_SHA256 = '16108b50df4ee9a30168794252ab55e7c93bfc5765d7fa0aa3e335752c515f47';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

rmSync(dist, { recursive: true, force: true });
const compiled = await execa('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: root,
  preferLocal: true,
  stdio: 'inherit',
  reject: false,
});
if (compiled.failed) process.exit(1);

const grammar = createRequire(import.meta.url).resolve('tree-sitter-python/tree-sitter-python.wasm');
const hash = createHash('sha256').update(readFileSync(grammar)).digest('hex');
if (hash !== GRAMMAR_SHA256) {
  throw new Error(`${grammar} has the SHA-256 ${hash}, expected ${GRAMMAR_SHA256}: reinstall with 'npm ci'`);
}
mkdirSync(`${dist}/python/grammar`, { recursive: true });
copyFileSync(grammar, `${dist}/python/grammar/tree-sitter-python.wasm`);
cpSync(`${root}src/demo/sample`, `${dist}/demo/sample`, {
  recursive: true,
  filter: (path) => !path.includes('__pycache__'),
});
chmodSync(`${dist}/cli/main.js`, 0o755);
