import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain, ownNodes, statementOf, statementsAfter } from '../facts/syntax/flow.ts';
import type { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from '../scan/fix-block.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** A loop over a tar archive that is read as a stream, whose list of members grows with it. */
export default defineRule({
  id: 'tar-members-kept',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A tar archive that is read as a stream remembers every member it has passed',
  why:
    'A mode such as `r|gz` reads an archive once, from front to back, however large it is. Even so `TarFile` appends a ' +
    '`TarInfo` of a kilobyte or more to its list `members` for each file: an archive of some millions of files, or a stream without ' +
    'an end, fills the memory although nothing can be read a second time.',
  remedy:
    'Empty the list in each turn, `archive.members = []`, or from Python 3.13 on open it with `stream=True`.',
  notWhen: [
    'The loop or function empties `members`, or the archive is opened with `stream=True`.',
    'The archive is a file that can be read anywhere: its members are needed to find their data.',
    'The loop ends with its first turn.',
  ],
  predicts: 'peak',
  recipe: 'peak',
  examples: [
    {
      bad: `
import io
import tarfile
import time


def archive_of(count: int) -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for number in range(count):
            archive.addfile(tarfile.TarInfo(f"sample {number}"))
    return io.BytesIO(file.getvalue())


SAMPLES = archive_of(4_000).getvalue()


def count_samples(every: float = 0.001) -> int:
    samples = 0
    archive = tarfile.open(fileobj=io.BytesIO(SAMPLES), mode="r|")
    for member in archive:
        samples += member.isfile()
    for _ in range(3):
        time.sleep(every)
    return samples
`,
      good: `
import io
import tarfile
import time


def archive_of(count: int) -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for number in range(count):
            archive.addfile(tarfile.TarInfo(f"sample {number}"))
    return io.BytesIO(file.getvalue())


SAMPLES = archive_of(4_000).getvalue()


def count_samples(every: float = 0.001) -> int:
    samples = 0
    archive = tarfile.open(fileobj=io.BytesIO(SAMPLES), mode="r|")
    for member in archive:
        samples += member.isfile()
        archive.members = []
    for _ in range(3):
        time.sleep(every)
    return samples
`,
    },
  ],
  links: ['https://docs.python.org/3/library/tarfile.html#tarfile.open'],
  check(file, report) {
    for (const { node } of file.calls.to('tarfile.open', 'tarfile.TarFile.open')) {
      if (!isStream(node) || keywordArgument(node, 'stream')) continue;
      const loop = loopOver(file, node);
      if (
        !loop ||
        isUnderMain(loop.node) ||
        loop.node.child('body')?.children.at(-1)?.type === 'break_statement'
      )
        continue;
      const around = file.functionAround(node)?.node ?? loop.node;
      if (/\.members\b/.test(around.text)) continue;
      const target = file.drivable(node);
      const [after] = statementsAfter(statementOf(loop.node));
      const fix = clearFix(loop);
      report({
        anchor: loop.node,
        message: `\`${loop.archive.name}\` is read as a stream and keeps an entry in \`members\` for every file that it has passed`,
        holder: loop.archive.name,
        payload: 'the headers of all files so far',
        ...(fix ? { fix } : {}),
        ...(target
          ? {
              probe: after
                ? { target: target.qualname, hold: { line: file.line(after), names: [loop.archive.name] } }
                : { target: target.qualname, recipe: 'growth' as const },
            }
          : {}),
      });
    }

    function clearFix({ node, archive }: Loop): ProposedFix | undefined {
      const last = node.child('body')?.children.at(-1);
      const skips = ownNodes(node).some(({ type }) => type === 'continue_statement');
      if (!last || skips || !startsLine(file, last)) return undefined;
      return {
        title: 'Forget the members at the end of each turn',
        safety: 'review',
        edits: [insertStatementAfter(file, last, `${archive.name}.members = []`)],
      };
    }
  },
});

/** `tarfile.open(fileobj=pipe, mode="r|gz")` */
function isStream(call: Node): boolean {
  const mode = keywordArgument(call, 'mode') ?? positionalArguments(call)[1];
  return mode?.type === 'string' && /^\w*['"]r\|/.test(mode.text);
}

interface Loop {
  readonly node: Node;
  readonly archive: Binding;
}

/** The `for` over the name that an archive is given by `=` or `with … as`. */
function loopOver(file: FileFacts, call: Node): Loop | undefined {
  const item = call.closest('with_item', 'assignment');
  const name =
    item?.type === 'assignment'
      ? item.child('left')
      : item?.descendants().findLast(({ type }) => type === 'identifier');
  const archive = name?.type === 'identifier' ? file.binding(name) : undefined;
  for (const use of archive?.uses ?? []) {
    const iterable = /^(tqdm|enumerate|iter)/.test(use.parent?.parent?.child('function')?.text ?? '')
      ? use.parent?.parent
      : use;
    const loop = iterable?.field === 'right' ? iterable.parent : undefined;
    if (archive && loop?.type === 'for_statement') return { node: loop, archive };
  }
  return undefined;
}
