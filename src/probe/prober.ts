/** The probe on this machine: finds a Python, writes both trees to temporary folders, runs the plan there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbePlan } from '../contract/plan.ts';
import { MachineError } from '../errors.ts';
import type { Comparison, ProbeEvent, ProbeRun, Prober } from '../pipeline/ports.ts';
import { makeTemporaryDirectory } from '../process/temporary-directory.ts';
import { findPython } from './python.ts';
import type { PythonChoice } from './python.ts';
import { runProbe } from './run.ts';

export function createProber(choice: PythonChoice): Prober {
  return {
    async probe(plan, trees, onProgress) {
      try {
        return await probeTrees(await findPython(choice), plan, trees, onProgress);
      } catch (error) {
        // Without a Python the review goes on; a wrong --python is the caller's to mend.
        if (error instanceof MachineError) return { report: null, reason: error.message };
        throw error;
      }
    },
  };
}

async function probeTrees(
  python: string,
  plan: ProbePlan,
  trees: Comparison,
  onProgress: (event: ProbeEvent) => void,
): Promise<ProbeRun> {
  const temporary = await makeTemporaryDirectory();
  try {
    const [head, base, scratch] = ['head', 'base', 'probe'].map((name) => join(temporary.path, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([head, base, scratch].map((path) => mkdir(path)));
    await Promise.all([trees.writeTree('head', head), trees.writeTree('base', base)]);
    return await runProbe({ python, plan, head, base, scratch, onProgress });
  } finally {
    temporary.remove();
  }
}
