/**
 * Reads a ZIP archive that holds one file, in memory. The archive comes from a machine that ran pull-request code, so
 * whatever is unusual is refused. Format: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { BadArtifact } from './errors.ts';

const END = 0x06054b50;
const END_SIZE = 22;
const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const MAX_COMMENT = 0xffff;

const ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;
/** JSON packs about 20 to 1; a bomb 1,000 to 1. */
const MAX_RATIO = 200;

interface Entry {
  readonly method: number;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localOffset: number;
}

/**
 * @param maximum bytes of the unpacked file
 * @returns the content of the only entry
 * @throws BadArtifact with the reason
 */
export function unzipOnly(archive: Uint8Array, maximum: number): Uint8Array {
  const view = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    const entry = readEntry(view, findEnd(view));
    if (entry.size > maximum) throw bad(`its file has ${entry.size} bytes, the limit is ${maximum}`);
    if (entry.size > entry.packedSize * MAX_RATIO) throw bad('its file is packed far too well for a report');
    const content = unpack(entry, packedBytes(view, entry));
    if (content.length !== entry.size) throw bad('its file has another size than declared');
    if (crc32(content) !== entry.checksum) throw bad('its file is damaged');
    return content;
  } catch (error) {
    if (error instanceof BadArtifact) throw error;
    // Reading past the end, or zlib.
    throw bad('it is damaged', error);
  }
}

function findEnd(view: Buffer): number {
  const first = Math.max(0, view.length - END_SIZE - MAX_COMMENT);
  for (let at = view.length - END_SIZE; at >= first; at -= 1) {
    const isWhole =
      view.readUInt32LE(at) === END && at + END_SIZE + view.readUInt16LE(at + 20) === view.length;
    if (isWhole) return at;
  }
  throw bad('it is not a ZIP archive');
}

function readEntry(view: Buffer, end: number): Entry {
  const disk = view.readUInt16LE(end + 4);
  const entries = view.readUInt16LE(end + 10);
  const at = view.readUInt32LE(end + 16);
  if (disk !== 0 || view.readUInt16LE(end + 8) !== entries) throw bad('it is one part of several');
  if (entries !== 1) throw bad(`it holds ${entries} files, expected is one`);
  if (view.readUInt32LE(at) !== ENTRY) throw bad('it has no directory');
  const nameEnd = at + ENTRY_SIZE + view.readUInt16LE(at + 28);
  const directoryEnd = nameEnd + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  if (directoryEnd !== end || view.readUInt32LE(end + 12) !== end - at) throw bad('its directory is damaged');
  if (/[/\\\0]|^\.\.?$/.test(view.toString('utf8', at + ENTRY_SIZE, nameEnd)))
    throw bad('its file has a path');
  if ((view.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw bad('it is encrypted');
  return {
    method: view.readUInt16LE(at + 10),
    checksum: view.readUInt32LE(at + 16),
    packedSize: view.readUInt32LE(at + 20),
    size: view.readUInt32LE(at + 24),
    localOffset: view.readUInt32LE(at + 42),
  };
}

/** The sizes are those of the directory: a writer that streams does not know them yet at the file. */
function packedBytes(view: Buffer, { localOffset, packedSize }: Entry): Buffer {
  if (view.readUInt32LE(localOffset) !== LOCAL) throw bad('its file is not where the directory says');
  const start =
    localOffset + LOCAL_SIZE + view.readUInt16LE(localOffset + 26) + view.readUInt16LE(localOffset + 28);
  if (start + packedSize > view.length) throw bad('it ends too early');
  return view.subarray(start, start + packedSize);
}

function unpack({ method, size }: Entry, packed: Buffer): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw bad('it is packed in an unusual way');
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
}

function bad(reason: string, cause?: unknown): BadArtifact {
  return new BadArtifact(`The artifact cannot be used: ${reason}`, { cause });
}
