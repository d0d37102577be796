/**
 * One unified hunk from the first to the last line that differs, with three lines around it, as GitHub gives it:
 * without the file's header.
 *
 * @returns '' when the texts are equal
 */
export function patchBetween(before: string, after: string): string {
  const [old, now] = [lines(before), lines(after)];
  const same = (a: string | undefined, b: string | undefined) => a !== undefined && a === b;
  let start = 0;
  while (same(old[start], now[start])) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && same(old.at(-1 - end), now.at(-1 - end))) end += 1;
  if (old.length === now.length && start === old.length) return '';
  const from = Math.max(0, start - 3);
  const after3 = Math.min(3, end);
  const count = (all: readonly string[]) => all.length - end + after3 - from;
  const range = (all: readonly string[]) => `${count(all) === 0 ? from : from + 1},${count(all)}`;
  return [
    `@@ -${range(old)} +${range(now)} @@`,
    ...now.slice(from, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
    ...now.slice(now.length - end, now.length - end + after3).map((line) => ` ${line}`),
  ].join('\n');
}

function lines(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\n$/, '').split('\n');
}
