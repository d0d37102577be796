import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { largeProducer } from '../facts/places/large.ts';
import type { Binding } from '../facts/syntax/scopes.ts';
import { waitsIn } from '../facts/life/waiting.ts';
import type { Node } from '../python/node.ts';
import { insertStatementBefore } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** Large locals that stay bound while their function loops, waits or is suspended without needing them. */
export default defineRule({
  id: 'large-local-outlives-use',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A large local stays alive while its function waits and no longer needs it',
  why:
    'A local name keeps its object until the function ends. When the function goes on into a long loop, a blocking call ' +
    'or a `yield`, everything that it loaded at its start stays in memory for as long, used or not.',
  remedy:
    'Let go of it before the long part: `del name`, or compute what is needed in a helper function that returns only ' +
    'that. At the end of a function `del` does nothing; before a long loop it does.',
  notWhen: [
    'The name is used in or after the long part, or a nested function uses it.',
    'The name is deleted or bound anew.',
    'The function returns soon: nothing in it loops endlessly, blocks or yields.',
    'The object is small: a constant size below 100,000, a piece of a file.',
  ],
  predicts: 'peak',
  recipe: 'peak',
  examples: [
    {
      bad: `
import time


def watch(turns: int) -> int:
    table = list(range(1_000_000))
    middle = table[len(table) // 2]
    for turn in range(turns):
        time.sleep(0.001)
    return middle
`,
      good: `
import time


def watch(turns: int) -> int:
    middle = middle_of(1_000_000)
    for turn in range(turns):
        time.sleep(0.001)
    return middle


def middle_of(size: int) -> int:
    table = list(range(size))
    return table[len(table) // 2]
`,
      ok: `
import time


def watch(turns: int) -> int:
    table = list(range(1_000_000))
    for turn in range(turns):
        time.sleep(table[turn] / 1_000_000)
    return turns
`,
    },
    {
      bad: `
def headings(width: int):
    page = bytearray(4 * 1024 * 1024)
    size = len(page)
    for number in range(3):
        yield f"{number} {size:>{width}}"
`,
      good: `
def headings(width: int):
    page = bytearray(4 * 1024 * 1024)
    size = len(page)
    del page
    for number in range(3):
        yield f"{number} {size:>{width}}"
`,
    },
  ],
  links: ['https://docs.python.org/3/reference/simple_stmts.html#the-del-statement'],
  check(file, report) {
    for (const { scope, node: definition, qualname, kind } of file.functions) {
      for (const binding of scope.bindings.values()) {
        const held = heldBy(file, binding);
        if (!held) continue;
        const { statement, producer, during, reason } = held;
        const drivable = kind !== 'nested' && file.drivable(definition.child('body') ?? definition);
        report({
          anchor: statement,
          message: `\`${binding.name}\` keeps the result of \`${producer}\` alive while ${reason}, long after its last use`,
          holder: binding.name,
          ...(hasLiveResult(file, binding, during) ? { confidence: 'low' as const } : {}),
          payload: `the result of ${producer}`,
          fix: releaseFix(file, binding.name, statement, during),
          ...(drivable
            ? { probe: { target: qualname, hold: { line: file.line(during), names: [binding.name] } } }
            : {}),
        });
      }
    }
  },
});

interface Held {
  /** The assignment. */
  readonly statement: Node;
  readonly producer: string;
  /** The statement that takes long. */
  readonly during: Node;
  readonly reason: string;
}

function heldBy(file: FileFacts, binding: Binding): Held | undefined {
  const { only } = binding;
  const producer = only?.kind === 'assignment' ? largeProducer(file, only.value) : undefined;
  if (!only || !producer) return undefined;
  if (binding.uses.some((use) => file.scopes.at(use).nearest('function', 'lambda') !== binding.scope))
    return undefined;
  const statement = statementOf(only.node);
  const lastUse = binding.uses.at(-1)?.index ?? only.node.index;
  const wait = waitThatFollows(file, statement, binding.scope.node, lastUse);
  return wait && { statement, producer, ...wait };
}

/** What such calls make is much smaller than what they are given. */
const REDUCES = /^(len|sum|min|max|int|float|str|bool|hash|any|all|next|round|id|type|isinstance|print)$/;

/** Whether another local that is needed later was made of it: `tree = parse(text)` may be the larger one. */
function hasLiveResult(file: FileFacts, binding: Binding, during: Node): boolean {
  return binding.uses.some((use) => {
    if (use.parent?.type !== 'argument_list' || use.parent.children[0] !== use) return false;
    const callee = use.parent.parent?.child('function')?.text ?? '';
    const name = use.closest('assignment', 'block')?.child('left');
    const made = name?.type === 'identifier' ? file.binding(name) : undefined;
    return (
      !REDUCES.test(callee) &&
      made !== undefined &&
      made !== binding &&
      made.uses.some(({ index }) => index >= during.index)
    );
  });
}

type Wait = Pick<Held, 'during' | 'reason'>;

/** The first statement that takes long after a statement and a last use; none when a loop may run them again. */
function waitThatFollows(file: FileFacts, statement: Node, owner: Node, lastUse: number): Wait | undefined {
  let found: Wait | undefined;
  for (let at = statement; at.parent && at !== owner; at = at.parent) {
    if (at.type === 'for_statement' || at.type === 'while_statement') return undefined;
    if (at.parent.type !== 'block') continue;
    const start = at.last;
    const { waits, exits } = file.onceFor(at.parent, blockFacts);
    const exit = exits.find(({ index }) => index > start);
    found ??= waits.find(
      ({ during: { index } }) =>
        index > start && index > lastUse && index <= (exit?.index ?? Number.POSITIVE_INFINITY),
    );
    // A branch that returns leads to nothing after it.
    if (exit) break;
  }
  return found;
}

interface BlockFacts {
  readonly waits: readonly Wait[];
  readonly exits: readonly Node[];
}

function blockFacts(file: FileFacts, block: Node): BlockFacts {
  const waits = block.children.flatMap((during): Wait[] => {
    const reason = waitsIn(file, during);
    return reason ? [{ during, reason }] : [];
  });
  return { waits, exits: block.children.filter(({ type }) => EXITS.includes(type)) };
}

const EXITS = ['return_statement', 'raise_statement', 'continue_statement', 'break_statement'];

/** `del`, or `None` where the name may be unbound because a branch was not taken. */
function releaseFix(file: FileFacts, name: string, statement: Node, during: Node): ProposedFix {
  let isCertain = true;
  for (let at = statement; at.parent && at.parent !== during.parent; at = at.parent) {
    if (!['block', 'with_statement'].includes(at.parent.type)) isCertain = false;
  }
  const release = isCertain ? `del ${name}` : `${name} = None`;
  return {
    title: `Let go of \`${name}\` before line ${file.line(during)}`,
    safety: 'safe',
    edits: [insertStatementBefore(file, during, release)],
  };
}
