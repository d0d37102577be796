/** The fixed vocabularies of the documents. Every list is the one place where its words are declared. */
import { z } from 'zod';

export const Cause = z.enum([
  'reference-cycle',
  'still-in-scope',
  'global',
  'cache',
  'fragmentation',
  'external-library',
]);
export type Cause = z.infer<typeof Cause>;

export const Confidence = z.enum(['high', 'medium', 'low']);
export type Confidence = z.infer<typeof Confidence>;

/** `safe` fixes become suggestions that one click applies; `review` fixes are shown as code. */
export const Safety = z.enum(['safe', 'review']);
export type Safety = z.infer<typeof Safety>;

/** What the probe measures first for a finding. */
export const Recipe = z.enum(['growth', 'cycle', 'peak', 'fragmentation']);
export type Recipe = z.infer<typeof Recipe>;

/** How the target was called. */
export const DriverKind = z.enum(['declared', 'tests', 'synthesised', 'script', 'none']);
export type DriverKind = z.infer<typeof DriverKind>;

/** What the probe measured. */
export const Outcome = z.enum(['leak', 'clean', 'cycle-garbage', 'peak', 'fragmentation', 'inconclusive']);
export type Outcome = z.infer<typeof Outcome>;

/** Where code was run or shall be run. */
export const Device = z.enum(['cpu', 'gpu']);
export type Device = z.infer<typeof Device>;

/** How well the probed process was walled off: `none`, own process with limits, own namespaces. */
export const Isolation = z.enum(['none', 'process', 'namespace']);
export type Isolation = z.infer<typeof Isolation>;
