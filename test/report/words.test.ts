import { describe, expect, it } from 'vitest';
import { bytes, counted, duration, number } from '../../src/report/amounts.ts';
import { levels, sparkline } from '../../src/report/sparkline.ts';
import { cap, oneLine, visible } from '../../src/report/visible.ts';

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [-0.2, '0 B'],
    [15.6, '16 B'],
    [1023, '1023 B'],
    [1023.6, '1.00 KiB'],
    [1024, '1.00 KiB'],
    [1536, '1.50 KiB'],
    [10_230, '9.99 KiB'],
    [10_240, '10.0 KiB'],
    [102_400, '100 KiB'],
    [1_048_575, '1.00 MiB'],
    [1_048_576, '1.00 MiB'],
    [316_669_952, '302 MiB'],
    [5 * 1024 ** 3, '5.00 GiB'],
    [-2048, '-2.00 KiB'],
    [-5, '-5 B'],
  ])('%d bytes: %s', (amount, text) => {
    expect(bytes(amount)).toBe(text);
  });

  it.each([
    [number(0.004), '0'],
    [number(0.333), '0.33'],
    [number(12.6), '13'],
    [number(1234567), '1,234,567'],
    [counted(1, 'call'), '1 call'],
    [counted(0, 'call'), '0 calls'],
    [counted(1.001, 'object'), '1 object'],
    [counted(2.5, 'object'), '2.5 objects'],
    [counted(2, 'entry', 'entries'), '2 entries'],
    [duration(85.4), '85 ms'],
    [duration(1234), '1.2 s'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('sparkline', () => {
  it.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
    [[0, 0, 0], '▁▁▁'],
    [[5, 5], '▁▁'],
    [[0, 10, 10, 10], '▁███'],
    [[0, -7], '█▁'],
    [[3], '▁'],
    [[], ''],
  ])('%j: %s', (values, bars) => {
    expect(sparkline(values)).toBe(bars);
  });

  const windows = (...changes: [calls: number, bytes: number][]) =>
    changes.map(([calls, bytes]) => ({ calls, bytes, objects: 1, cycleObjects: 0 }));

  it.each([
    [
      'a leak climbs straight, however the windows grow',
      windows([8, 80], [16, 160], [32, 320], [64, 640]),
      '▁▂▃▃▄▅▆▆▇█',
    ],
    ['a cache that fills flattens', windows([30, 300], [30, 0], [30, 0]), '▁▃▆███████'],
    ['clean code is flat', windows([8, 0], [16, 0]), '▁▁▁▁▁▁▁▁▁▁'],
  ])('%s', (_, given, bars) => {
    expect(sparkline(levels(given, (window) => window.bytes))).toBe(bars);
  });
});

describe('what cannot be seen is written out', () => {
  it.each([
    ['plain text, ü 漢字 😀\tand tabs', 'plain text, ü 漢字 😀\tand tabs'],
    ['right\u202Eto left', 'right\\u{202e}to left'],
    ['zero\u200Bwidth', 'zero\\u{200b}width'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['bell\u0007', 'bell\\u{07}'],
    ['\u009b31m', '\\u{9b}31m'],
    ['bad\uD800', 'bad\\u{d800}'],
    ['\u{e0041}tag', '\\u{e0041}tag'],
    ['win\r\nmac\rend', 'win\nmac\nend'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('on one line, and cut', () => {
    expect(oneLine(' a\n  b\u2028c ')).toBe('a b\\u{2028}c');
    expect(cap('😀😀😀', 3)).toBe('😀😀😀');
    expect(cap('😀😀😀😀', 3)).toBe('😀😀…');
  });
});
