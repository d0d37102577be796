/** One measurement: a tool, a case, an interpreter, a seed; each in a fresh process. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { RUNNER } from '../../src/probe/run.ts';
import type { Case } from './cases.ts';

export const TOOLS = {
  leakcheck: 'leakcheck, given the call',
  'leakcheck-driver': 'leakcheck, own driver',
  psleak: 'psleak',
  regrtest: 'regrtest 3:3',
  'regrtest-50': 'regrtest 3:3, 50 calls each',
  memray: 'pytest-memray limit_leaks',
  'memray-objects': 'pytest-memray leaked objects',
} as const;
export type Tool = keyof typeof TOOLS;

const Answer = z.union([
  z.object({ error: z.string() }),
  z.object({
    alarm: z.boolean(),
    outcome: z.string().optional(),
    calls: z.number(),
    seconds: z.number(),
    reason: z.string(),
    paths: z.array(z.string()).optional(),
  }),
]);
export type Answer = z.infer<typeof Answer>;

export interface Measured {
  readonly tool: Tool;
  readonly version: string;
  readonly seed: number;
  readonly case: Case;
  readonly answer: Answer;
}

const WORKERS = fileURLToPath(new URL('workers/', import.meta.url));
/** What one tool may take for one case; what it has not said then counts as no answer. */
const SECONDS = 60;

export async function measure(tool: Tool, item: Case, python: string, seed: number): Promise<Answer> {
  const environment: Record<string, string> = {
    PYTHONPATH: `${RUNNER}:${WORKERS}`,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONHASHSEED: String(seed),
    PYTHONUNBUFFERED: '1',
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    // psleak asks for it, and counts less exactly without.
    ...(tool === 'psleak' ? { PYTHONMALLOC: 'malloc' } : {}),
  };
  const { stdout, timedOut, stderr } = await execa(python, [join(WORKERS, 'measure.py'), tool], {
    input: JSON.stringify({ ...item, seed, limit: SECONDS }),
    env: environment,
    extendEnv: false,
    reject: false,
    timeout: (SECONDS + 10) * 1000,
    killSignal: 'SIGKILL',
  });
  if (timedOut) return { error: `no answer within ${SECONDS} s` };
  try {
    return Answer.parse(JSON.parse(stdout));
  } catch {
    return { error: `no answer: ${stderr.slice(-200)}` };
  }
}
