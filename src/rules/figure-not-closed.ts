import { roundsOf } from '../facts/resources/buffers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import {
  drawsWithPyplot,
  figuresIn,
  isClosedByCaller,
  piledDrawings,
  pyplotMember,
  treatmentOf,
  type Figure,
  type Treatment,
} from '../facts/arrays/figures.ts';
import { loopsAround, statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import type { Node } from '../python/node.ts';
import { insertStatementAfter } from '../scan/fix.ts';
import { startsLine } from '../scan/fix-block.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** A loop of fewer rounds is as good as none. */
const FEW = 20;

/** Figures that pyplot makes in loops, handlers and functions that save them, and that nothing closes. */
export default defineRule({
  id: 'figure-not-closed',
  cause: 'external-library',
  confidence: 'high',
  summary: 'A figure of pyplot is never closed',
  why:
    'pyplot keeps every figure that it makes in a list of its own, with all data that was drawn, until `plt.close` ' +
    'takes it out: leaving the function frees nothing, and neither do `plt.clf()`, `del fig` or `gc.collect()`. A job or ' +
    'server that draws again and again keeps hundreds of kilobytes for each picture.',
  remedy:
    'Call `plt.close(fig)` after the figure was saved or shown, best in a `finally`. Code that never shows a window can ' +
    'do without pyplot: `matplotlib.figure.Figure()` goes with its last name.',
  notWhen: [
    'The figure is closed in the same function, by what it calls in the file, or by its callers there.',
    'It is given back, yielded or stored: whoever gets it may close it.',
    'It is shown: the window closes it.',
    'It has a number or a name, so that pyplot takes the same figure again.',
    'It is made once, at the start of the program or in a script.',
    'It is made by `matplotlib.figure.Figure`, which pyplot does not know of.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def sketches(pages: int = 1) -> int:
    for page in range(pages):
        fig = plt.figure(figsize=(1, 1))
        fig.suptitle("page")
    return pages
`,
      good: `
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def sketches(pages: int = 1) -> int:
    for page in range(pages):
        fig = plt.figure(figsize=(1, 1))
        fig.suptitle("page")
        plt.close(fig)
    return pages
`,
      ok: `
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def chart(values: list, path: str) -> None:
    fig = Figure()
    fig.subplots().plot(values)
    fig.savefig(path)


def drawing(values: list):
    fig, ax = plt.subplots()
    ax.plot(values)
    return fig
`,
      needs: 'matplotlib',
    },
  ],
  links: ['https://matplotlib.org/stable/api/_as_gen/matplotlib.pyplot.close.html'],
  check(file, report) {
    if (!drawsWithPyplot(file)) return;
    for (const figure of figuresIn(file)) {
      const treatment = treatmentOf(file, figure);
      const confidence = levelOf(file, figure, treatment);
      if (confidence) report(hitOf(file, figure, treatment, confidence));
    }
    for (const saving of piledDrawings(file)) {
      const around = file.functionAround(saving);
      const often = isRepeated(file, saving) || frequencyOf(file, saving) === 'request';
      if (around && isClosedByCaller(file, around)) continue;
      if (!often && (!around || frequencyOf(file, saving) === 'once')) continue;
      report({
        anchor: saving,
        message: `pyplot draws on one figure again and again, which keeps all that was drawn before: nothing closes or clears it after \`${saving.child('function')?.text ?? 'savefig'}\``,
        holder: 'Gcf.figs',
        payload: 'what was drawn before',
        confidence: often ? 'medium' : 'low',
        fix: {
          title: 'Close the figure when it is saved',
          safety: 'review',
          edits: [insertStatementAfter(file, statementOf(saving), `${pyplotOf(file, saving)}.close()`)],
        },
        ...probeOf(file, saving),
      });
    }
  },
});

/** Whether a node runs in a loop of more than a few rounds. */
function isRepeated(file: FileFacts, node: Node): boolean {
  return loopsAround(node).some((loop) => (roundsOf(file, loop.child('right')) ?? FEW) >= FEW);
}

function levelOf(
  file: FileFacts,
  { maker }: Figure,
  { closed, escapes, saved, shown, handedOn }: Treatment,
): 'high' | 'medium' | 'low' | undefined {
  const around = file.functionAround(maker);
  if (closed || escapes || (around && isClosedByCaller(file, around))) return undefined;
  const inLoop = isRepeated(file, maker);
  const frequency = frequencyOf(file, maker);
  if (shown) return saved && (inLoop || frequency !== 'once') ? 'low' : undefined;
  if (inLoop) return saved ? (handedOn ? 'medium' : 'high') : handedOn ? undefined : 'medium';
  return saved && around && frequency !== 'once' ? 'medium' : undefined;
}

function hitOf(
  file: FileFacts,
  figure: Figure,
  treatment: Treatment,
  confidence: 'high' | 'medium' | 'low',
): Hit {
  const { maker, name } = figure;
  const what = name !== undefined && name !== '_' ? `\`${name}\`` : 'the figure';
  const inLoop = loopsAround(maker).length > 0;
  const fix = closeFix(file, figure, treatment);
  return {
    anchor: statementOf(maker),
    message: inLoop
      ? `pyplot keeps every figure that this loop makes, with all its data: nothing closes ${what}`
      : `pyplot keeps ${what} after \`${file.symbolAt(maker)}\` returns: nothing closes it, and each call adds another one`,
    holder: 'Gcf.figs',
    payload: 'figures with all that was drawn on them',
    confidence,
    ...(fix ? { fix } : {}),
    ...probeOf(file, maker),
  };
}

function probeOf(file: FileFacts, node: Node): Pick<Hit, 'probe'> {
  const target = file.drivable(node);
  return target ? { probe: { target: target.qualname } } : {};
}

/** Closes it after the statement that uses it last, in the block in which it is made. */
function closeFix(
  file: FileFacts,
  { maker, names, name }: Figure,
  { saved }: Treatment,
): ProposedFix | undefined {
  const home = statementOf(maker);
  const block = home.parent;
  const uses = [...names].flatMap((binding) => binding.uses);
  const statements = block?.children.filter((statement) => {
    const drawn = saved && statement.contains(saved);
    return statement.index >= home.index && (drawn || uses.some((use) => statement.contains(use)));
  });
  const last = statements?.at(-1) ?? home;
  if (last.type === 'return_statement' || !startsLine(file, last)) return undefined;
  const isFigure = pyplotMember(file, maker) !== undefined && name !== undefined;
  return {
    title: 'Close the figure after its last use',
    safety: 'review',
    edits: [
      insertStatementAfter(
        file,
        last,
        `${pyplotOf(file, maker)}.close(${isFigure ? figureName(name, maker) : ''})`,
      ),
    ],
  };
}

/** `fig` of `fig, ax = plt.subplots()`; nothing for `_, ax`. */
function figureName(name: string, maker: Node): string {
  return name === '_' || maker.parent?.type === 'attribute' || maker.parent?.type === 'subscript' ? '' : name;
}

/** How the file calls pyplot: `plt`. */
function pyplotOf(file: FileFacts, call: Node): string {
  if (pyplotMember(file, call) !== undefined) return call.child('function')?.child('object')?.text ?? 'plt';
  const other = file.calls
    .named('savefig', 'figure', 'subplots', 'gcf', 'gca', 'title')
    .find(({ node }) => pyplotMember(file, node));
  return other?.receiver?.text ?? 'plt';
}
