/** What we need of a tree-sitter binding. Both bindings satisfy it as they are. */

export interface Cursor {
  readonly nodeTypeId: number;
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

export interface Backend {
  readonly name: 'wasm' | 'native';
  /**
   * Walks the parsed text and frees the parser's own tree afterwards. `hasError`: some of it did not parse.
   *
   * @throws ParseTimeout when the parse takes longer than the limit
   */
  visit<T>(source: string, walk: (cursor: Cursor, hasError: boolean) => T): T;
}

/** The parser gave up on a file: pathological input must not stop a review. */
export class ParseTimeout extends Error {}

/** Seconds; a 5 MB file takes about one. */
export const PARSE_LIMIT = 20;
