/** The scanner on worker threads, so that no file of a pull request can hold up the thread that acknowledges webhooks. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Tinypool } from 'tinypool';
import type { FileScan } from '../scan/scanner.ts';
import type { ScanTask } from './worker.ts';

export interface ScanPool {
  /** Rejects when the file takes longer than the limit, or its thread dies of it; the other files go on. */
  scan(path: string, source: Uint8Array): Promise<FileScan>;
  close(): Promise<void>;
}

export interface ScanPoolOptions {
  readonly threads?: number;
  /** For one file, from the moment that a thread is free for it. */
  readonly seconds?: number;
  /** Heap of one thread. */
  readonly megabytes?: number;
  /** A module with the default export of `worker.ts`. */
  readonly worker?: URL;
}

/** The largest file that is scanned takes about 4 s; a new thread also loads the grammar first. */
const SECONDS = 60;

/** One core stays free for the webhooks. */
const THREADS = Math.max(1, Math.min(8, availableParallelism() - 1));

/** Plenty for the largest file that is scanned; a hostile one then ends its thread and not the process. */
const MEGABYTES = 1024;

// The worker lies beside this file, in source as in the build.
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export function createScanPool(options: ScanPoolOptions = {}): ScanPool {
  const { threads = THREADS, seconds = SECONDS, megabytes = MEGABYTES, worker = WORKER } = options;
  const pool = new Tinypool({
    filename: worker.href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
  });
  const turn = turns(threads);
  return {
    scan: (path, source) => turn(() => within(pool, { path, source }, seconds)),
    close: () => pool.destroy(),
  };
}

async function within(pool: Tinypool, task: ScanTask, seconds: number): Promise<FileScan> {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort();
  }, seconds * 1000);
  try {
    return (await pool.run(task, { signal: abort.signal })) as FileScan;
  } catch (error) {
    if (abort.signal.aborted) throw new Error(`it took longer than ${seconds} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Lets so many run at once: a file's time must not pass while it waits for a thread. */
function turns(free: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
