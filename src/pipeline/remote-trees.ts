/** A comparison that GitHub made → the changes that are scanned. */
import type { Change, FileVersion } from '../changes/change.ts';
import { selectChange } from '../changes/selection.ts';
import type { Notice } from '../contract/scan.ts';
import type { BlobRef, RemoteBlob, RemoteComparison, RemoteFile } from '../github/ports.ts';
import type { Trees } from './examine.ts';

const STATUS = {
  added: 'added',
  copied: 'added',
  removed: 'deleted',
  renamed: 'renamed',
  modified: 'modified',
  changed: 'modified',
  unchanged: 'modified',
} as const;

export function changesOf({ mergeBase, files }: RemoteComparison, head: string): Change[] {
  return files.map((file) => {
    const status = STATUS[file.status];
    const previousPath = status === 'renamed' ? (file.previousPath ?? file.path) : file.path;
    return {
      path: file.path,
      previousPath,
      status,
      base: status === 'added' ? null : version(mergeBase, previousPath),
      head: status === 'deleted' ? null : version(head, file.path),
      patch: file.patch ?? '',
    };
  });
}

/** Both versions of every file that is scanned. */
export function blobsToRead(changes: readonly Change[]): BlobRef[] {
  return changes
    .filter((change) => selectChange(change).scan)
    .flatMap(({ base, head }) => [base, head])
    .flatMap((file) => (file === null ? [] : [refOf(file.blob)]));
}

export interface RemoteTrees {
  readonly base: string;
  readonly head: string;
  readonly comparison: RemoteComparison;
  /** Of the comparison, those that the configuration wants reviewed. */
  readonly changes: readonly Change[];
  readonly asked: readonly BlobRef[];
  /** In the order asked. */
  readonly blobs: readonly RemoteBlob[];
}

export function remoteTrees({ base, head, comparison, changes, asked, blobs }: RemoteTrees): Trees {
  const encoder = new TextEncoder();
  const sources = new Map<string, Uint8Array>();
  const notices: Notice[] = [];
  for (const [index, ref] of asked.entries()) {
    const blob = blobs[index];
    if (blob !== undefined && 'text' in blob) sources.set(nameOf(ref), encoder.encode(blob.text));
    else notices.push(...unread(ref, blob?.missing ?? 'absent', head));
  }
  const wanted = new Set(changes.map(({ path }) => path));
  return {
    base: { name: base, commit: base },
    head: { name: head, commit: head },
    mergeBase: comparison.mergeBase,
    files: changes,
    notices: notices.filter(({ path }) => wanted.has(path)).concat(withoutDiff(comparison.files, wanted)),
    read: () => Promise.resolve(sources),
  };
}

const WHY = {
  absent: 'GitHub does not have it any more: not scanned',
  binary: 'GitHub takes it for a binary file: not scanned',
  truncated: 'is larger than GitHub hands out: not scanned',
} as const;

/** What is wrong with the merge base's version is not news. */
function unread({ commit, path }: BlobRef, missing: keyof typeof WHY, head: string): Notice[] {
  return commit === head ? [{ path, message: WHY[missing] }] : [];
}

function withoutDiff(files: readonly RemoteFile[], wanted: ReadonlySet<string>): Notice[] {
  return files
    .filter(({ path, patch, status }) => wanted.has(path) && patch === undefined && status === 'modified')
    .filter(({ path }) => path.endsWith('.py'))
    .map(({ path }) => ({
      path,
      message: 'GitHub gives no diff for it, so no comment can stand on its lines',
    }));
}

function version(commit: string, path: string): FileVersion {
  return { kind: 'file', blob: nameOf({ commit, path }) };
}

function nameOf({ commit, path }: BlobRef): string {
  return `${commit}:${path}`;
}

function refOf(blob: string): BlobRef {
  const colon = blob.indexOf(':');
  return { commit: blob.slice(0, colon), path: blob.slice(colon + 1) };
}
