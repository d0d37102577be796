/**
 * What the scan costs beyond the bare parse of the same files, for both parsers, on the standard library.
 *
 *     npm run bench:scan
 */
import { performance } from 'node:perf_hooks';
import type { Backend } from '../src/python/backends/backend.ts';
import { createParser } from '../src/python/parser.ts';
import { decode } from '../src/python/source-file.ts';
import { createScanner } from '../src/scan/create-scanner.ts';
import { standardLibrary } from './python-files.ts';

const ROUNDS = 3;

const files = standardLibrary();
const megabytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
const texts = files.flatMap(({ bytes }) => {
  const decoded = decode(bytes);
  return 'text' in decoded ? [decoded.text] : [];
});
console.log(`${files.length} files, ${megabytes.toFixed(1)} MB, median of ${ROUNDS} rounds\n`);

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
  const [parse, tree, scan] = [median(times.parse), median(times.tree), median(times.scan)];
  console.log(
    `${name.padEnd(7)} parse ${seconds(parse)} (${(megabytes / (parse / 1000)).toFixed(1)} MB/s)` +
      `   with our tree ${seconds(tree)} (${(tree / parse).toFixed(2)}×)   whole scan ${seconds(scan)} (${(scan / parse).toFixed(2)}×)`,
  );
}

async function load(name: Backend['name']): Promise<Backend> {
  if (name === 'wasm') return (await import('../src/python/backends/wasm.ts')).createWasmBackend();
  return (await import('../src/python/backends/native.ts')).createNativeBackend();
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
