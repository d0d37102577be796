import type { Window } from '../contract/report.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Points of a chart: few enough for a phone. */
const POINTS = 10;

/** One bar for each value, from the lowest (▁) to the highest (█); all equal gives a flat line. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values
    .map((value) => BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))])
    .join('');
}

/**
 * What had stayed, at equal numbers of calls: a leak climbs straight, a cache that fills flattens, clean code is flat. The
 * windows themselves grow, so their levels are read off in between.
 */
export function levels(windows: readonly Window[], of: (window: Window) => number): number[] {
  const total = windows.reduce((sum, { calls }) => sum + calls, 0);
  return Array.from({ length: POINTS }, (_, point) => levelAt((total * point) / (POINTS - 1), windows, of));
}

function levelAt(calls: number, windows: readonly Window[], of: (window: Window) => number): number {
  let left = calls;
  let level = 0;
  for (const window of windows) {
    if (left <= window.calls) return level + (of(window) * left) / window.calls;
    left -= window.calls;
    level += of(window);
  }
  return level;
}
