import type { Window } from '../contract/report.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Long series are cut to this many bars, the last value of each share kept. */
const MAX_BARS = 16;

/** One bar for each value, from the lowest (▁) to the highest (█); all equal gives a flat line. */
export function sparkline(values: readonly number[]): string {
  const shown = thin(values);
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown
    .map((value) => BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))])
    .join('');
}

/** What had stayed after each window, from nothing: a leak climbs, a filled cache flattens, clean code is flat. */
export function levels(windows: readonly Window[], of: (window: Window) => number): number[] {
  let level = 0;
  return [0, ...windows.map((window) => (level += of(window)))];
}

function thin(values: readonly number[]): number[] {
  if (values.length <= MAX_BARS) return [...values];
  return Array.from({ length: MAX_BARS }, (_, bar) => {
    const at = Math.round((bar * (values.length - 1)) / (MAX_BARS - 1));
    return values[at] ?? 0;
  });
}
