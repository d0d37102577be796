/** `leakcheck/scan@1`: what `leakcheck scan --format json` prints. */
import { z } from 'zod';
import { Edit, Range } from './position.ts';
import { Cause, Confidence, Recipe, Safety } from './words.ts';

export const Fix = z.strictObject({
  title: z.string().describe('One imperative sentence without a full stop'),
  safety: Safety,
  edits: z.array(Edit).describe('Do not overlap; all in the file of the finding'),
});
export type Fix = z.infer<typeof Fix>;

export const Hold = z
  .strictObject({
    line: z
      .int()
      .min(1)
      .describe('The statement during which the names are still bound but no longer needed'),
    names: z.array(z.string()).min(1).describe('Local names that could have been released before that line'),
  })
  .describe('For the recipe `peak`: where to look at which locals');
export type Hold = z.infer<typeof Hold>;

export const ProbeHint = z.strictObject({
  target: z.string().describe('FILE::QUALNAME of what to call'),
  recipe: Recipe,
  vary: z.array(z.string()).describe('Parameters that must get a new value on every call'),
  hold: Hold.optional(),
});
export type ProbeHint = z.infer<typeof ProbeHint>;

export const Finding = z.strictObject({
  fingerprint: z.string().describe('Stable across moved lines and reformatting'),
  family: z
    .string()
    .describe('The same for findings of one rule in one class, or at module level of one file: shown as one'),
  rule: z.string(),
  cause: Cause,
  confidence: Confidence,
  path: z.string().describe('Relative, with forward slashes'),
  range: Range,
  symbol: z.string().describe('Qualified name of the enclosing class or function; empty at module level'),
  message: z.string().describe('One sentence: what is kept, and by whom'),
  holder: z.string().describe('What keeps it: a name or path of names, such as `_seen` or `Repo.load`'),
  payload: z.string().describe('What is kept, in a few words'),
  fix: Fix.optional(),
  probe: ProbeHint.optional(),
  url: z.string().describe("The rule's page"),
});
export type Finding = z.infer<typeof Finding>;

export const Notice = z
  .strictObject({ path: z.string(), message: z.string() })
  .describe('Something that was not looked at, or only in part, and why');
export type Notice = z.infer<typeof Notice>;

export const ScanDocument = z.strictObject({
  schema: z.literal('leakcheck/scan@1'),
  findings: z.array(Finding),
  notices: z.array(Notice),
  stats: z.strictObject({
    files: z.int().min(0),
    bytes: z.int().min(0),
    milliseconds: z.number().min(0),
  }),
});
export type ScanDocument = z.infer<typeof ScanDocument>;
