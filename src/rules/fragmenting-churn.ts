import type { Edit } from '../contract/position.ts';
import { isLong, variesInSize } from '../facts/resources/buffers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import type { FunctionFacts } from '../facts/syntax/functions.ts';
import type { Place } from '../facts/places/places.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import { lastUse, survivorsOf, type Survivors } from '../facts/resources/survivors.ts';
import type { Node } from '../python/node.ts';
import { insertStatementAfter, insertStatementBefore, nameOf, replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Many buffers of different sizes, of which a few survive in between. */
export default defineRule({
  id: 'fragmenting-churn',
  cause: 'fragmentation',
  confidence: 'low',
  summary: 'A few survivors among many buffers leave the heap full of holes',
  why:
    'Buffers of more than 512 bytes come from the C heap. When many of different sizes are made and nearly all are freed, ' +
    'the few that stay are spread over the heap, and the free room between them remains with the process: resident ' +
    'memory stays high although little is in use. No object leaks.',
  remedy:
    'Make the buffers one at a time, or of one size, so that the room is used again; or copy the survivors after the rest ' +
    'is gone. With glibc, `malloc_trim(0)` after the churn gives whole free pages back: call it now and then, not in a hot ' +
    'path. It does not help for objects of up to 512 bytes (they lie in arenas of the interpreter, each pinned by one ' +
    'survivor), nor for what is still referenced; and Windows, macOS and musl do not have it: there, recycle the worker ' +
    'process.',
  notWhen: [
    'The buffers have one size, or there are few of them.',
    'None survives, or all of them do.',
    'Only what is computed from them is kept.',
    'The function gives the memory back with `malloc_trim`.',
  ],
  predicts: 'fragmentation',
  recipe: 'fragmentation',
  examples: [
    {
      bad: `
class SpotCheck:
    def __init__(self, every: int = 200) -> None:
        self.every = every
        self.kept = []

    def run(self, labels: int = 20_000) -> int:
        proofs = [bytearray(600 + number * 37 % 3400) for number in range(labels)]
        self.kept = proofs[:: self.every]
        return len(self.kept)
`,
      good: `
class SpotCheck:
    def __init__(self, every: int = 200) -> None:
        self.every = every
        self.kept = []

    def run(self, labels: int = 20_000) -> int:
        self.kept = [bytearray(600 + number * 37 % 3400) for number in range(0, labels, self.every)]
        return len(self.kept)
`,
      ok: `
def sizes(labels: int = 20_000) -> list:
    proofs = [bytearray(600 + number * 37 % 3400) for number in range(labels)]
    return [len(proof) for proof in proofs][::40]
`,
    },
  ],
  links: [
    'https://man7.org/linux/man-pages/man3/malloc_trim.3.html',
    'https://docs.python.org/3/c-api/memory.html#the-pymalloc-allocator',
  ],
  check(file, report) {
    for (const place of file.places.all) {
      const { root, path } = place;
      if (!(root instanceof Binding) || path !== '' || root.isParameter) continue;
      const around = file.definitions.functionOf(root.scope);
      if (!around) continue;
      const churn = churnIn(file, place);
      const survivors = churn && survivorsOf(file, root);
      const target = survivors && file.drivable(churn);
      if (!churn || !survivors || !target || trims(file, around)) continue;
      const fix = trimFix(file, around, root, survivors);
      report({
        anchor: churn,
        message: `\`${around.name}\` makes many buffers of different sizes and keeps a few of \`${root.name}\`: the free room between them stays with the process`,
        holder: root.name,
        payload: 'free memory between the buffers that stay',
        ...(fix ? { fix } : {}),
        probe: { target: target.qualname },
      });
    }
  },
});

/** Where a container is filled with many buffers of different sizes. */
function churnIn(file: FileFacts, place: Place): Node | undefined {
  for (const { kind, value, node, inner } of place.operations) {
    if (!value || inner) continue;
    if (kind === 'bind' && /^(list|set|dictionary)_comprehension$/.test(value.type)) {
      const body = value.child('body');
      const made = body?.type === 'pair' ? body.child('value') : body;
      if (made && isLong(file, value) && variesInSize(file, made, value)) return value;
    }
    const [loop] = kind === 'grow' ? loopsAround(node) : [];
    if (loop && isLong(file, loop) && variesInSize(file, value, loop)) return node;
  }
  return undefined;
}

/** Whether a function calls `malloc_trim`, itself or through a function of the file. */
function trims(file: FileFacts, around: FunctionFacts): boolean {
  return around.node.descendants().some((node) => {
    const callee = node.type === 'call' ? node.child('function') : undefined;
    return callee !== undefined && (/malloc_trim$/.test(callee.text) || isTrimmer(file, callee));
  });
}

function isTrimmer(file: FileFacts, callee: Node): boolean {
  const definition = callee.type === 'identifier' ? file.binding(callee)?.only : undefined;
  const isHere = definition?.kind === 'function' && definition.value?.text.includes('malloc_trim') === true;
  return isHere || /(^|\.)(malloc_trim|trim_memory|trim_heap)$/.test(file.names.qualified(callee) ?? '');
}

/** Lets the rest go, then trims the heap. */
function trimFix(
  file: FileFacts,
  around: FunctionFacts,
  container: Binding,
  survivors: Survivors,
): ProposedFix | undefined {
  const made = container.only?.node;
  if (!made || around.isGenerator) return undefined;
  const last = survivors.inPlace ? survivors.node : lastUse(container, made);
  const result = last.type === 'return_statement' ? last.children[0] : undefined;
  // After a block that returns nothing runs any more.
  const returnsInside = last.descendants().some(({ type }) => type === 'return_statement');
  if (!standsAlone(file, last) || returnsInside || result?.text.includes('"""')) return undefined;

  const trimmer = trimmerOf(file, around);
  const letGo = survivors.inPlace ? trimmer.call : `del ${container.name}\n${trimmer.call}`;
  const edits = [...trimmer.edits];
  if (result && !survivors.inPlace) {
    const names = last.contains(survivors.node) ? ['kept', 'survivors'] : ['result', 'outcome'];
    const name = names.find((free) => !around.scope.bindings.has(free)) ?? `${container.name}_kept`;
    const statement = `${name} = ${result.text.replaceAll('\r\n', '\n')}\n${letGo}`;
    edits.push(insertStatementBefore(file, last, statement), replaceNode(file, result, name));
  } else edits.push(insertStatementAfter(file, last, letGo));
  return {
    title: 'Let the others go, then give free pages back with `malloc_trim(0)`, where there is glibc',
    safety: 'review',
    edits,
  };
}

const TRIMMER = (library: string): string => `def trim_memory() -> None:
    """Gives free pages of the heap back to the system; only glibc can."""
    try:
        ${library}("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        pass  # another C library: the pages stay with the process

`;

/** A call that trims the heap, and the edits that define what it calls. */
function trimmerOf(file: FileFacts, around: FunctionFacts): { call: string; edits: Edit[] } {
  const existing = file.functions.find(
    ({ kind, node }) => kind === 'function' && node.text.includes('malloc_trim'),
  );
  if (existing && existing.parameters.length === 0) return { call: `${existing.name}()`, edits: [] };
  let top = around.node;
  while (top.parent && top.parent.type !== 'module') top = top.parent;
  const library = nameOf(file, 'ctypes', 'CDLL');
  const definition = insertStatementBefore(file, top, TRIMMER(library.text));
  const [first] = library.edits;
  const [imported, defined] = [first?.range.start, definition.range.start];
  // The import and the function go to the same place: one edit, in this order.
  const isSame = first && imported?.line === defined.line && imported.column === defined.column;
  const edits = isSame
    ? [{ ...definition, text: `${first.text}\n\n${definition.text}` }]
    : [...library.edits, definition];
  return { call: 'trim_memory()', edits };
}

/** Whether a statement has its lines to itself, so that others can be put around it. */
function standsAlone(file: FileFacts, statement: Node): boolean {
  const { source } = file.tree;
  const before = source.slice(file.lines.startOf(file.line(statement)), statement.start);
  const end = source.indexOf('\n', statement.end);
  const after = source.slice(statement.end, end < 0 ? source.length : end);
  return /^\s*$/.test(before) && /^\s*(#.*)?$/.test(after);
}
