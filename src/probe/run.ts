/** Starts `python -m leakcheck_probe` and waits for its report, whatever the probed code does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import type { ProbePlan } from '../contract/plan.ts';
import { Outcome } from '../contract/words.ts';
import { firstLine } from '../errors.ts';
import type { ProbeEvent, ProbeRun } from '../pipeline/ports.ts';
import { onAbort } from '../process/cleanup.ts';
import { readReport } from './report-file.ts';

/** The Python package, two folders up from both `src/probe` and `dist/probe`. */
export const RUNNER = fileURLToPath(new URL('../../python-runner/src', import.meta.url));

/** For the start and the end of the probe, beyond what the plan allows for measuring. */
const GRACE_SECONDS = 20;
const KILL_AFTER_MILLISECONDS = 3000;
const LAST_WORDS_MILLISECONDS = 500;
const MAX_LINE = 4096;

export interface Run {
  readonly python: string;
  readonly plan: ProbePlan;
  readonly head: string;
  /** Null: the merge base is not measured. */
  readonly base: string | null;
  /** An empty folder of ours, not inside the trees. */
  readonly scratch: string;
  readonly onProgress: (event: ProbeEvent) => void;
  /** Where the package `leakcheck_probe` lies. */
  readonly runner?: string;
  readonly graceSeconds?: number;
}

/** Never rejects because of the probed code: what went wrong is the reason in the answer. */
export async function runProbe(run: Run): Promise<ProbeRun> {
  const planPath = join(run.scratch, 'plan.json');
  const reportPath = join(run.scratch, 'report.json');
  await writeFile(planPath, JSON.stringify(run.plan));
  const base = run.base === null ? [] : ['--base', run.base];
  const args = [
    '-m',
    'leakcheck_probe',
    '--plan',
    planPath,
    '--head',
    run.head,
    ...base,
    '--report',
    reportPath,
    '--progress',
  ];
  const failure = await supervise(run, args);
  if (failure !== null) return { report: null, reason: failure };
  return readReport(reportPath, run.plan);
}

/** @returns null when the probe says that it made a report */
async function supervise(run: Run, args: readonly string[]): Promise<string | null> {
  const subprocess = execa(run.python, args, {
    cwd: run.scratch,
    env: { PYTHONPATH: run.runner ?? RUNNER, PYTHONDONTWRITEBYTECODE: '1', PYTHONSAFEPATH: '1' },
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
    reject: false,
    // A group of its own, so that everything it started can be ended with it.
    detached: process.platform !== 'win32',
  });
  const end = (signal: NodeJS.Signals) => {
    endGroup(subprocess.pid, signal);
  };
  const forget = onAbort(() => {
    end('SIGTERM');
  });
  const seconds = run.plan.limits.seconds + (run.graceSeconds ?? GRACE_SECONDS);
  const timeUp = new AbortController();
  let killer: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    timeUp.abort();
    end('SIGTERM');
    killer = setTimeout(end, KILL_AFTER_MILLISECONDS, 'SIGKILL');
  }, seconds * 1000);
  const last = followProgress(subprocess.stderr, run.onProgress);
  subprocess.nodeChildProcess.once('exit', () => {
    // What outlived the probe goes with it, and nobody waits for a stranger that holds its output open.
    end('SIGKILL');
    setTimeout(() => subprocess.stderr.destroy(), LAST_WORDS_MILLISECONDS).unref();
  });
  const result = await subprocess;
  clearTimeout(timer);
  clearTimeout(killer);
  forget();
  if (timeUp.signal.aborted) return `the probe did not end within ${seconds} seconds`;
  if (!result.failed) return null;
  return describeFailure(result, last());
}

function describeFailure(
  result: { signal?: string | undefined; exitCode?: number | undefined; code?: string | undefined },
  lastLine: string,
): string {
  if (result.signal !== undefined) return `the probe was ended by ${result.signal}`;
  if (result.exitCode === undefined)
    return `the probe could not be started (${result.code ?? 'no reason given'})`;
  const said = lastLine === '' ? `exit status ${result.exitCode}` : lastLine;
  return `the probe failed: ${said.replace(/\.$/, '')}`;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Already gone.
  }
}

const Event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), id: z.string(), target: z.string().max(500) }),
  z.object({
    event: z.literal('measured'),
    id: z.string(),
    run: z.enum(['head', 'confirm', 'base', 'fix']),
    outcome: Outcome,
  }),
]);

/** @returns a function that gives the last line that was no event */
function followProgress(
  stream: NodeJS.ReadableStream,
  onProgress: (event: ProbeEvent) => void,
): () => string {
  let last = '';
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    if (line.trim() === '') return;
    const event = Event.safeParse(parseJson(line));
    if (event.success) onProgress(event.data);
    else last = firstLine(line).slice(0, MAX_LINE);
  });
  return () => last;
}

function parseJson(line: string): unknown {
  if (!line.startsWith('{') || line.length > MAX_LINE) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
