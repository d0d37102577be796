import { positionalArguments, keywordArgument } from '../facts/places/containers.ts';
import { keyOf } from '../facts/growth/domains.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `warnings.warn(f"row {number} is empty")` for every row: each text is remembered so that it is shown once. */
export default defineRule({
  id: 'warning-text-varies',
  cause: 'cache',
  confidence: 'medium',
  summary: 'Every other warning text is remembered for the life of the module',
  why:
    'To show a warning once, Python remembers its text, category and line in the dict `__warningregistry__` of the module ' +
    'that warns. A text with a number, an id or a value in it is another entry each time, and the dict is not emptied: a ' +
    'loop over many rows or a busy service fills it.',
  remedy:
    'Warn with a constant text, once behind the loop, or log what differs: `log.warning("row %d is empty", number)`.',
  notWhen: [
    'The text is constant, or differs only by things of which a program has few.',
    'It is not in a loop, nor in code that runs for every request.',
    'The file sets the filter to `always` or `error`, which remembers nothing.',
    'The loop or function ends right after it.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import warnings


def handle_row(number: int, row: str) -> int:
    if row:
        warnings.warn(f"row {number} has text that is too long")
    return len(row)
`,
      good: `
import logging

log = logging.getLogger(__name__)


def handle_row(number: int, row: str) -> int:
    if row:
        log.debug("row %d has text that is too long", number)
    return len(row)
`,
      ok: `
import warnings


def handle_row(number: int, row: str) -> int:
    if row:
        warnings.warn("a row has text that is too long")
    return len(row)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/warnings.html#repeated-warning-suppression-criteria'],
  check(file, report) {
    const calls = file.calls.to('warnings.warn', 'warnings.warn_explicit');
    if (calls.length === 0 || remembersNothing(file)) return;
    for (const { node } of calls) {
      const text = positionalArguments(node)[0] ?? keywordArgument(node, 'message');
      const target = file.drivable(node);
      const found = text && differs(file, node, text);
      if (!found || endsThere(node)) continue;
      const own = new Set(target?.parameters.map(({ name }) => name));
      const vary = keyOf(file, text).parameters.map(({ name }) => name);
      report({
        anchor: node,
        message: `The module remembers this warning once for every \`${found.text}\`: \`__warningregistry__\` only grows`,
        holder: '__warningregistry__',
        payload: 'the texts of the warnings',
        // The next call counts from the start again.
        ...(isCounter(file, found, node) ? { confidence: 'low' as const } : {}),
        ...(target ? { probe: { target: target.qualname, vary: vary.filter((name) => own.has(name)) } } : {}),
      });
    }
  },
});

/** Whether the file shows each warning, or turns it into an exception. */
function remembersNothing(file: FileFacts): boolean {
  return file.calls
    .to('warnings.simplefilter', 'warnings.filterwarnings')
    .some(({ node }) => /^['"](always|error)['"]$/.test(positionalArguments(node)[0]?.text ?? ''));
}

/** What is put into the text and differs from turn to turn, or from request to request. */
function differs(file: FileFacts, call: Node, text: Node): Node | undefined {
  const parts = partsOf(text);
  const [loop] = loopsAround(call);
  if (!loop) {
    const id =
      frequencyOf(file, call) === 'request' ? parts.find((part) => IDS.test(lastWord(part))) : undefined;
    return id && keyOf(file, id).domain === 'open' ? id : undefined;
  }
  const open = parts.filter((part) => keyOf(file, part).domain === 'open' || isLoopName(file, part));
  const many = open.find((part) => isCounted(file, part, call) || DATA.test(lastWord(part)));
  return many;
}

const IDS =
  /(^|_)(id|uid|uuid|url|uri|path|number|timestamp|now|session|request|user|address|addr|peer|host|token|email|row|line|lineno|offset)$/i;
/** Rows, lines, samples and the like: there is no end of them. */
const DATA =
  /(^|_)(row|line|record|sample|message|msg|packet|frame|event|request|idx|index|lineno|offset|uid|uuid)(s|_?(id|no|num|number|index|idx))?$/i;

function lastWord(part: Node): string {
  return (part.type === 'attribute' ? part.child('attribute')?.text : part.text) ?? '';
}

/** The expressions in an f-string, behind `%`, or given to `format`. */
function partsOf(text: Node): Node[] {
  switch (text.type) {
    case 'string':
      return text.children
        .filter(({ type }) => type === 'interpolation')
        .flatMap(({ children }) => children.slice(0, 1));
    case 'concatenated_string':
      return text.children.flatMap(partsOf);
    case 'parenthesized_expression':
      return text.children.flatMap(partsOf);
    case 'binary_operator': {
      const right = text.child('right');
      const left = text.child('left');
      if (!left || !right || !mayBeText(left)) return [];
      if (left.type === 'string' && text.child('operator')?.text === '%')
        return right.type === 'tuple' ? [...right.children] : [right];
      return [...partsOf(left), ...(right.type === 'string' ? partsOf(right) : [right])];
    }
    case 'call': {
      const callee = text.child('function');
      const isFormat =
        callee?.child('attribute')?.text === 'format' && callee.child('object')?.type.includes('string');
      const values = text.child('arguments')?.children ?? [];
      return isFormat ? values.map((value) => value.child('value') ?? value) : [];
    }
    default:
      return [];
  }
}

function mayBeText({ type, children }: Node): boolean {
  return (
    type === 'string' || (type === 'binary_operator' && children[0] !== undefined && mayBeText(children[0]))
  );
}

/** Names that a loop around binds. */
function isLoopName(file: FileFacts, part: Node): boolean {
  if (part.type !== 'identifier') return false;
  const binding = file.binding(part);
  return binding?.definitions.some(({ kind }) => kind === 'for') ?? false;
}

/** `for i in range(n)`, `for number, row in enumerate(rows)`: the first of the names counts. */
function isCounted(file: FileFacts, part: Node, call: Node): boolean {
  const definition =
    part.type === 'identifier'
      ? file.binding(part)?.definitions.find(({ kind }) => kind === 'for')
      : undefined;
  const loop = definition?.node.closest('for_statement');
  const iterable = loop?.child('right');
  if (loop?.child('left')?.text.split(',')[0]?.trim() !== part.text) return false;
  const callee = file.names.callee(iterable) ?? '';
  if (/^(builtins\.range|itertools\.count)$/.test(callee)) return true;
  // Of things that are enumerated there may be three.
  return callee === 'builtins.enumerate' && MANY.test(`${iterable?.text ?? ''} ${call.text}`);
}

/** Whether the part counts the turns of the loop: most often there are as many as columns or layers. */
function isCounter(file: FileFacts, part: Node, call: Node): boolean {
  const definition =
    part.type === 'identifier'
      ? file.binding(part)?.definitions.find(({ kind }) => kind === 'for')
      : undefined;
  const loop = definition?.node.closest('for_statement');
  return (
    /^builtins\.(range|enumerate)$/.test(file.names.callee(loop?.child('right')) ?? '') &&
    isCounted(file, part, call)
  );
}

const MANY = /row|line|record|sample|item|entr(y|ies)|message|event|packet|frame|request|reader|data/i;

/** `warnings.warn(…); break` */
function endsThere(call: Node): boolean {
  const statement = call.parent?.type === 'expression_statement' ? call.parent : undefined;
  const siblings = statement?.parent?.children ?? [];
  const next = statement && siblings[siblings.indexOf(statement) + 1];
  return (
    next?.type === 'break_statement' || next?.type === 'return_statement' || next?.type === 'raise_statement'
  );
}
