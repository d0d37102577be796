import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onAbort } from './cleanup.ts';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/** A new folder that only this user can read; gone after `remove()`, and after SIGINT or SIGTERM. */
export async function makeTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(await realpath(tmpdir()), 'leakcheck-'));
  const erase = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  const forget = onAbort(erase);
  return {
    path,
    remove() {
      forget();
      erase();
    },
  };
}
