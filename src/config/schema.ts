/** `.github/leakcheck.yml`. The type, the JSON Schema for editors and the table in docs/configuration.md come from here. */
import { z } from 'zod';
import { BlockOn } from '../contract/review.ts';
import { Confidence } from '../contract/words.ts';
import type { Rule } from '../scan/rule.ts';
import { globProblem } from './paths.ts';

const Glob = z
  .string()
  .min(1)
  .max(200)
  .check((context) => {
    const problem = globProblem(context.value);
    if (problem !== null) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });

const Paths = z.strictObject({
  include: z
    .array(Glob)
    .min(1)
    .max(100)
    .default(['**/*.py'])
    .describe('Files to review. `*` stays inside one folder, `**` crosses folders'),
  exclude: z.array(Glob).max(100).default([]).describe('Files to leave out, although they are included'),
});

/** `off` is a word in YAML 1.2 and `false` in YAML 1.1; both are what the user meant. */
const RuleLevel = z.literal([...Confidence.options, 'off', false]);
export type RuleLevel = z.infer<typeof RuleLevel>;

const Label = z
  .string()
  .regex(/^[\w.:/@+ -]{1,100}$/, { error: 'must be a label of a runner, such as "ubuntu-latest"' });
const Labels = z.union([Label, z.array(Label).min(1).max(20)], {
  error: 'must be a label or a list of labels',
});

const RunnerGroup = z
  .strictObject({
    group: Label.optional().describe('Runner group'),
    labels: Labels.optional().describe('One label, or a list of which the runner must have all'),
    container: z
      .string()
      .regex(/^[a-z\d][\w.:/@-]{0,254}$/, {
        error: 'must be a container image, such as "pytorch/pytorch:2.4.0-cuda12.4-cudnn9-runtime"',
      })
      .optional()
      .describe('Image that the job runs in'),
  })
  .refine(({ group, labels }) => group !== undefined || labels !== undefined, {
    error: 'must say which runner: give group, labels, or both',
  });

const Runner = z.union([Labels, RunnerGroup], {
  error: 'must be a label, a list of labels, or {group, labels, container}',
});
export type Runner = z.infer<typeof Runner>;

const Runners = z.strictObject({
  cpu: Runner.default('ubuntu-latest').describe('`runs-on` of the CPU lane'),
  gpu: Runner.nullable().default(null).describe('`runs-on` of the GPU lane. Without it there is no GPU lane'),
});

const target = (what: string, example: string) =>
  z
    .string()
    .max(300)
    .regex(/^(?!\/)(?!.*(^|\/)\.\.\/)[^\s:\\]+\.py::[^\s:]+$/, {
      error: `must be written ${what}, such as "${example}", the file relative to the root of the repository`,
    });

const DeclaredTarget = z.strictObject({
  match: target('FILE::QUALNAME', 'app/cache.py::fetch').describe('The function that was flagged'),
  driver: target('FILE::FUNCTION', 'tests/leak_drivers.py::probe_fetch').describe(
    'A function without parameters that makes one call of it',
  ),
});

const Probe = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether flagged code is run under the probe at all'),
  required: z
    .boolean()
    .default(false)
    .describe('Whether the check waits for a person while a `high` or `medium` finding is unproved'),
  python: z
    .string()
    .regex(/^(system|3\.(9|1[0-4])(\.\d{1,2})?)$/, {
      error: 'must be "3.9" to "3.14", or "system" for the Python that the runner or its container brings',
    })
    .default('3.12')
    .describe('Python that runs the code, in quotes; `system`: the one of the runner or its container'),
  install: z
    .string()
    .max(1000)
    .regex(/^[^\p{Cc}]*(\n[^\p{Cc}]*)*$/u, { error: 'must not contain control characters' })
    .default('')
    .describe('Shell command that installs the code, run in the root of head, such as `pip install -e .`'),
  'wait-minutes': z
    .int()
    .min(1)
    .max(60)
    .default(10)
    .describe('After this time the check concludes without the probe'),
  gpu: z
    .enum(['late', 'wait'])
    .default('late')
    .describe('`late`: the GPU verdict is added to the finished check; `wait`: the check waits for it'),
  runners: Runners.prefault({}).describe('Where the probe runs'),
  targets: z
    .array(DeclaredTarget)
    .max(100)
    .default([])
    .describe('Own drivers for functions whose arguments cannot be made up'),
});

/** @param rules their ids are the keys of `rules` */
export function configSchema(rules: readonly Pick<Rule, 'id' | 'summary' | 'confidence'>[]) {
  const levels = rules.map(({ id, summary, confidence }): [string, z.ZodOptional<typeof RuleLevel>] => [
    id,
    RuleLevel.optional().describe(`${summary}. Without this key: \`${confidence}\``),
  ]);
  return z.strictObject({
    'block-on': BlockOn.default('confirmed').describe(
      'What makes the check fail: `confirmed` (measured), `high` (also suspected ones of high confidence), `any` (also of medium confidence), `never`',
    ),
    paths: Paths.prefault({}).describe('Which of the changed Python files are reviewed'),
    drafts: z.enum(['review', 'skip']).default('review').describe('Whether draft pull requests are reviewed'),
    'on-error': z
      .enum(['neutral', 'failure'])
      .default('neutral')
      .describe(
        'Conclusion of the check when Leakcheck itself fails, lacks a permission, or cannot read this file',
      ),
    rules: z
      .strictObject(Object.fromEntries(levels))
      .default({})
      .describe('Other confidence for single rules: `high`, `medium`, `low`, or `off` (also `false`)'),
    probe: Probe.prefault({}).describe('How flagged code is run'),
  });
}

export type Config = z.infer<ReturnType<typeof configSchema>>;
