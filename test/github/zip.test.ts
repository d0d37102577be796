import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadArtifact } from '../../src/github/errors.ts';
import { unzipOnly } from '../../src/github/zip.ts';
import { zip } from '../support/zip.ts';

const MAXIMUM = 100_000;
const report = Buffer.from(JSON.stringify({ schema: 'leakcheck/report@1', results: [] }));
const archive = zip([{ name: 'report.json', content: report }]);

describe('unzipOnly', () => {
  it.each([
    ['deflated', archive],
    ['stored', zip([{ name: 'report.json', content: report, isStored: true }])],
  ])('reads one %s file', (_, bytes) => {
    expect(Buffer.from(unzipOnly(bytes, MAXIMUM))).toEqual(report);
  });

  it('reads what Python writes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'leakcheck-zip-'));
    try {
      const program =
        'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w", 8) as z: z.writestr("report.json", "x" * 500)';
      execFileSync('python3', ['-c', program, join(directory, 'a.zip')]);
      const bytes = readFileSync(join(directory, 'a.zip'));
      expect(Buffer.from(unzipOnly(bytes, MAXIMUM)).toString()).toBe('x'.repeat(500));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'not a ZIP archive'],
    ['text', Buffer.from('x'.repeat(100)), 'not a ZIP archive'],
    ['no file', zip([]), 'holds 0 files'],
    ['two files', zip([{ name: 'a', content: report }, { name: 'b', content: report }]), 'holds 2 files'], // prettier-ignore
    ['a path', zip([{ name: '../report.json', content: report }]), 'has a path'],
    ['a Windows path', zip([{ name: 'a\\b', content: report }]), 'has a path'],
    ['a parent', zip([{ name: '..', content: report }]), 'has a path'],
    ['too much', zip([{ name: 'a', content: Buffer.from(randomText(MAXIMUM + 1)) }]), 'the limit is'],
    ['a bomb', zip([{ name: 'a', content: Buffer.alloc(MAXIMUM) }]), 'packed far too well'],
    ['a wrong checksum', changed(archive, archive.length - 22 - 57 + 16, 1), 'damaged'],
    ['a lie about the size', changed(archive, archive.length - 22 - 57 + 24, 9), ''],
    ['an encrypted file', changed(archive, archive.length - 22 - 57 + 8, 1), 'encrypted'],
    ['an unknown method', changed(archive, archive.length - 22 - 57 + 10, 99), 'unusual'],
    ['trailing bytes', Buffer.concat([archive, Buffer.from('x')]), 'not a ZIP archive'],
  ])('refuses %s', (_, bytes, reason) => {
    const read = () => unzipOnly(bytes, MAXIMUM);
    expect(read).toThrow(BadArtifact);
    expect(read).toThrow(reason);
  });

  it('throws nothing but BadArtifact, and gives nothing above the limit, whatever bytes are changed', () => {
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat(archive.length),
        (changes, length) => {
          const bytes = Buffer.from(archive);
          for (const [at, value] of changes) bytes[at] = value;
          try {
            expect(unzipOnly(bytes.subarray(0, Math.max(length, 1)), MAXIMUM).length).toBeLessThanOrEqual(
              MAXIMUM,
            );
          } catch (error) {
            expect(error).toBeInstanceOf(BadArtifact);
          }
        },
      ),
    );
  });
});

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

/** Hard to pack. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}
