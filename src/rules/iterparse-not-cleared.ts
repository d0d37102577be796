import { callsLike } from '../facts/syntax/called.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain, ownNodes, statementOf, statementsAfter } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { startsLine } from '../scan/fix-block.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** A loop over `iterparse` that never clears the elements it has seen. */
export default defineRule({
  id: 'iterparse-not-cleared',
  cause: 'still-in-scope',
  confidence: 'high',
  summary: 'A loop over `iterparse` builds the whole document in memory',
  why:
    '`iterparse` hands out elements while it reads, and still builds the whole tree: each element stays attached to its ' +
    'parent until it is cleared. A file of some gigabytes then takes several times its size in memory, which is what ' +
    'reading it piece by piece was meant to avoid; and the last element, which is the root, keeps it after the loop.',
  remedy:
    'Call `element.clear()` when an element has been dealt with. The emptied elements still hang on the root: for very many ' +
    'of them clear the root too (`_, root = next(context)` with `events=("start", "end")`, then `root.clear()`).',
  notWhen: [
    'The function clears, removes or deletes elements.',
    'The elements are given to a function of the file that clears them.',
    'The loop ends with its first turn.',
    'The tree is wanted: its root is asked for, or an element is bound to a name that is used after the loop.',
    'Only the declarations of name spaces are read.',
  ],
  predicts: 'peak',
  recipe: 'peak',
  examples: [
    {
      bad: `
import io
import time
import xml.etree.ElementTree as ElementTree

DOCUMENT = b"<log>" + b"<entry kind='read'>some words of text</entry>" * 20_000 + b"</log>"


def watch(every: float = 0.001) -> int:
    entries = 0
    for event, element in ElementTree.iterparse(io.BytesIO(DOCUMENT)):
        if element.tag == "entry":
            entries += 1
    while entries > 0:
        time.sleep(every)
        entries -= 5_000
    return entries
`,
      good: `
import io
import time
import xml.etree.ElementTree as ElementTree

DOCUMENT = b"<log>" + b"<entry kind='read'>some words of text</entry>" * 20_000 + b"</log>"


def watch(every: float = 0.001) -> int:
    entries = 0
    for event, element in ElementTree.iterparse(io.BytesIO(DOCUMENT)):
        if element.tag == "entry":
            entries += 1
        element.clear()
    while entries > 0:
        time.sleep(every)
        entries -= 5_000
    return entries
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/xml.etree.elementtree.html#xml.etree.ElementTree.iterparse',
    'https://lxml.de/parsing.html#modifying-the-tree',
  ],
  check(file, report) {
    for (const { node } of callsLike(file, /(^|\.)iterparse$/)) {
      const loop = loopOver(file, node);
      if (!loop || isUnderMain(loop.node) || onlyNamespaces(node) || endsAtOnce(loop.node)) continue;
      const around = file.functionAround(node)?.node ?? loop.node;
      if (wantsTree(file, loop, node, around)) continue;
      if (CLEARS.test(around.text) || clearsElsewhere(file, loop)) continue;
      const target = file.drivable(node);
      const after = statementsAfter(statementOf(loop.node))[0];
      const fix = clearFix(file, loop);
      report({
        anchor: loop.node,
        message: `This loop never clears what it has read, so \`${loop.element}\` holds the whole document in the end`,
        holder: loop.element,
        payload: 'the whole document',
        confidence: isGivenAway(file, loop) ? 'medium' : 'high',
        ...(fix ? { fix } : {}),
        ...(target
          ? {
              probe: after
                ? { target: target.qualname, hold: { line: file.line(after), names: [loop.element] } }
                : { target: target.qualname, recipe: 'growth' as const },
            }
          : {}),
      });
    }
  },
});

interface Loop {
  readonly node: Node;
  /** The name of the element in the loop. */
  readonly element: string;
}

const CLEARS = /\.(clear|remove|clear_memory)\(|\bdel \w+(\.getparent\(\))?\[|\bfast_iter\(/;

/** The `for` over a call, directly or through names: `context = iter(iterparse(…))`. */
function loopOver(file: FileFacts, call: Node): Loop | undefined {
  let at = call;
  while (at.parent?.type === 'argument_list' && WRAPS.test(at.parent.parent?.child('function')?.text ?? ''))
    at = at.parent.parent as Node;
  if (at.parent?.type === 'as_pattern' || at.parent?.type === 'with_item') return undefined;
  if (at.parent?.type === 'for_statement' && at.field === 'right') return loopOf(at.parent);
  const target = at.parent?.type === 'assignment' ? at.parent.child('left') : undefined;
  const binding = target?.type === 'identifier' ? file.binding(target) : undefined;
  for (const use of binding?.uses ?? []) {
    const outer = WRAPS.test(use.parent?.parent?.child('function')?.text ?? '') ? use.parent?.parent : use;
    if (outer?.parent?.type === 'for_statement' && outer.field === 'right') return loopOf(outer.parent);
  }
  return undefined;
}

const WRAPS = /^(iter|enumerate|tqdm(\.tqdm)?|track|islice|itertools\.islice)$/;

function loopOf(node: Node): Loop | undefined {
  const left = node.child('left');
  const names = left ? [left, ...left.descendants()].filter(({ type }) => type === 'identifier') : [];
  const element = names.at(-1)?.text;
  return element ? { node, element } : undefined;
}

/** `events=("start-ns",)` */
function onlyNamespaces(call: Node): boolean {
  const text = call.child('arguments')?.text ?? '';
  return /['"](start|end)-ns['"]/.test(text) && !/['"](start|end)['"]/.test(text);
}

function endsAtOnce(loop: Node): boolean {
  const last = loop.child('body')?.children.at(-1)?.type ?? '';
  return last === 'return_statement' || last === 'break_statement' || last === 'raise_statement';
}

/** Asks for the root, or keeps an element under another name for after the loop. */
function wantsTree(file: FileFacts, { node, element }: Loop, call: Node, around: Node): boolean {
  if (/\.(root|getroot\(\))(?!\w)/.test(around.text)) return true;
  const events = call.child('arguments')?.text ?? '';
  if (/events\s*=\s*[[(]\s*['"]start['"]\s*,?\s*[\])]/.test(events)) return true;
  return ownNodes(node).some((inner) => {
    const left = inner.type === 'assignment' ? inner.child('left') : undefined;
    if (left?.type !== 'identifier' || inner.child('right')?.text !== element) return false;
    return file.binding(left)?.uses.some((use) => use.start > node.end && around.contains(use)) ?? false;
  });
}

/** Calls in the loop that are given the element itself. */
function takers(loop: Loop): Node[] {
  return ownNodes(loop.node).filter(
    (node) =>
      node.type === 'call' &&
      node
        .child('arguments')
        ?.children.some(({ type, text }) => type === 'identifier' && text === loop.element),
  );
}

function clearsElsewhere(file: FileFacts, loop: Loop): boolean {
  const names = takers(loop).map((call) => /\w+$/.exec(call.child('function')?.text ?? '')?.[0]);
  return file.functions.some(({ name, node }) => names.includes(name) && CLEARS.test(node.text));
}

/** What other files do with the element cannot be seen from here; so also a generator's caller. */
function isGivenAway(file: FileFacts, loop: Loop): boolean {
  const here = new Set(file.functions.map(({ name }) => name));
  const isUnknown = takers(loop).some(
    (call) => !here.has(/\w+$/.exec(call.child('function')?.text ?? '')?.[0] ?? ''),
  );
  return (
    isUnknown || ownNodes(loop.node).some(({ type, text }) => type === 'yield' && text.includes(loop.element))
  );
}

/** `element.clear()` as the last statement of the loop. */
function clearFix(file: FileFacts, { node, element }: Loop): ProposedFix | undefined {
  const last = node.child('body')?.children.at(-1);
  const skips = ownNodes(node).some(({ type }) => type === 'continue_statement');
  if (!last || skips || !startsLine(file, last) || last.parent?.parent !== node) return undefined;
  return {
    title: `Clear \`${element}\` at the end of each turn`,
    safety: 'review',
    edits: [insertStatementAfter(file, last, `${element}.clear()`)],
  };
}
