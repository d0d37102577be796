import { afterEach, expect, it } from 'vitest';
import { createScanPool } from '../../src/scan-pool/scan-pool.ts';
import type { ScanPool, ScanPoolOptions } from '../../src/scan-pool/scan-pool.ts';
import { createScanner } from '../../src/scan/create-scanner.ts';

let pool: ScanPool | undefined;

afterEach(() => pool?.close());

function open(options: ScanPoolOptions): ScanPool {
  pool = createScanPool(options);
  return pool;
}

const stuck = new URL('./stuck-worker.ts', import.meta.url);
const LEAK = 'import functools\n\n\nclass Repo:\n    @functools.cache\n    def load(self, key): ...\n';

it('says what the scanner says, for many files at once', async () => {
  const threads = open({ threads: 2 });
  const sources = Array.from({ length: 8 }, (_, index) => Buffer.from(LEAK + `x${index} = 1\n`));
  const scanner = await createScanner();

  const scans = await Promise.all(sources.map((source, index) => threads.scan(`app/${index}.py`, source)));

  expect(scans[0]?.findings).toHaveLength(1);
  expect(scans).toEqual(sources.map((source, index) => scanner.scan(`app/${index}.py`, source)));
});

it('gives up on a file that takes too long, and goes on with the others', async () => {
  const threads = open({ threads: 1, seconds: 3, worker: stuck });

  const [first, second] = await Promise.allSettled([
    threads.scan('stuck.py', Buffer.from('')),
    threads.scan('fine.py', Buffer.from('')),
  ]);

  expect(first).toMatchObject({ status: 'rejected', reason: new Error('it took longer than 3 s') });
  expect(second.status).toBe('fulfilled');
});

it('outlives a thread that runs out of memory', async () => {
  const threads = open({ threads: 1, megabytes: 64, worker: stuck });

  await expect(threads.scan('greedy.py', Buffer.from(''))).rejects.toThrow(/memory/);
  expect((await threads.scan('fine.py', Buffer.from(''))).notices).toHaveLength(1);
});
