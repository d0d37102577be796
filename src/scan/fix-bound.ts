/** Builds fixes that give a growing container a bound. */
import type { Edit } from '../contract/position.ts';
import type { Container } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from './fix-block.ts';
import { insertStatementBefore } from './fix.ts';

/** Entries that a suggested bound allows. Any number beats none; the author knows the right one. */
export const BOUND = 256;

/** Drops the oldest entry before a statement adds one, where one statement is all it takes. */
export function dropOldest(
  file: FileFacts,
  container: Container | undefined,
  name: string,
  statement: Node,
): Edit | undefined {
  const removal = removalOf(container?.kind, name);
  if (!removal || statement.type !== 'expression_statement' || !startsLine(file, statement)) return undefined;
  return insertStatementBefore(file, statement, `if len(${name}) >= ${BOUND}:\n    ${removal}`);
}

function removalOf(kind: Container['kind'] | undefined, name: string): string | undefined {
  switch (kind) {
    case 'dict':
      return `${name}.pop(next(iter(${name})))`;
    case 'list':
      return `del ${name}[0]`;
    case 'deque':
      return `${name}.popleft()`;
    case 'set':
      return `${name}.pop()`;
    case 'queue':
    case 'bytes':
    case 'other':
    case undefined:
      return undefined;
  }
}
