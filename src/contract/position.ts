/** Places in a source file. */
import { z } from 'zod';

export const Position = z.strictObject({
  line: z.int().min(1).describe('1-based line'),
  column: z.int().min(1).describe('1-based column in Unicode code points'),
});
export type Position = z.infer<typeof Position>;

export const Range = z
  .strictObject({ start: Position, end: Position })
  .describe('Half-open: the end is the first position after the range');
export type Range = z.infer<typeof Range>;

export const Edit = z
  .strictObject({ range: Range, text: z.string() })
  .describe('Replace the range by the text');
export type Edit = z.infer<typeof Edit>;
