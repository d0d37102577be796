import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/changes/diff-lines.ts';

describe('the lines of head that a diff shows', () => {
  it.each([
    ['no hunk', '', [], []],
    ['a change with context', '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n', [2], [1, 2, 3]],
    ['counts that are left out', '@@ -4 +7 @@\n-x\n+y\n', [7], [7]],
    ['only removed', '@@ -3,2 +2,0 @@\n-x\n-y\n', [], []],
    ['two hunks', '@@ -1 +1,2 @@\n a\n+b\n@@ -9,2 +10,2 @@ def f():\n c\n-d\n+e\n', [2, 11], [1, 2, 10, 11]],
    [
      'no line break at the end',
      '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
      [1],
      [1],
    ],
    ['added text that looks like a hunk', '@@ -1,0 +1,2 @@\n+@@ -5 +50 @@\n+b\n', [1, 2], [1, 2]],
    ['context that looks like a hunk header', '@@ -1,2 +1,3 @@\n @@ -5 +50 @@\n+b\n c\n', [2], [1, 2, 3]],
    ['a header before the hunks', '--- a/x.py\n+++ b/x.py\n@@ -0,0 +1 @@\n+a\n', [1], [1]],
  ])('%s', (_, patch, added, shown) => {
    const lines = diffLines(patch);

    expect({ added: [...lines.added], shown: [...lines.shown] }).toEqual({ added, shown });
  });
});
