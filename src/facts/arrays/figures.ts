/** Figures that pyplot makes and keeps, what is done with them, and whether they are closed. */
import type { Node } from '../../python/node.ts';
import { importsLibrary } from './arrays.ts';
import type { Call } from '../syntax/calls.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import type { FileFacts } from '../file-facts.ts';
import { loopsAround, statementOf } from '../syntax/flow.ts';
import type { FunctionFacts } from '../syntax/functions.ts';
import { spanOf } from '../places/keeping.ts';
import type { Binding } from '../syntax/scopes.ts';

export interface Figure {
  /** The call that makes it. */
  readonly maker: Node;
  /** Local names through which it is used: the figure, its axes, its grid. */
  readonly names: ReadonlySet<Binding>;
  /** The name that the figure itself goes by. */
  readonly name: string | undefined;
}

/** The file may lack the import of a snippet, or get it from a module of its own. */
const PYPLOT = /^(matplotlib\.)?(pyplot|pylab)\.|^builtins\.(plt|pyplot)\.|(^|\.)plt\./;
const SEABORN =
  /^(seaborn|builtins\.sns)\.(pairplot|relplot|displot|catplot|factorplot|lmplot|jointplot|clustermap|FacetGrid|PairGrid|JointGrid)$/;
/** Methods of tables that draw on a figure of pyplot; `frame.plot.bar` too. */
const TABLE_METHODS = [
  'plot',
  'hist',
  'boxplot',
  'bar',
  'barh',
  'line',
  'area',
  'pie',
  'box',
  'kde',
  'scatter',
];

/** The member of pyplot that a call calls, such as `subplots`. */
export function pyplotMember(file: FileFacts, call: Node | undefined): string | undefined {
  const name = file.names.callee(call);
  return name !== undefined && PYPLOT.test(name) ? name.split('.').at(-1) : undefined;
}

/** Whether the file draws with pyplot at all. */
export function drawsWithPyplot(file: FileFacts): boolean {
  return (
    ['matplotlib', 'pylab', 'seaborn', 'pandas'].some((library) => importsLibrary(file, library)) ||
    /\bplt\.(figure|subplots|savefig)\b/.test(file.tree.source)
  );
}

/** The figures that the file has pyplot make, in document order. */
export function figuresIn(file: FileFacts): Figure[] {
  const makers = [
    ...file.calls.named('figure', 'subplots', 'subplot_mosaic').filter(({ node }) => {
      return pyplotMember(file, node) !== undefined && !isReused(node);
    }),
    ...file.calls.named(...SEABORN_NAMES).filter(({ node }) => SEABORN.test(file.names.callee(node) ?? '')),
    ...file.calls.named(...TABLE_METHODS).filter(({ node }) => isTablePlot(file, node)),
  ];
  return makers.map(({ node }) => figureOf(file, node)).sort((a, b) => a.maker.index - b.maker.index);
}

const SEABORN_NAMES =
  'pairplot relplot displot catplot factorplot lmplot jointplot clustermap FacetGrid PairGrid JointGrid'.split(
    ' ',
  );

/** `plt.figure(1)`, `plt.figure("loss")`: the same figure again. */
function isReused(call: Node): boolean {
  const isFigure = /(^|\.)figure$/.test(call.child('function')?.text ?? '');
  const number = keywordArgument(call, 'num') ?? (isFigure ? positionalArguments(call)[0] : undefined);
  return number !== undefined && (number.type === 'integer' || number.type === 'string');
}

/** `fig = frame.plot().get_figure()`, `ax = frame.plot.bar()`; not where the axes are given. */
function isTablePlot(file: FileFacts, call: Node): boolean {
  const callee = call.child('function');
  const receiver = callee?.type === 'attribute' ? callee.child('object') : undefined;
  const method = callee?.child('attribute')?.text ?? '';
  const isPlot = /^(plot|hist|boxplot)$/.test(method) || /\.plot$/.test(receiver?.text ?? '');
  if (!receiver || !isPlot || keywordArgument(call, 'ax')) return false;
  // Axes have these methods too; only what tables draw on has to be asked for its figure.
  if (asksForFigure(call)) return true;
  const [target] = identifiersIn(assignmentOf(statementOf(call))?.child('left'));
  return (target && file.binding(target)?.uses.some(asksForFigure)) === true;
}

/** `ax.get_figure()`, `ax.figure`. */
function asksForFigure({ parent, field }: Node): boolean {
  if (parent?.type !== 'attribute' || field !== 'object') return false;
  return /^(get_figure|figure|fig)$/.test(parent.child('attribute')?.text ?? '');
}

function figureOf(file: FileFacts, maker: Node): Figure {
  const names = new Set<Binding>();
  const statement = statementOf(maker);
  const assignment = assignmentOf(statement);
  const targets = assignment?.child('right')?.contains(maker) ? identifiersIn(assignment.child('left')) : [];
  for (const target of targets) {
    const binding = file.binding(target);
    if (binding) names.add(binding);
  }
  const body = bodyAround(file, maker);
  for (const node of file.nodes('assignment')) {
    if (node.index < maker.index || !body.contains(node) || bodyAround(file, node) !== body) continue;
    if (!comesFrom(file, node.child('right'), names)) continue;
    for (const target of identifiersIn(node.child('left'))) {
      const binding = file.binding(target);
      if (binding) names.add(binding);
    }
  }
  const [first] = targets;
  return { maker, names, name: first?.text };
}

/** The assignment that a statement is. */
function assignmentOf(statement: Node): Node | undefined {
  if (statement.type === 'assignment') return statement;
  const [only] = statement.type === 'expression_statement' ? statement.children : [];
  return only?.type === 'assignment' ? only : undefined;
}

/** Plain names that are bound; `self.fig` is none. */
function identifiersIn(target: Node | undefined): Node[] {
  if (!target) return [];
  if (target.type === 'identifier') return [target];
  return /^(pattern_list|tuple_pattern|list_pattern)$/.test(target.type)
    ? target.children.flatMap(identifiersIn)
    : [];
}

/** `fig.add_subplot(111)`, `axes[0]`, `plt.gca()`: what holds the figure as well. */
function comesFrom(file: FileFacts, expression: Node | undefined, names: ReadonlySet<Binding>): boolean {
  let at = expression;
  while (at) {
    if (at.type === 'call') {
      if (/^(gca|gcf|subplot|axes)$/.test(pyplotMember(file, at) ?? '')) return true;
      at = at.child('function');
    } else if (at.type === 'attribute') at = at.child('object');
    else if (at.type === 'subscript') at = at.child('value');
    else break;
  }
  const binding = at?.type === 'identifier' ? file.binding(at) : undefined;
  return binding !== undefined && names.has(binding);
}

/** The function around a node, or the module. */
export function bodyAround(file: FileFacts, node: Node): Node {
  return (file.drivable(node) ?? file.functionAround(node))?.node ?? file.tree.root;
}

/** The calls of the file by the function they stand in, or the module. */
function callsByBody(file: FileFacts): ReadonlyMap<Node, readonly Call[]> {
  return file.once(findCallsByBody);
}

function findCallsByBody(file: FileFacts): ReadonlyMap<Node, readonly Call[]> {
  const found = new Map<Node, Call[]>();
  for (const call of file.calls.all) {
    const body = bodyAround(file, call.node);
    const same = found.get(body);
    if (same) same.push(call);
    else found.set(body, [call]);
  }
  return found;
}

export interface Treatment {
  /** It is given back, stored or yielded: somebody else may close it. */
  readonly escapes: boolean;
  readonly closed: boolean;
  readonly shown: boolean;
  /** The last statement that writes it to a file, a buffer or a tracker. */
  readonly saved: Node | undefined;
  /** It is handed to a function that this file does not define. */
  readonly handedOn: boolean;
}

const SAVES =
  /^(savefig|print_png|print_figure|print_jpg|print_svg|tostring_rgb|tostring_argb|buffer_rgba|log_figure|log_image|save)$/;
/** Functions that close or show what they are given, going by their names; `add_figure` of TensorBoard closes it. */
const ENDS = /close|show|display|dispose|destroy|add_figure|clean|teardown|finali[sz]e/i;
/** Functions that only look at a figure. */
const LOOKS =
  /^(Image|Figure|savefig|sca|figure|setp|print|len|list|isinstance|enumerate|zip|id|str|suptitle|tight_layout|sorted|range|colorbar|FigureCanvas\w*|pyplot|log|log_figure)$/;

/** What the function around a figure does with it. */
export function treatmentOf(file: FileFacts, figure: Figure): Treatment {
  const body = bodyAround(file, figure.maker);
  const isOwn = (node: Node) => bodyAround(file, node) === body;
  const uses = [...figure.names].flatMap(({ uses: all }) => all.filter(isOwn));
  const calls = callsByBody(file).get(body) ?? [];
  const members = calls.map(({ node }) => ({ node, member: pyplotMember(file, node) }));
  const holders = members
    .filter(({ member }) => member === 'gcf' || member === 'gca')
    .map(({ node }) => node);
  const handed = calls.filter(({ node }) => takesOneOf(file, node, figure.names));
  const saves = calls.filter(({ node, name, receiver }) => {
    if (node.index < figure.maker.index || !SAVES.test(name)) return false;
    return (
      name === 'savefig' ||
      comesFrom(file, receiver, figure.names) ||
      handed.some((call) => call.node === node)
    );
  });
  return {
    escapes: [figure.maker, ...uses, ...holders].some((node) => spanOf(file, node) !== 'call'),
    closed:
      members.some(({ node, member }) => member === 'close' && closes(file, figure, node)) ||
      calls.some(
        ({ node, name }) =>
          ENDS.test(name) &&
          !/^show$/.test(name) &&
          name !== 'close' &&
          pyplotMember(file, node) === undefined,
      ) ||
      calls.some((call) => closesInside(file, call)),
    shown: calls.some(
      ({ name, node }) => /^(show|pause)$/.test(name) && !/^builtins/.test(file.names.callee(node) ?? ''),
    ),
    saved: saves.at(-1)?.node,
    handedOn: handed.some(({ name, node }) => !LOOKS.test(name) && pyplotMember(file, node) === undefined),
  };
}

/** Whether one of the names is an argument of a call. */
function takesOneOf(file: FileFacts, call: Node, names: ReadonlySet<Binding>): boolean {
  return (call.child('arguments')?.children ?? []).some((argument) => {
    const value = argument.type === 'keyword_argument' ? argument.child('value') : argument;
    const binding = value?.type === 'identifier' ? file.binding(value) : undefined;
    return binding !== undefined && names.has(binding);
  });
}

/** Whether `plt.close(…)` closes the figure: not another one, and not just the last one of a loop. */
function closes(file: FileFacts, figure: Figure, close: Node): boolean {
  const [which] = positionalArguments(close);
  const [loop] = loopsAround(figure.maker);
  const isAll = which?.type === 'string' && which.text.includes('all');
  if (loop && !loop.contains(close) && !isAll) return false;
  if (which?.type !== 'identifier') return true;
  const binding = file.binding(which);
  return binding === undefined || figure.names.size === 0 || figure.names.has(binding);
}

/** The functions of the file that close or show figures of pyplot. */
function closersOf(file: FileFacts): ReadonlySet<FunctionFacts> {
  return file.once(findClosers);
}

function findClosers(file: FileFacts): ReadonlySet<FunctionFacts> {
  const found = new Set<FunctionFacts>();
  for (const { node } of file.calls.named('close', 'show')) {
    const around = file.functionAround(node);
    if (around && pyplotMember(file, node) !== undefined) found.add(around);
  }
  return found;
}

/** Whether a call calls a function of the file that closes or shows figures. */
function closesInside(file: FileFacts, { name }: Call): boolean {
  return [...closersOf(file)].some((facts) => facts.name === name);
}

/** Whether some function of the file calls this one and then closes figures, or a decorator may do so. */
export function isClosedByCaller(file: FileFacts, facts: FunctionFacts): boolean {
  if (facts.decorators.some(({ node }) => /fig|plot|close|mpl|show/i.test(node.text))) return true;
  const callers = file.calls.named(facts.name).map(({ node }) => file.functionAround(node));
  return callers.some((caller) => caller !== undefined && closersOf(file).has(caller));
}

const DRAWS =
  /^(plot|scatter|bar|barh|hist|hist2d|imshow|pcolormesh|pcolor|contour|contourf|fill_between|errorbar|boxplot|violinplot|pie|semilogx|semilogy|loglog|step|stem|stackplot|matshow|quiver|text|annotate|axhline|axvline)$/;
const STARTS =
  /^(figure|subplots|subplot_mosaic|close|clf|cla|show|pause|ioff|ion|sca|subplot|axes|switch_backend)$/;

/**
 * Saving calls of functions that draw on pyplot's current figure and neither make one of their own nor clear it: each
 * call adds to what the last one drew.
 */
export function piledDrawings(file: FileFacts): Node[] {
  const bodies = new Map<Node, { saving?: Node; draws: boolean; starts: boolean }>();
  for (const { node, name } of file.calls.all) {
    if (name !== 'savefig' && !DRAWS.test(name) && !STARTS.test(name) && !ENDS.test(name)) continue;
    const member = pyplotMember(file, node);
    const body = bodyAround(file, node);
    const seen = bodies.get(body) ?? { draws: false, starts: false };
    bodies.set(body, seen);
    if (member === 'savefig') seen.saving ??= node;
    if (member !== undefined && DRAWS.test(member)) seen.draws = true;
    // Whatever begins or clears a figure, also `fig.clf()` and `sns.relplot(…)`.
    if (STARTS.test(name) || ENDS.test(name) || name === 'Figure') seen.starts = true;
  }
  return [...bodies.values()].flatMap(({ saving, draws, starts }) =>
    saving && draws && !starts ? [saving] : [],
  );
}
