/** Builds fixes of stored exceptions, tracebacks and frames. */
import type { Edit } from '../contract/position.ts';
import { raisesAgain, type KeptFrames } from '../facts/frames/exceptions.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { wrapInFinally } from './fix-block.ts';
import { BOUND, dropOldest } from './fix-bound.ts';
import { memberOf, replaceNode } from './fix.ts';

interface Proposal {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** @param all what one statement stores */
export function exceptionFix(file: FileFacts, all: readonly KeptFrames[]): Proposal | undefined {
  const [one] = all;
  if (!one) return undefined;
  if (one.where === 'local') return releaseLocals(file, all);
  // Several parts, or targets of an unpacking: not a matter of one expression.
  if (all.length > 1 || one.part.parent?.type === 'pattern_list') return undefined;
  switch (one.what) {
    case 'exception':
      return withoutTraceback(file, one);
    case 'traceback':
      return {
        title: 'Keep the lines of the traceback, without its frames',
        edits: replaced(file, one.part, 'traceback', 'extract_tb'),
      };
    case 'frame':
      return {
        title: 'Keep the place in the code, without the frame',
        edits: replaced(file, one.part, 'inspect', 'getframeinfo'),
      };
  }
}

/** `expression` → `module.function(expression)` */
function replaced(file: FileFacts, part: Node, module: string, name: string): Edit[] {
  const known = memberOf(file, module, name);
  return [...known.edits, replaceNode(file, part, `${known.text}(${part.text})`)];
}

/** Of an exception that is raised again the traceback grows on, so that cutting it off here is no use. */
function withoutTraceback(file: FileFacts, one: KeptFrames): Proposal | undefined {
  if (one.part.type !== 'identifier' || raisesAgain(one.statement)) return undefined;
  const cut = replaceNode(file, one.part, `${one.part.text}.with_traceback(None)`);
  if (one.where !== 'container') return { title: 'Keep the exception without its traceback', edits: [cut] };
  const bound = dropOldest(file, file.places.container(one.place), one.holder, one.statement);
  return bound
    ? { title: `Keep the last ${BOUND} exceptions, without their tracebacks`, edits: [bound, cut] }
    : { title: 'Keep the exceptions without their tracebacks', edits: [cut] };
}

/** From the statement that stores them to the end of the function, in a `try` whose `finally` lets the names go. */
function releaseLocals(file: FileFacts, all: readonly KeptFrames[]): Proposal | undefined {
  const [one] = all;
  const body = one && file.functionAround(one.statement)?.node.child('body');
  if (!one || !body || all.some(({ where }) => where !== 'local')) return undefined;
  let first = all.map(({ statement }) => statement).reduce((a, b) => (a.index < b.index ? a : b));
  while (first.parent && first.parent !== body) first = first.parent;
  const last = body.children.at(-1);
  const names = [...new Set(all.map(({ holder }) => holder))];
  const edits = first.parent && last && wrapInFinally(file, first, last, `${names.join(' = ')} = None`);
  return edits && { title: `Let ${names.join(' and ')} go when the function ends`, edits };
}
