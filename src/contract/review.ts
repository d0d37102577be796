/** `leakcheck/review@1`: a whole review. What `leakcheck review --format json` prints and every view is made from. */
import { z } from 'zod';
import { ProbeReport, ProbeResult } from './report.ts';
import { Finding, Notice } from './scan.ts';

/** Finding and outcome together. */
export const VerdictWord = z.enum(['confirmed', 'suspected', 'cleared']);
export type VerdictWord = z.infer<typeof VerdictWord>;

/** Against the merge base: only in head, in both, only in the merge base. */
export const FindingState = z.enum(['new', 'known', 'fixed']);
export type FindingState = z.infer<typeof FindingState>;

/** What the measurement of the merge base says about a confirmed leak. */
export const Origin = z.enum(['introduced', 'worse', 'already-there', 'unknown']);
export type Origin = z.infer<typeof Origin>;

export const Verdict = z.strictObject({
  verdict: VerdictWord,
  reason: z.string().describe('One sentence'),
  origin: Origin,
  minor: z
    .literal(true)
    .optional()
    .describe('Confirmed, but so small that the garbage collector keeps up with it'),
});
export type Verdict = z.infer<typeof Verdict>;

export const PlacementKind = z.enum(['inline', 'annotation', 'summary', 'hidden']);
export type PlacementKind = z.infer<typeof PlacementKind>;

export const Placement = z.strictObject({
  kind: PlacementKind,
  line: z.int().min(1).describe('Line of head that it is shown at'),
  reason: z.string(),
});
export type Placement = z.infer<typeof Placement>;

/** What makes the conclusion `failure`. */
export const BlockOn = z.enum(['confirmed', 'high', 'any', 'never']);
export type BlockOn = z.infer<typeof BlockOn>;

export const Conclusion = z.strictObject({
  conclusion: z.enum(['success', 'neutral', 'failure', 'action_required']),
  blocks: z.boolean().describe('Whether a required check with this conclusion stops the merge'),
  reason: z.string().describe('One sentence'),
});
export type Conclusion = z.infer<typeof Conclusion>;

export const ReviewedFinding = z.strictObject({
  finding: Finding,
  state: FindingState,
  verdict: Verdict.nullable().describe('Null unless the finding is new'),
  placement: Placement,
  result: ProbeResult.nullable().describe('Null when it was not probed'),
});
export type ReviewedFinding = z.infer<typeof ReviewedFinding>;

const RevisionName = z.strictObject({
  name: z.string().describe('As it was asked for'),
  commit: z.string().nullable().describe('Null: the working tree'),
});

export const ReviewDocument = z.strictObject({
  schema: z.literal('leakcheck/review@1'),
  base: RevisionName,
  head: RevisionName,
  mergeBase: z.string(),
  conclusion: Conclusion,
  findings: z.array(ReviewedFinding).describe('Most important first'),
  notices: z.array(Notice),
  probe: z.strictObject({
    status: z.enum(['ran', 'failed', 'off', 'nothing-to-probe']),
    reason: z.string(),
    environment: ProbeReport.shape.environment.nullable(),
  }),
  stats: z.strictObject({
    changedFiles: z.int().min(0),
    scannedFiles: z.int().min(0).describe('Changed Python files that were scanned in head'),
    scanMilliseconds: z.number().min(0),
    probeMilliseconds: z.number().min(0),
  }),
});
export type ReviewDocument = z.infer<typeof ReviewDocument>;
