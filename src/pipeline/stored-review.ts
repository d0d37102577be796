/** What the first story leaves for the second: findings and figures, no source file. */
import { z } from 'zod';
import { Finding, Notice } from '../contract/scan.ts';
import type { Examined } from './examine.ts';

const Revision = z.strictObject({ name: z.string(), commit: z.string().nullable() });
const Lines = z.array(z.int());

export const StoredReview = z.strictObject({
  version: z.literal(1),
  check: z.strictObject({ id: z.int(), nodeId: z.string() }),
  base: Revision,
  head: Revision,
  mergeBase: z.string(),
  fresh: z.array(Finding),
  known: z.array(Finding),
  fixed: z.array(Finding),
  diff: z.record(z.string(), z.strictObject({ added: Lines, shown: Lines })),
  notices: z.array(Notice),
  troubles: z.array(z.string()),
  changedFiles: z.int(),
  scannedFiles: z.int(),
  scanMilliseconds: z.number(),
  /** Request id → ids of its targets. */
  targets: z.record(z.string(), z.array(z.string())),
  /** Request id → why it could not be dispatched. */
  failures: z.record(z.string(), z.string()),
  startedAt: z.number().describe('Milliseconds since 1970'),
});
export type StoredReview = z.infer<typeof StoredReview>;

export function toStored(
  examined: Examined,
  rest: Pick<StoredReview, 'check' | 'targets' | 'failures' | 'startedAt'>,
): StoredReview {
  const { compared, diff, ...facts } = examined;
  // Only what a comment can stand on.
  const paths = new Set(compared.fresh.map(({ path }) => path));
  const kept = [...diff].filter(([path]) => paths.has(path));
  return {
    ...facts,
    ...rest,
    version: 1,
    notices: [...facts.notices],
    troubles: [...facts.troubles],
    fresh: [...compared.fresh],
    known: [...compared.known],
    fixed: [...compared.fixed],
    diff: Object.fromEntries(
      kept.map(([path, { added, shown }]) => [path, { added: [...added], shown: [...shown] }]),
    ),
  };
}

export function fromStored(stored: StoredReview): Examined {
  const { fresh, known, fixed, diff, base, head, mergeBase, notices, troubles } = stored;
  const { changedFiles, scannedFiles, scanMilliseconds } = stored;
  return {
    base,
    head,
    mergeBase,
    compared: { fresh, known, fixed },
    diff: new Map(
      Object.entries(diff).map(([path, { added, shown }]) => [
        path,
        { added: new Set(added), shown: new Set(shown) },
      ]),
    ),
    notices,
    troubles,
    changedFiles,
    scannedFiles,
    scanMilliseconds,
  };
}
