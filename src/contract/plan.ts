/** `leakcheck/plan@1`: what the probe shall run. Written by us, read by `python-runner`. */
import { z } from 'zod';
import { Edit } from './position.ts';
import { Hold } from './scan.ts';
import { Device, Recipe } from './words.ts';

export const ProbeTarget = z.strictObject({
  id: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .describe('Names the result; the fingerprint of the finding'),
  target: z.string().describe('FILE::QUALNAME, the file relative to the root of the tree'),
  lines: z
    .strictObject({ start: z.int().min(1), end: z.int().min(1) })
    .nullable()
    .describe('Flagged lines, both included; one of them must run. Null: any line of the target'),
  recipe: Recipe,
  vary: z.array(z.string()),
  hold: Hold.nullable(),
  driver: z.string().nullable().describe('FILE::FUNCTION of a declared driver'),
  fix: z
    .strictObject({ edits: z.array(Edit) })
    .nullable()
    .describe('Applied to the file of the target for the measurement of the fix'),
});
export type ProbeTarget = z.infer<typeof ProbeTarget>;

export const ProbePlan = z.strictObject({
  schema: z.literal('leakcheck/plan@1'),
  limits: z.strictObject({
    seconds: z.number().positive().describe('For the whole plan'),
    secondsPerTarget: z.number().positive().describe('For all runs of one target together'),
    megabytes: z.int().positive().describe('Memory that one worker may take (MiB)'),
  }),
  targets: z.array(ProbeTarget).max(100),
  device: Device.optional().describe('`gpu`: the report says so where no graphics device was there'),
});
export type ProbePlan = z.infer<typeof ProbePlan>;
