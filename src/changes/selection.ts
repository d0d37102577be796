/** Which files are scanned, and why the others are not. */
import type { Change, FileVersion } from './change.ts';

export type Selection = { readonly scan: true } | { readonly scan: false; readonly reason: string | null };

const SCAN: Selection = { scan: true };
/** Not our business, so not worth a notice. */
const SILENT: Selection = { scan: false, reason: null };

/** A Python file above this is data that somebody wrote as code; the largest of the standard library has 0.6 MB. */
export const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

// Copies of other people's code are mended there, not here.
const VENDORED =
  /(^|\/)(_?vendor|_?vendored|third_party|node_modules|site-packages|\.venv|venv|\.tox|\.nox)\//;
const GENERATED_NAME = /(_pb2|_pb2_grpc|_pb2_service)\.py$/;
const GENERATED_TEXT =
  /@generated\b|\bDO NOT EDIT\b|^# *(?:[Tt]his \w+ (?:is|was) )?(?:[Aa]uto(?:matically |-)?)?[Gg]enerated (?:by|from|with)\b/m;
const HEADER_BYTES = 1024;

/** Decides by what the change says, before anything is read. */
export function selectChange(change: Change): Selection {
  if (!change.path.endsWith('.py') && !change.previousPath.endsWith('.py')) return SILENT;
  const version = change.head ?? change.base;
  if (version !== null && version.kind !== 'file') return unusual(version.kind);
  if (change.path.includes('\uFFFD')) return skip('the name is not valid UTF-8: not scanned');
  if (VENDORED.test(change.path)) return skip("lies in a folder for other people's code: not scanned");
  return GENERATED_NAME.test(change.path) ? skip('generated code: not scanned') : SCAN;
}

/** Decides by the bytes of a changed file. */
export function selectSource(source: Uint8Array): Selection {
  const size = tooLarge(source);
  if (size !== null) return skip(size);
  const header = source.subarray(0, HEADER_BYTES);
  if (header.includes(0)) return skip('contains NUL bytes, so it is not Python source: not scanned');
  const text = new TextDecoder().decode(header);
  return GENERATED_TEXT.test(text) ? skip('says that it is generated: not scanned') : SCAN;
}

/** @returns null when the size is fine */
export function tooLarge(source: Uint8Array): string | null {
  if (source.length <= MAX_SOURCE_BYTES) return null;
  return `has ${(source.length / 1024 / 1024).toFixed(1)} MiB, the limit is 4 MiB: not scanned`;
}

function unusual(kind: FileVersion['kind']): Selection {
  return skip(kind === 'link' ? 'is a symbolic link: not scanned' : 'is a submodule: not scanned');
}

function skip(reason: string): Selection {
  return { scan: false, reason };
}
