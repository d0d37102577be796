/**
 * What the scan costs: beyond the bare parse of the same files with both parsers, and beside ruff, pylint and semgrep as
 * processes on the same files, one thread and all cores.
 *
 *     npm run bench:scan [-- --parse | --sample]      --parse leaves the peers out, --sample the large trees
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { makeTemporaryDirectory } from '../src/process/temporary-directory.ts';
import type { Backend } from '../src/python/backends/backend.ts';
import { createParser } from '../src/python/parser.ts';
import { decode } from '../src/python/source-file.ts';
import { createScanner } from '../src/scan/create-scanner.ts';
import { packages, standardLibrary, type Tree } from './trees.ts';

const ROUNDS = 3;
/** pylint with all its checks takes about a second for a file: every tool gets this sample besides the trees. */
const SAMPLE = 20;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PEERS = here('../.cache/bench/bin/');
const MAIN = here('../dist/cli/main.js');
const CORES = availableParallelism();

const library = standardLibrary();

async function compareWithParse(tree: Tree): Promise<void> {
  const files = tree.files.map((path) => ({ path, bytes: readFileSync(join(tree.root, path)) }));
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
  const texts = files.flatMap(({ bytes }) => {
    const decoded = decode(bytes);
    return 'text' in decoded ? [decoded.text] : [];
  });
  console.log(
    `${tree.name}: ${files.length} files, ${megabytes.toFixed(1)} MB, one thread, median of ${ROUNDS}\n`,
  );
  for (const name of ['wasm', 'native'] as const) {
    const backend = await load(name).catch(() => undefined);
    if (!backend) {
      console.log(`${name}: does not load on this machine`);
      continue;
    }
    const parser = await createParser(name);
    const scanner = await createScanner({ backend: name });
    const times = { parse: [] as number[], tree: [] as number[], scan: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.parse.push(measure(texts, (text) => backend.visit(text, () => 0)));
      times.tree.push(measure(texts, (text) => parser.parse(text)));
      times.scan.push(measure(files, ({ path, bytes }) => scanner.scan(path, bytes)));
    }
    const [parse, whole, scan] = [median(times.parse), median(times.tree), median(times.scan)];
    console.log(
      `${name.padEnd(7)} parse ${seconds(parse)} (${(megabytes / (parse / 1000)).toFixed(1)} MB/s)` +
        `   with our tree ${seconds(whole)} (${(whole / parse).toFixed(2)}×)   whole scan ${seconds(scan)} (${(scan / parse).toFixed(2)}×)`,
    );
  }
}

async function load(name: Backend['name']): Promise<Backend> {
  if (name === 'wasm') return (await import('../src/python/backends/wasm.ts')).createWasmBackend();
  return (await import('../src/python/backends/native.ts')).createNativeBackend();
}

/** A tool as people run it: one process over a folder. */
interface Contender {
  readonly name: string;
  readonly command: string;
  readonly arguments: (folder: string, jobs: number) => readonly string[];
  readonly onlySample?: boolean;
}

const CONTENDERS: readonly Contender[] = [
  {
    name: 'leakcheck, all rules',
    command: process.execPath,
    arguments: (folder, jobs) => [MAIN, 'scan', folder, '--format', 'json', '--jobs', String(jobs)],
  },
  {
    name: 'ruff, all of B and RUF',
    command: `${PEERS}ruff`,
    arguments: (folder) => [
      ...['check', '--isolated', '--no-cache', '--quiet', '--preview', '--select', 'B,RUF', folder],
    ],
  },
  {
    name: 'pylint, its leak checks',
    command: `${PEERS}pylint`,
    arguments: (folder, jobs) => [
      ...['--rcfile', '/dev/null', '--recursive', 'y', '-j', String(jobs), '--disable=all'],
      ...['--enable=method-cache-max-size-none,dangerous-default-value,consider-using-with', folder],
    ],
    onlySample: true,
  },
  {
    name: 'pylint, all checks',
    command: `${PEERS}pylint`,
    arguments: (folder, jobs) => ['--rcfile', '/dev/null', '--recursive', 'y', '-j', String(jobs), folder],
    onlySample: true,
  },
  {
    name: 'semgrep, ten such leaks',
    command: `${PEERS}semgrep`,
    arguments: (folder, jobs) => [
      ...['scan', '--config', here('semgrep.yml'), '--metrics', 'off', '--disable-version-check', '--quiet'],
      ...['--no-git-ignore', '--x-ignore-semgrepignore-files', '--jobs', String(jobs), folder],
    ],
  },
];

async function compareWithPeers(): Promise<void> {
  const all = packages();
  const only = (name: string): Tree => ({
    ...all,
    name,
    files: all.files.filter((path) => path.startsWith(`${name}/`)),
  });
  const large = [library, only('pandas'), only('sympy')];
  const sample: Tree = {
    name: `every ${SAMPLE}th file of the standard library`,
    root: library.root,
    files: library.files.filter((_, index) => index % SAMPLE === 0),
  };
  for (const tree of process.argv.includes('--sample') ? [sample] : [sample, ...large]) {
    const directory = await makeTemporaryDirectory();
    try {
      for (const path of tree.files) {
        mkdirSync(dirname(join(directory.path, path)), { recursive: true });
        cpSync(join(tree.root, path), join(directory.path, path));
      }
      console.log(`\n${tree.name}: ${tree.files.length} files\n`);
      console.log(`${''.padEnd(26)} one thread      ${CORES} cores     memory   against leakcheck`);
      let own = 0;
      for (const contender of CONTENDERS) {
        if (contender.onlySample && tree !== sample) continue;
        if (!existsSync(contender.command)) {
          console.log(`${contender.name.padEnd(26)} not installed: npm run bench:scan makes .cache/bench`);
          continue;
        }
        const [single, many] = [timed(contender, directory.path, 1), timed(contender, directory.path, CORES)];
        own ||= single.milliseconds;
        console.log(
          `${contender.name.padEnd(26)} ${seconds(single.milliseconds).padStart(10)} ${seconds(many.milliseconds).padStart(12)}` +
            `${`${single.megabytes.toFixed(0)} MB`.padStart(11)} ${(single.milliseconds / own).toFixed(2).padStart(11)}×`,
        );
      }
    } finally {
      directory.remove();
    }
  }
}

/** Runs a command and prints the peak resident memory of the largest of its processes, in KiB, as the last line. */
const WRAPPER = `
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
if b'error: ' in done.stderr[:400] or b'usage:' in done.stderr[:400]:
    sys.exit(done.stderr.decode())
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`;

function timed(
  contender: Contender,
  folder: string,
  jobs: number,
): { milliseconds: number; megabytes: number } {
  const command = [contender.command, ...contender.arguments(folder, jobs)];
  // ruff takes its number of threads from the environment.
  const env = { RAYON_NUM_THREADS: String(jobs), TOKIO_WORKER_THREADS: String(jobs) };
  const runs = Array.from({ length: contender.onlySample ? 1 : ROUNDS }, () => {
    const start = performance.now();
    const { stdout } = execaSync('python3', ['-c', WRAPPER, ...command], { env });
    return { milliseconds: performance.now() - start, megabytes: Number(stdout) / 1024 };
  });
  return (
    runs.toSorted((a, b) => a.milliseconds - b.milliseconds)[runs.length >> 1] ?? {
      milliseconds: 0,
      megabytes: 0,
    }
  );
}

function measure<T>(items: readonly T[], work: (item: T) => unknown): number {
  const start = performance.now();
  for (const item of items) work(item);
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

if (!process.argv.includes('--sample')) await compareWithParse(library);
if (!process.argv.includes('--parse')) await compareWithPeers();
