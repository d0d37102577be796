/** One file that differs between the merge base and head. */
export interface Change {
  readonly path: string;
  /** The path at the merge base; the same unless renamed. */
  readonly previousPath: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  readonly base: FileVersion | null;
  readonly head: FileVersion | null;
  /** Hunks of the unified diff, without the header; empty when nothing but the name changed. */
  readonly patch: string;
}

export interface FileVersion {
  readonly kind: 'file' | 'link' | 'submodule';
  /** Names the content. */
  readonly blob: string;
}
