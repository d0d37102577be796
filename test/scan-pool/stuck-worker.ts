/** A scanner that never comes back from a file named `stuck.py`, and dies of `greedy.py`. */
import type { ScanTask } from '../../src/scan-pool/worker.ts';
import type { FileScan } from '../../src/scan/scanner.ts';

export default function scan({ path }: ScanTask): FileScan {
  const kept: number[][] = [];
  while (path === 'stuck.py') if (performance.now() < 0) break;
  while (path === 'greedy.py') kept.push(Array.from({ length: 1_000_000 }, (_, index) => index / 3));
  return { findings: [], notices: [{ path, message: `${kept.length}` }], failures: [] };
}
