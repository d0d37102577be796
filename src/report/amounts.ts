/** Numbers for people. */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `0 B`, `512 B`, `1.50 KiB`, `12.0 MiB`, `302 MiB`: three significant digits above one KiB. */
export function bytes(amount: number): string {
  const sign = amount < 0 ? '-' : '';
  let value = Math.abs(amount);
  if (Math.round(value) < 1024)
    return `${sign === '' || Math.round(value) === 0 ? '' : sign}${Math.round(value)} B`;
  let unit = -1;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sign}${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** `3`, `0.5`, `1,200`. */
export function number(amount: number): string {
  const rounded = Math.abs(amount) >= 10 ? Math.round(amount) : Math.round(amount * 100) / 100;
  return (rounded === 0 ? 0 : rounded).toLocaleString('en-US');
}

/** `1 call`, `2 calls`, `0.5 objects`. */
export function counted(amount: number, one: string, many = `${one}s`): string {
  const text = number(amount);
  return `${text} ${text === '1' ? one : many}`;
}

/** `1 thread, 2 tasks and 512 B`. */
export function enumerated(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** `85 ms`, `1.2 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
