/**
 * Runs action/action.yml as a runner does: step by step, with its files and variables. Steps of other actions are not
 * run; the upload is what came of its inputs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';

export const ACTION = fileURLToPath(new URL('../../action', import.meta.url));

export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export function readAction(): Action {
  return parse(readFileSync(join(ACTION, 'action.yml'), 'utf8')) as Action;
}

export interface ActionRun {
  /** The step that failed; the rest did not run. */
  readonly failed: string | null;
  /** What the steps printed. */
  readonly log: string;
  readonly summary: string;
  readonly artifact: { readonly name: string; readonly path: string } | null;
}

/** @param workspace a folder; `.runner` in it becomes the runner's own */
export async function runAction(
  workspace: string,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ActionRun> {
  const { inputs, runs } = readAction();
  const runner = join(workspace, '.runner');
  mkdirSync(join(runner, 'temp'), { recursive: true });
  const summaryFile = join(runner, 'summary');
  writeFileSync(summaryFile, '');
  const values = new Map(
    Object.entries(inputs).map(([name, input]) => [`inputs.${name}`, given[name] ?? input.default ?? '']),
  );
  const fill = (text: string) =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => values.get(name) ?? '');
  const fillAll = (map: Readonly<Record<string, string | number | boolean>> = {}) =>
    Object.fromEntries(Object.entries(map).map(([key, text]) => [key, fill(String(text))]));

  let log = '';
  let artifact: ActionRun['artifact'] = null;
  for (const [index, step] of runs.steps.entries()) {
    if (step.run === undefined) {
      const upload = fillAll(step.with);
      if (step.uses?.startsWith('actions/upload-artifact@') === true)
        artifact = { name: upload['name'] ?? '', path: upload['path'] ?? '' };
      continue;
    }
    const script = join(runner, `step-${index}.sh`);
    const output = join(runner, `output-${index}`);
    writeFileSync(script, step.run);
    writeFileSync(output, '');
    const { exitCode, all } = await execa('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
      cwd: workspace,
      all: true,
      reject: false,
      extendEnv: false,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        GITHUB_ACTION_PATH: ACTION,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summaryFile,
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: join(runner, 'temp'),
        ACTIONS_RUNTIME_TOKEN: 'a token of the runner',
        ...env,
        ...fillAll(step.env),
      },
    });
    log += `${all}\n`;
    if (exitCode !== 0) return { failed: step.name, log, summary: read(summaryFile), artifact };
    for (const line of read(output).split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) values.set(`steps.${step.id ?? ''}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
  }
  return { failed: null, log, summary: read(summaryFile), artifact };
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
