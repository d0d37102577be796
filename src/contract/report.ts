/** `leakcheck/report@1`: what the probe measured. Written by `python-runner`; every string in it is hostile. */
import { z } from 'zod';
import { Confidence, Device, DriverKind, Isolation, Outcome, Recipe } from './words.ts';

/** Caps for what comes back from a runner. */
export const MAX_TARGET_BYTES = 64 * 1024;
export const MAX_REPORT_BYTES = 1024 * 1024;

const text = (max: number) => z.string().max(max);
const amount = z.number().describe('May be negative: memory can be given back');

/** Things left behind, per call. Left out where none keeps coming. */
const left = {
  threads: amount.optional(),
  tasks: amount.optional().describe('Tasks that wait in the event loop'),
  timers: amount.optional().describe('Timers of the event loop that nobody cancelled'),
  descriptors: amount.optional().describe('Open files, sockets, pipes'),
  processes: amount.optional(),
  sharedMemory: amount.optional().describe('Blocks of shared memory that were not removed'),
  files: amount.optional().describe('Files and folders in the temporary folder'),
  deviceBytes: amount.optional().describe('Memory of graphics devices in use by tensors'),
};

export const PerCall = z.strictObject({
  bytes: amount.describe('Bytes in use that stayed, per call'),
  objects: amount.describe('Objects tracked by the collector that stayed, per call'),
  cycleObjects: amount.describe('Unreachable objects that only the collector freed, per call'),
  cycleBytes: amount.describe('Bytes that those objects held, per call'),
  ...left,
});
export type PerCall = z.infer<typeof PerCall>;

export const Window = z.strictObject({
  calls: z.int().min(1),
  bytes: z.int().describe('Change of the bytes in use over the window'),
  objects: z.int().describe('Change of the tracked objects over the window'),
  cycleObjects: z.int().min(0),
});
export type Window = z.infer<typeof Window>;

export const Measurement = z.strictObject({
  outcome: Outcome,
  reason: text(500).describe('One sentence: what the figures show'),
  calls: z.int().min(0).describe('Measured calls, without the warm-up'),
  milliseconds: z.number().min(0),
  perCall: PerCall,
  windows: z.array(Window).max(64),
  held: z
    .strictObject({
      bytes: z.int().describe('Bytes in use at the hold line above the level at the entry of the function'),
      released: z.int().describe('Bytes given back at once when the held names are let go there'),
    })
    .nullable()
    .describe('Recipe `peak` only'),
  resident: z
    .strictObject({
      grown: z.int().describe('Resident bytes above the level before the first call'),
      inUse: z.int().describe('Bytes in use above the level before the first call'),
      trimmed: z.int().describe('Resident bytes that malloc_trim(0) gave back'),
      trim: z.boolean().describe('Whether the platform has malloc_trim'),
    })
    .nullable()
    .describe('Recipe `fragmentation` only'),
  device: z
    .strictObject({
      kind: Device,
      name: text(100),
      unverified: z.boolean().describe('A graphics device was asked for, and there was none'),
      allocated: z.int().describe('Bytes in use by tensors, above the level before the first window'),
      reserved: z.int().describe('Bytes that the pool of the library took besides'),
      inactive: z.int().describe('Bytes of the pool in pieces between tensors'),
      driver: z.int().describe('Bytes in use on the device altogether'),
    })
    .optional()
    .describe('Where a graphics device was asked for or used; figures are changes over all calls'),
});
export type Measurement = z.infer<typeof Measurement>;

export const RetainingPath = z.strictObject({
  path: text(500).describe('From a root to the kept object, such as `app.cache._seen[*] -> bytes`'),
  count: z.int().min(0).describe('Objects kept along this path'),
  perCall: z.number(),
  bounded: z.boolean().describe('The holder has a limit that it states itself (maxsize, maxlen)'),
  maximum: z.int().nullable(),
  touchesRepository: z.boolean().describe('The path passes through a module of the repository'),
  bytes: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Bytes of the text, bytes and arrays that came to lie on or below the path; the objects themselves not counted',
    ),
});
export type RetainingPath = z.infer<typeof RetainingPath>;

export const Allocation = z.strictObject({
  path: text(300).describe('Relative to the root of the tree'),
  line: z.int().min(1),
  bytes: z.int(),
  objects: z.int(),
});
export type Allocation = z.infer<typeof Allocation>;

export const Driver = z.strictObject({
  kind: DriverKind,
  call: text(300).describe('What was called, as one would write it'),
  instance: z
    .enum(['none', 'shared', 'fresh'])
    .describe('Methods: one instance for all calls, or one for each'),
  varied: z.array(text(100)).max(32),
  stubs: z.array(text(100)).max(32).describe('Parameters that got an inert stand-in'),
  reached: z.boolean().describe('A flagged line ran'),
  files: z
    .array(text(300))
    .max(32)
    .default([])
    .describe('Files of the tree that the driver consists of, relative to its root; those of a test'),
});
export type Driver = z.infer<typeof Driver>;

export const ProbeResult = z.strictObject({
  id: text(64),
  target: text(500),
  outcome: Outcome,
  reason: text(500),
  confidence: Confidence.describe('How sure the outcome is: calls made, driver, confirmation'),
  recipe: Recipe.describe('Which recipe gave the outcome'),
  driver: Driver,
  head: Measurement.nullable().describe('Null when nothing could be run'),
  confirmed: z.boolean().describe('A second process with another hash seed came to the same outcome'),
  base: z.strictObject({
    status: z.enum(['measured', 'absent', 'failed', 'not-run']),
    reason: text(500),
    measurement: Measurement.nullable(),
  }),
  fix: z.strictObject({
    status: z.enum(['fixed', 'not-fixed', 'not-verified', 'not-run']),
    reason: text(500),
    measurement: Measurement.nullable(),
  }),
  paths: z.array(RetainingPath).max(20),
  allocations: z.array(Allocation).max(20),
  suggestedDriver: text(2000).nullable().describe('A probe function to paste when no driver worked'),
  notes: z.array(text(500)).max(20),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

export const ProbeReport = z.strictObject({
  schema: z.literal('leakcheck/report@1'),
  environment: z.strictObject({
    probe: text(50).describe('Version of the probe'),
    python: text(100),
    implementation: text(50),
    platform: text(200),
    libc: text(50),
    counter: text(100).describe('How bytes in use were counted'),
    isolation: Isolation,
    walls: z
      .array(text(100))
      .max(20)
      .default([])
      .describe('What the workers were walled off from, as seen from outside'),
    weaker: z.array(text(300)).max(5).default([]).describe('Why the walls are not stronger'),
    packages: z.record(text(100), text(100)).describe('Versions of the measured libraries that were loaded'),
  }),
  results: z.array(ProbeResult).max(100),
});
export type ProbeReport = z.infer<typeof ProbeReport>;
