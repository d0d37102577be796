/** The native binding: optional, since its prebuilt binaries do not load on every system. */
import { createRequire } from 'node:module';
import type { Backend, Cursor } from './backend.ts';

interface NativeParser {
  setLanguage(language: unknown): void;
  parse(read: (offset: number) => string): { walk(): Cursor; rootNode: { hasError: boolean } };
}

// The binding refuses strings of 32 KiB and more, so it is fed in pieces.
const PIECE = 16_384;

/** @throws when the optional packages are not installed or do not load */
export function createNativeBackend(): Backend {
  const require = createRequire(import.meta.url);
  const Parser = require('tree-sitter') as new () => NativeParser;
  const parser = new Parser();
  parser.setLanguage(require('tree-sitter-python'));
  return {
    name: 'native',
    visit(source, walk) {
      const tree = parser.parse((offset) => source.slice(offset, offset + PIECE));
      return walk(tree.walk(), tree.rootNode.hasError);
    },
  };
}
