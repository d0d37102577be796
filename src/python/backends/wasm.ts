/** The default backend: needs no compiler, loads everywhere, and walks faster than the native binding. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';
import { PARSE_LIMIT, ParseTimeout, type Backend } from './backend.ts';

/** The copy that the build puts beside us, or the grammar's package when run from source. */
function grammarPath(): string {
  const built = fileURLToPath(new URL('../grammar/tree-sitter-python.wasm', import.meta.url));
  return existsSync(built)
    ? built
    : createRequire(import.meta.url).resolve('tree-sitter-python/tree-sitter-python.wasm');
}

/** Begun once: two at the same time would each start a module of their own, and then use each other's memory. */
let loading: Promise<Language> | undefined;

function loadGrammar(): Promise<Language> {
  return (loading ??= Parser.init().then(() => Language.load(grammarPath())));
}

export async function createWasmBackend(): Promise<Backend> {
  const language = await loadGrammar();
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    name: 'wasm',
    visit(source, walk) {
      const deadline = performance.now() + PARSE_LIMIT * 1000;
      const tree = parser.parse(source, null, { progressCallback: () => performance.now() > deadline });
      if (!tree) {
        parser.reset();
        throw new ParseTimeout();
      }
      const cursor = tree.walk();
      try {
        return walk(cursor, tree.rootNode.hasError);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
  };
}
