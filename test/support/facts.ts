import { FileFacts } from '../../src/facts/file-facts.ts';
import type { Node } from '../../src/python/node.ts';
import { createParser } from '../../src/python/parser.ts';

const parser = await createParser();

export function factsOf(source: string): FileFacts {
  return new FileFacts('app/module.py', parser.parse(source));
}

/** The node whose text is given; the last one of them when it stands there more than once. */
export function nodeOf(file: FileFacts, text: string): Node {
  const node = file.tree.nodes.findLast((candidate) => candidate.text === text);
  if (!node) throw new Error(`no node reads ${text}`);
  return node;
}
