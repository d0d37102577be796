/** Progress on standard error: one line for each step and target. */
import type { Progress, ProgressEvent } from '../pipeline/ports.ts';
import { duration } from '../report/amounts.ts';
import { oneLine } from '../report/visible.ts';
import { styleOf } from './output.ts';

const RUNS = { head: 'head', confirm: 'second process', base: 'merge base', fix: 'with the fix' } as const;

/** @param always also when standard error is no terminal */
export function showProgress(always: boolean): Progress {
  if (!always && !process.stderr.isTTY) return () => undefined;
  const style = styleOf(process.stderr);
  const started = performance.now();
  return (event) => {
    const line = describe(event);
    if (line === null) return;
    const clock = duration(performance.now() - started).padStart(7);
    process.stderr.write(`${style.dim(clock)}  ${line}\n`);
  };
}

function describe(progress: ProgressEvent): string | null {
  switch (progress.step) {
    case 'comparing':
      return `comparing ${oneLine(progress.detail)}`;
    case 'scanning':
      return `scanning ${progress.detail}`;
    case 'probing':
      return `probing ${progress.detail}`;
    case 'probe':
      return progress.event.event === 'started'
        ? `  ${oneLine(progress.event.target)}`
        : `    ${RUNS[progress.event.run]}: ${progress.event.outcome}`;
    case 'done':
      return null;
  }
}
