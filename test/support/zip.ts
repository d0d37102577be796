/** Writes a ZIP archive as `actions/upload-artifact` does: sizes only in the directory. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly isStored?: boolean;
}

export function zip(files: readonly ZipFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isStored = false } of files) {
    const packed = isStored ? Buffer.from(content) : deflateRawSync(content);
    const method = isStored ? 0 : 8;
    const sums = [crc32(content), packed.length, content.length] as const;
    const path = Buffer.from(name);
    const local = fields(
      [0x04034b50, 4],
      [20, 2],
      [8, 2],
      [method, 2],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
      [path.length, 2],
      [0, 2],
    );
    const trailer = fields([0x08074b50, 4], [sums[0], 4], [sums[1], 4], [sums[2], 4]);
    bodies.push(local, path, packed, trailer);
    directory.push(
      fields(
        [0x02014b50, 4],
        [20, 2],
        [20, 2],
        [8, 2],
        [method, 2],
        [0, 4],
        [sums[0], 4],
        [sums[1], 4],
        [sums[2], 4],
      ),
      fields([path.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
      path,
    );
    offset += local.length + path.length + packed.length + trailer.length;
  }
  const entries = Buffer.concat(directory);
  const count = files.length;
  const end = fields(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [entries.length, 4],
    [offset, 4],
    [0, 2],
  );
  return Buffer.concat([...bodies, entries, end]);
}

function fields(...values: (readonly [value: number, bytes: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
