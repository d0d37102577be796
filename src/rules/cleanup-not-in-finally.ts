import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { longevity } from '../facts/life/longevity.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { PASSING, temporaryEntries, type TemporaryEntry } from '../facts/growth/temporary-entries.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { wrapInFinally } from '../scan/fix-block.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** `active.add(job)`, `await job.run()`, `active.discard(job)`: a job that fails or is cancelled stays. */
export default defineRule({
  id: 'cleanup-not-in-finally',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'An entry for the time of a call stays when the call fails or is cancelled',
  why:
    'Between adding the entry and taking it out the function waits, yields or calls other code. An exception there, a ' +
    'cancelled task, a timeout or a generator that is closed leaves at once, and the line that removes the entry never ' +
    'runs. Each such end leaves one entry, with all that it holds, in a container that nobody will look at again.',
  remedy: 'Put the removal into a `finally`, or use a context manager that does.',
  notWhen: [
    'The container is in an object that does one piece of work, such as a visitor: an exception ends that too.',
    'A `finally` around it, or a handler that names the container, takes care.',
    'A callback of the function removes the entry.',
    'The container is local, or a queue from which others take.',
    'Nothing in between can fail; a call alone counts where the function handles exceptions, or the container is for what goes on now.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
_active = {}


def handle(name: str, body: str) -> int:
    try:
        _active[name] = body * 100
        size = int(body, base=2)
        del _active[name]
        return size
    except ValueError:
        return 0
`,
      good: `
_active = {}


def handle(name: str, body: str) -> int:
    try:
        _active[name] = body * 100
        try:
            size = int(body, base=2)
        finally:
            del _active[name]
        return size
    except ValueError:
        return 0
`,
    },
  ],
  links: [
    'https://docs.python.org/3/reference/compound_stmts.html#finally-clause',
    'https://docs.python.org/3/library/asyncio-task.html#task-cancellation',
    'https://docs.python.org/3/library/contextlib.html#contextlib.contextmanager',
  ],
  check(file, report) {
    for (const entry of temporaryEntries(file)) {
      if (!mayFail(entry) || goesSoon(file, entry)) continue;
      const { place, adding, removing } = entry;
      const target = file.drivable(adding.node);
      const fix = finallyFix(file, entry);
      const own = new Set(target?.parameters.map(({ name }) => name));
      const vary = parametersBehind(file, adding.key ?? adding.value)
        .map(({ name }) => name)
        .filter((name) => own.has(name));
      const where = removing ? `line ${file.line(removing)}, which takes it out,` : 'what takes it out';
      report({
        anchor: statementOf(adding.node),
        message: `\`${place.label}\` keeps this entry when ${RISKS[entry.risk]}: ${where} is not reached`,
        holder: place.label,
        payload: 'the entry',
        ...(fix ? { fix } : {}),
        ...(target ? { probe: { target: target.qualname, vary } } : {}),
      });
    }
  },
});

const RISKS = {
  await: 'the wait fails or is cancelled',
  yield: 'the generator is closed or gets an exception',
  call: 'a call in between fails',
};

/** A call that fails counts where the function goes on, or where the name says that the entry is for the moment. */
function mayFail({ risk, adding, place }: TemporaryEntry): boolean {
  return risk !== 'call' || insideTry(adding.node) || PASSING.test(place.path || place.label);
}

/** The entry is in an object that does one piece of work, such as a checker or a visitor: an exception ends that too. */
function goesSoon(file: FileFacts, { place, adding }: TemporaryEntry): boolean {
  const owner = place.root instanceof Binding || PASSING.test(place.path) ? undefined : place.root;
  const isPerInstance =
    place.of('bind').some(({ scope }) => scope.kind === 'function') ||
    !/cls|__class__/.test(adding.node.text);
  return owner !== undefined && isPerInstance && longevity(file, owner) < 0;
}

/** Whether the function goes on after an exception. */
function insideTry(node: Node): boolean {
  const around = node.closest('try_statement', 'function_definition', 'lambda');
  return around?.type === 'try_statement';
}

function finallyFix(file: FileFacts, { removing, between }: TemporaryEntry): ProposedFix | undefined {
  const [first] = between;
  const last = between.at(-1);
  if (!removing || !first || !last || removing.text.includes('\n')) return undefined;
  // The text of the `finally` is what is there already: it only moves in.
  const edits = wrapInFinally(file, first, last, removing.text)?.slice(0, -1);
  if (!edits) return undefined;
  const at = file.lines.startOf(file.line(removing));
  const ending = file.tree.source.includes('\r\n') ? '\r\n' : '\n';
  const text = `${file.indentation(removing)}finally:${ending}    `;
  return {
    title: 'Take the entry out in a finally',
    safety: 'review',
    edits: [...edits, { range: file.lines.range(at, at), text }],
  };
}
