/** A runner of the configuration → the two inputs of the probe workflow that choose it. */
import type { Config } from './schema.ts';

export interface RunnerInputs {
  /** JSON for `runs-on`. */
  readonly runner: string;
  /** JSON for `container`; an empty string in it means none. */
  readonly container: string;
}

/** @returns null when the configuration has no runner for the lane */
export function runnerInputs(config: Config, lane: 'cpu' | 'gpu'): RunnerInputs | null {
  const runner = config.probe.runners[lane];
  if (runner === null) return null;
  if (typeof runner === 'string' || Array.isArray(runner)) return inputs(runner, undefined, lane);
  const { container, ...runsOn } = runner;
  return inputs(runsOn, container, lane);
}

function inputs(runsOn: unknown, image: string | undefined, lane: 'cpu' | 'gpu'): RunnerInputs {
  const container = image === undefined ? '' : lane === 'gpu' ? { image, options: '--gpus all' } : { image };
  return { runner: JSON.stringify(runsOn), container: JSON.stringify(container) };
}
