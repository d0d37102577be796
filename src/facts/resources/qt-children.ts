/** Objects of Qt that a function makes with a parent: the parent keeps them until somebody deletes them. */
import type { Node } from '../../python/node.ts';
import type { Call } from '../syntax/calls.ts';
import { keywordArgument, positionalArguments } from '../places/containers.ts';
import { fateOf } from '../places/fates.ts';
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts } from '../syntax/functions.ts';
import { lineageOf } from '../places/instances.ts';
import { isSetUp } from '../growth/instance-containers.ts';

export interface QtChild {
  readonly call: Call;
  /** The class of Qt: `QTimer`, also where a class of the file extends it. */
  readonly kind: string;
  /** What it is given as its parent, as the file writes it. */
  readonly parent: string;
  /** The name or attribute that the child is in, as the file writes it. */
  readonly name: string | undefined;
}

/** Helpers of a moment: nobody wants an old one back. */
const KINDS = new Set([
  'QTimer',
  'QThread',
  'QMenu',
  'QEventLoop',
  'QSocketNotifier',
  'QProcess',
  'QPropertyAnimation',
  'QFileSystemWatcher',
  'QNetworkAccessManager',
]);

/** Methods that run once for each object, going by their names. */
const BIRTH =
  /^_{0,2}(init|set_?up|create|build|make|configure|initiali[sz]e|install|register|add|new|get|connect|load|construct|prepare|define|setting|generate|draw|layout|attach|plug|on_(initialize|load|mainwindow|plugin)|ensure|default|activate)(_|[A-Z]|$)|(_|^)(ui|menus?|menubar|toolbar|actions|widgets?|layout|setup)$|^(__init__|__new__|showEvent|initializePage)$|Ui$|Menus?$/;
/** What deletes a child, or takes it from its parent. */
const DELETES = ['deleteLater', 'setParent', 'destroy'];

const none: ReadonlySet<string> = new Set();

/** Children that pile up: one more with each call of the function. */
export function qtChildren(file: FileFacts): QtChild[] {
  const own = file.classes.filter((facts) => kindOf(facts) !== undefined && passesParentOn(facts));
  const calls = file.calls.named(...KINDS, ...own.map(({ name }) => name).filter((name) => !KINDS.has(name)));
  return calls.flatMap((call) => {
    const facts = own.find(({ name }) => name === call.name);
    const kind = KINDS.has(call.name) ? call.name : facts && kindOf(facts);
    const parent = kind && parentOf(file, call.node, call.name === kind);
    const child = parent && kind ? { call, kind, parent, name: nameOf(call.node) } : undefined;
    return child && runsAgain(file, call.node) && !isLetGo(file, child) ? [child] : [];
  });
}

function kindOf(facts: ClassFacts): string | undefined {
  return lineageOf(facts)
    .flatMap(({ bases }) => bases)
    .map((base) => base.split('.').at(-1) ?? base)
    .find((base) => KINDS.has(base));
}

/** A class of the file may keep its argument to itself. */
function passesParentOn(facts: ClassFacts): boolean {
  const own = lineageOf(facts).find(({ methods }) => methods.has('__init__'));
  return (
    !own ||
    /__init__\([^)]*\bparent\b/.test(own.methods.get('__init__')?.node.text.replace(/^.*?:\n/s, '') ?? '')
  );
}

/** `QTimer(self)`, `QEventLoop(app)`, `QMenu("File", self)`, `QTimer(parent=window)`. */
function parentOf(file: FileFacts, call: Node, isQt: boolean): string | undefined {
  const values = positionalArguments(call);
  // What a class of the file does with an argument other than `self` is its own affair.
  const parent =
    keywordArgument(call, 'parent') ??
    values.find((value) => file.isSelf(value)) ??
    (isQt ? values.at(-1) : undefined);
  if (!parent || !/^[\w.]+$/.test(parent.text) || !/^(identifier|attribute)$/.test(parent.type))
    return undefined;
  if (file.isSelf(parent)) return parent.text;
  return /(^|[._])(parent|window|main|app|application|editor|view|widget|\w*(Window|Widget|App|Parent))$/i.test(
    parent.text,
  )
    ? parent.text
    : undefined;
}

function nameOf(call: Node): string | undefined {
  const left = call.parent?.type === 'assignment' ? call.parent.child('left')?.text : undefined;
  return left && /^[\w.]+$/.test(left) ? left : undefined;
}

function runsAgain(file: FileFacts, call: Node): boolean {
  const around = file.drivable(call);
  if (!around || BIRTH.test(around.name)) return false;
  if (around.kind === 'staticmethod' || isSetUp(file, around) || isPartOfSetUp(file, around)) return false;
  return around.decorators.every(({ node }) => !/property|cache|lazy|fixture/i.test(node.text));
}

/** A private method that only methods which set up the object call. */
function isPartOfSetUp(file: FileFacts, { name }: FunctionFacts): boolean {
  const calls = name.startsWith('_') ? file.calls.named(name) : [];
  return calls.length > 0 && calls.every(({ node }) => BIRTH.test(file.drivable(node)?.name ?? ''));
}

/** Deleted, handed on, given back, made only where there is none yet, or deletes itself. */
function isLetGo(file: FileFacts, { call, name }: QtChild): boolean {
  const around = file.drivable(call.node);
  const text = around?.node.text ?? '';
  if (/WA_DeleteOnClose|DeleteWhenStopped|deleteLater|\bsip\.delete|\bshiboken/.test(text)) return true;
  const fate = fateOf(file, call.node, none);
  if (fate.how === 'kept') {
    if (fate.isEntry || !name || asksFor(file, call.node, name)) return true;
    const attribute = name.split('.').at(-1);
    return file.calls
      .named(...DELETES)
      .some(({ receiver }) => receiver?.text.split('.').at(-1) === attribute);
  }
  if (fate.how === 'local' || fate.how === 'dropped') {
    return file.calls
      .named(...DELETES)
      .some(({ node, receiver }) => receiver?.text === name && file.drivable(node) === around);
  }
  // `self.connect(thread, SIGNAL(…), …)` and `connect(…)` only look on.
  return true;
}

/** `if self.timer is None: self.timer = QTimer(self)`, or the method leaves where there is one. */
function asksFor(file: FileFacts, call: Node, name: string): boolean {
  const around = file.functionAround(call)?.node;
  const end = name.replace('.', '\\.');
  const before = around?.text.slice(0, call.start - around.start) ?? '';
  return new RegExp(
    `\\b(if|elif|while|assert)\\b[^\\n]*(\\b${end}\\b|['"]${name.split('.').at(-1) ?? ''}['"])`,
  ).test(before);
}
