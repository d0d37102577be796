import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { replaceNode } from '../scan/fix.ts';
import { defineRule } from '../scan/rule.ts';

/** `for key in list(self.jobs): del self.jobs[key]`: the dict is empty, and its table as large as ever. */
export default defineRule({
  id: 'emptied-by-deletion',
  cause: 'fragmentation',
  confidence: 'low',
  summary: 'A dict or set that is emptied entry by entry keeps the table that all of them needed',
  why:
    'Taking entries out of a dict or set one by one frees the entries, but its table keeps the size that it once had, ' +
    '40 MiB for a million of entries, until many new ones are added. `clear()` frees the table at once, and is faster. For an ' +
    'object that lives long it makes a difference after a rush; nothing leaks, and the probe clears it.',
  remedy:
    'Empty it with `clear()`, or bind a new one. Where only some entries go, build a new dict of the others now and then.',
  notWhen: [
    'Something else is done with each entry in the loop, or a condition decides which ones go.',
    'The container is a local, which goes with the call.',
    'It is a list or a deque: those give room back when they get shorter.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Board:
    def __init__(self) -> None:
        self.jobs: dict = {}

    def run(self, count: int = 1000) -> int:
        for number in range(count):
            self.jobs[number] = str(number)
        for number in list(self.jobs):
            del self.jobs[number]
        return len(self.jobs)
`,
      good: `
class Board:
    def __init__(self) -> None:
        self.jobs: dict = {}

    def run(self, count: int = 1000) -> int:
        for number in range(count):
            self.jobs[number] = str(number)
        self.jobs.clear()
        return len(self.jobs)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/stdtypes.html#dict.clear'],
  check(file, report) {
    for (const { node, container } of emptyingLoops(file)) {
      const place = file.places.at(container);
      const kind = place && file.places.container(place)?.kind;
      const isLocal = place?.root instanceof Binding && place.root.scope.kind !== 'module';
      if (!place || isLocal || (kind !== 'dict' && kind !== 'set')) continue;
      const target = file.drivable(node);
      const around = statementOf(node);
      report({
        anchor: node,
        message: `\`${container.text}\` keeps its table at full size when its entries are taken out one by one: \`clear()\` frees it`,
        holder: place.root instanceof Binding ? place.label : `self.${place.path}`,
        payload: 'the table of the entries that are gone',
        fix: {
          title: 'Empty it with `clear()`',
          safety: 'review',
          edits: [replaceNode(file, around, `${container.text}.clear()`)],
        },
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

interface Emptying {
  /** The loop. */
  readonly node: Node;
  readonly container: Node;
}

/** Loops that do nothing but take each entry out. */
function emptyingLoops(file: FileFacts): Emptying[] {
  const overKeys = file.nodes('delete_statement').flatMap((statement) => {
    const [entry] = statement.children;
    const loop = onlyStatementOf(statement);
    const container = entry?.type === 'subscript' ? entry.child('value') : undefined;
    const iterable = loop?.type === 'for_statement' ? loop.child('right') : undefined;
    const isKey = entry?.child('subscript')?.text === loop?.child('left')?.text;
    return loop && container && isKey && walks(iterable, container) ? [{ node: loop, container }] : [];
  });
  const popping = file.calls.named('popitem', 'pop').flatMap(({ node, receiver, name }) => {
    const loop = node.parent?.type === 'expression_statement' ? onlyStatementOf(node.parent) : undefined;
    const given = node.child('arguments')?.children ?? [];
    const isEach =
      loop?.type === 'while_statement'
        ? loop.child('condition')?.text === receiver?.text && given.length === 0
        : name === 'pop' &&
          given[0]?.text === loop?.child('left')?.text &&
          walks(loop?.child('right'), receiver);
    return loop && receiver && isEach ? [{ node: loop, container: receiver }] : [];
  });
  return [...overKeys, ...popping];
}

/** The loop whose body a statement is, all of it. */
function onlyStatementOf(statement: Node): Node | undefined {
  const loop = statement.parent?.children.length === 1 ? statement.parent.parent : undefined;
  const isLoop = loop?.type === 'for_statement' || loop?.type === 'while_statement';
  return isLoop && statement.parent?.field === 'body' && loop.child('alternative') === undefined
    ? loop
    : undefined;
}

/** `list(jobs)`, `list(jobs.keys())`, `tuple(jobs)`: all keys. */
function walks(iterable: Node | undefined, container: Node | undefined): boolean {
  const text = iterable?.text ?? '';
  const [, inner] = /^(?:list|tuple|set|sorted)\((.*)\)$/s.exec(text) ?? [];
  return (
    inner !== undefined && container !== undefined && inner.replace(/\.keys\(\)$/, '') === container.text
  );
}
