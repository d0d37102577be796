/** The keys of workflow and action files that this runner knows; anything else is an error, not an omission. */
import { parse } from 'yaml';
import { z } from 'zod';

const Values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const Step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.union([z.string(), z.boolean()]).optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.literal('bash').optional(),
  env: Values.optional(),
  with: Values.optional(),
  'continue-on-error': z.boolean().optional(),
});
export type Step = z.infer<typeof Step>;

const Input = z.looseObject({ required: z.boolean().optional(), default: z.string().optional() });

const Job = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.union([z.string(), z.boolean()]).optional(),
  'runs-on': z.unknown(),
  container: z.unknown().optional(),
  'timeout-minutes': z.number().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])).optional(),
  outputs: Values.optional(),
  env: Values.optional(),
  steps: z.array(Step),
});
export type Job = z.infer<typeof Job>;

const Workflow = z.strictObject({
  name: z.string(),
  'run-name': z.string().optional(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()).optional(),
  env: Values.optional(),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  jobs: z.record(z.string(), Job),
});
export type Workflow = z.infer<typeof Workflow>;

const Action = z.looseObject({
  inputs: z.record(z.string(), Input).default({}),
  outputs: z.record(z.string(), z.looseObject({ value: z.string().optional() })).default({}),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(Step) }),
});
export type Action = z.infer<typeof Action>;

export function readWorkflow(text: string): Workflow {
  return Workflow.parse(parse(text));
}

export function readAction(text: string): Action {
  return Action.parse(parse(text));
}

/** The inputs of a dispatch, with the defaults of the file. */
export function dispatchInputs(
  { on }: Workflow,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const trigger = z
    .looseObject({ inputs: z.record(z.string(), Input).default({}) })
    .parse(on['workflow_dispatch'] ?? {});
  return Object.fromEntries(
    Object.entries(trigger.inputs).map(([name, input]) => [name, given[name] ?? input.default ?? '']),
  );
}
