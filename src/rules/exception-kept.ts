import { clearedAttributes } from '../facts/places/clearing.ts';
import { keptFrames, largeInFrame, raisesAgain, type KeptFrames } from '../facts/frames/exceptions.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { lineageOf } from '../facts/places/instances.ts';
import { longevity } from '../facts/life/longevity.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { exceptionFix } from '../scan/fix-exception.ts';
import { defineRule, type Hit, type ProposedFix } from '../scan/rule.ts';

/** Exceptions, tracebacks and frames that are stored, and with them the locals of all frames they lead to. */
export default defineRule({
  id: 'exception-kept',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A stored exception keeps the locals of every frame that it passed through',
  why:
    'An exception refers to its traceback, the traceback to the frames, and the frames to all their locals: request ' +
    'bodies, arrays, `self`. Stored in a container it keeps them for as long as the container lives. Stored on `self` ' +
    'it closes a cycle, because the frame of the handler refers to both; then they wait for the garbage ' +
    'collector. The exceptions that it was raised from (`__cause__`, `__context__`) keep their frames as well.',
  remedy:
    'Keep what you need of it: `str(exc)`, `traceback.format_exc()`, or `exc.with_traceback(None)`; and bound the ' +
    'container.',
  notWhen: [
    'Only its text, its type or the exception without its traceback is stored.',
    'It is raised and not stored, or appended to a local list that is the result of the function.',
    'It is bound to a local name: that is the rule `traceback-cycle`.',
    'Another method sets the attribute to `None`; something removes entries from the container.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Importer:
    def __init__(self) -> None:
        self.failures = []

    def read(self, line: str) -> int:
        record = line.encode().ljust(4096)
        try:
            return int(record)
        except ValueError as exc:
            self.failures.append(exc)
            return 0
`,
      good: `
class Importer:
    def __init__(self) -> None:
        self.failures = []

    def read(self, line: str) -> int:
        record = line.encode().ljust(4096)
        try:
            return int(record)
        except ValueError as exc:
            self.failures.append(exc.with_traceback(None))
            del self.failures[:-100]
            return 0
`,
      ok: `
def check(lines: list[str]) -> list[ValueError]:
    problems = []
    for line in lines:
        try:
            int(line)
        except ValueError as exc:
            problems.append(exc)
    return problems
`,
    },
    {
      bad: `
class Job:
    def __init__(self) -> None:
        self.error: Exception | None = None

    def run(self, line: str) -> bool:
        record = line.encode().ljust(4096)
        try:
            return int(record) > 0
        except ValueError as exc:
            self.error = exc
            return False
`,
      good: `
class Job:
    def __init__(self) -> None:
        self.error: Exception | None = None

    def run(self, line: str) -> bool:
        record = line.encode().ljust(4096)
        try:
            return int(record) > 0
        except ValueError as exc:
            self.error = exc.with_traceback(None)
            return False
`,
      predicts: 'cycle-garbage',
    },
  ],
  links: [
    'https://docs.python.org/3/library/sys.html#sys.exc_info',
    'https://docs.python.org/3/reference/compound_stmts.html#except-clause',
    'https://docs.python.org/3/library/inspect.html#the-interpreter-stack',
  ],
  check(file, report) {
    const kept = keptFrames(file);
    if (kept.length === 0) return;
    const cleared = clearedAttributes(file);
    const told = new Set<unknown>();
    const groups = new Map<Node, KeptFrames[]>();
    for (const one of kept) {
      if (isHarmless(file, one, cleared)) continue;
      // What a function sets on a local of its own is said once for it.
      const home = isOnLocal(one) ? file.functionAround(one.statement) : undefined;
      if (home && told.has(home) && !groups.has(one.statement)) continue;
      if (home) told.add(home);
      groups.set(one.statement, [...(groups.get(one.statement) ?? []), one]);
    }
    const places = new Set<unknown>();
    for (const all of groups.values()) {
      const [first] = all;
      if (!first) continue;
      // The further handlers that store to the same place say little new.
      const hit = hitOf(file, first, all);
      report(places.has(first.place) ? { ...hit, confidence: 'low' } : hit);
      places.add(first.place);
    }
  },
});

function isHarmless(file: FileFacts, one: KeptFrames, cleared: ReadonlySet<string>): boolean {
  const { place, where } = one;
  switch (where) {
    case 'local':
      return true;
    case 'container':
      return file.places.container(place)?.growth === 'bounded' || isEmptied(file, one);
    case 'attribute':
    case 'name': {
      const name = place.path.split('.').at(-1) ?? '';
      return cleared.has(name) || /^__(cause|context|traceback)__$/.test(name);
    }
  }
}

function isOnLocal({ where, place: { root } }: KeptFrames): boolean {
  return where === 'attribute' && root instanceof Binding && root.scope.kind === 'function';
}

/** Whether anything takes entries out of the container, asks for its size, or binds it anew. */
function isEmptied(file: FileFacts, { place }: KeptFrames): boolean {
  const { root, path } = place;
  const places =
    root instanceof Binding
      ? [place]
      : lineageOf(root).flatMap((one) => file.places.ofClass(one).get(path) ?? []);
  if (places.some((one) => one.of('shrink', 'guard').length > 0)) return true;
  return places
    .flatMap((one) => one.of('bind'))
    .some(({ scope }) => {
      const around = scope.nearest('function');
      return around !== undefined && around.name !== '__init__' && scope.kind !== 'class';
    });
}

function hitOf(file: FileFacts, one: KeptFrames, all: readonly KeptFrames[]): Hit {
  const { statement, where, key } = one;
  const target = file.drivable(statement);
  const own = new Set(target?.parameters.map(({ name }) => name));
  const vary = key ? parametersBehind(file, key).filter(({ name }) => own.has(name)) : [];
  const large = largeInFrame(file, statement);
  const proposal = exceptionFix(file, all);
  const fix: ProposedFix | undefined = proposal && { ...proposal, safety: 'review' };
  return {
    anchor: statement,
    message: messageOf(one),
    holder: holderName(one),
    payload: `locals of the frames${large ? `, such as ${large}` : ''}`,
    ...(isWeak(file, one) ? { confidence: 'low' } : {}),
    // The frame of a method holds `self`, and `self` the frame.
    ...(where === 'attribute' && !(one.place.root instanceof Binding) ? { cause: 'reference-cycle' } : {}),
    ...(fix ? { fix } : {}),
    ...(target
      ? {
          probe: {
            target: target.qualname,
            vary: vary.map(({ name }) => name),
            ...(where === 'container' || where === 'name' ? {} : { recipe: 'cycle' }),
          },
        }
      : {}),
  };
}

/** Attributes of other objects go by their own name: each place calls the object otherwise. */
function holderName({ place: { root, path, label }, holder }: KeptFrames): string {
  const isForeign = root instanceof Binding ? root.scope.kind !== 'module' && path : path.includes('.');
  if (isForeign) return path.split('.').at(-1) ?? path;
  return root instanceof Binding ? label : holder;
}

/** What is set on an object of somebody else, or only until the next one comes. */
function isWeak(file: FileFacts, { where, what, place, statement, key }: KeptFrames): boolean {
  switch (where) {
    case 'container': {
      const { root } = place;
      const isShared = root instanceof Binding || place.of('bind').some(({ scope }) => scope === root.scope);
      // Parsers and the like do one piece of work, report its errors and go.
      if (what === 'exception' && !isShared && longevity(file, root) < 0) return true;
      // One entry with a name of its own, such as `meta["error"]`: the next exception takes its place.
      if (key?.type === 'string' && key.parent?.text.endsWith(`[${key.text}]`)) return true;
      return statement.closest('function_definition') === undefined;
    }
    case 'name':
    case 'local':
      return true;
    case 'attribute':
      return place.root instanceof Binding || place.root.isLocal || raisesAgain(statement);
  }
}

function messageOf({ where, what, holder }: KeptFrames): string {
  const kept = where === 'container' ? `every ${what}` : `the ${what}`;
  return what === 'frame'
    ? `${holder} keeps ${kept}, and with it all locals of the function and its callers`
    : `${holder} keeps ${kept}, and with it the locals of all frames that the exception passed through`;
}
