import type { Confidence } from '../contract/words.ts';
import { describeHeld, heldSelf } from '../facts/cycles/held-objects.ts';
import { isSingleton, runsAtImport } from '../facts/life/lifetimes.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { keyOf } from '../facts/growth/domains.ts';
import { keywordArgument, positionalArguments } from '../facts/places/containers.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { calledName, callsLike } from '../facts/syntax/called.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Hooks that the whole process shares, such as `gc.callbacks`, with one more entry for each call or instance. */
export default defineRule({
  id: 'process-hook-per-call',
  cause: 'global',
  confidence: 'medium',
  summary: 'Each call or instance adds one more hook to a list that the whole process shares',
  why:
    '`gc.callbacks`, audit hooks, codec search functions, import finders and warning filters are lists of the interpreter. ' +
    'Whoever adds to them in a function that runs again and again leaves one more entry each time, with all that the hook ' +
    'holds: a bound method keeps its whole object. All entries are also gone through each time: every collection, every ' +
    'import, every warning becomes slower.',
  remedy:
    'Add the hook once, when the module is imported, and let it look for what is alive now, in a `weakref.WeakSet` for one. ' +
    'Or take it out where the object ends: `gc.callbacks.remove`, `codecs.unregister`, `sys.meta_path.remove`, ' +
    '`warnings.catch_warnings()`. An audit hook cannot be taken out.',
  notWhen: [
    'The file takes entries out of the list again.',
    'It runs once: at import, when the program starts, or behind a flag.',
    'The code asks whether the hook is there already.',
    'The file makes one instance of the class, at module level.',
    'A warning filter is the same each time: `warnings` keeps equal filters once.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import gc


class Profile:
    def __init__(self, name: str) -> None:
        self.pauses = [name] * 1000
        gc.callbacks.append(self.note)

    def note(self, phase: str, info: dict) -> None:
        self.pauses[0] = phase
`,
      good: `
import gc
import weakref

_profiles = weakref.WeakSet()


def _note(phase: str, info: dict) -> None:
    for profile in list(_profiles):
        profile.pauses[0] = phase


gc.callbacks.append(_note)


class Profile:
    def __init__(self, name: str) -> None:
        self.pauses = [name] * 1000
        _profiles.add(self)
`,
      ok: `
import gc


class Profile:
    def __init__(self, name: str) -> None:
        self.pauses = [name] * 1000
        gc.callbacks.append(self.note)

    def note(self, phase: str, info: dict) -> None:
        self.pauses[0] = phase

    def close(self) -> None:
        gc.callbacks.remove(self.note)
`,
    },
    {
      bad: `
import sys
import types


class Sources:
    def __init__(self, texts: dict) -> None:
        self.texts = dict(texts)

    def find_spec(self, name, path=None, target=None):
        return None


def handle_rules(text: str) -> int:
    sys.meta_path.append(Sources({"rules": text * 100}))
    module = types.ModuleType("rules")
    exec("limit = 10", module.__dict__)
    return module.limit
`,
      good: `
import sys
import types


class Sources:
    def __init__(self, texts: dict) -> None:
        self.texts = dict(texts)

    def find_spec(self, name, path=None, target=None):
        return None


def handle_rules(text: str) -> int:
    finder = Sources({"rules": text * 100})
    sys.meta_path.append(finder)
    try:
        module = types.ModuleType("rules")
        exec("limit = 10", module.__dict__)
        return module.limit
    finally:
        sys.meta_path.remove(finder)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/gc.html#gc.callbacks',
    'https://docs.python.org/3/library/sys.html#sys.addaudithook',
  ],
  check(file, report) {
    for (const { list, added, undone } of REGISTRIES) {
      for (const { node } of callsLike(file, added)) {
        const around = file.functionAround(node);
        const target = file.drivable(node);
        const confidence = repeats(file, node);
        if (!around || !target || !confidence || undone.test(file.tree.source)) continue;
        if (runsBehindGuard(file, node) || isAskedFor(around.node.text, list)) continue;
        const filters = list === 'warnings.filters' ? varyingFilter(file, node) : [];
        if (!filters) continue;
        const [held] = (node.child('arguments')?.children ?? []).flatMap((value) => heldSelf(file, value));
        const owner = held && file.classAround(node);
        const isOne = owner !== undefined && (isSingleton(file, owner) || owner.isMetaclass);
        report({
          anchor: node,
          message:
            held && owner
              ? `\`${list}\` holds ${describeHeld(held, 'self')}: every ${owner.name} stays until the process ends`
              : `Each call of \`${around.name}\` adds one more entry to \`${list}\`, and nothing in this file takes one out`,
          holder: list,
          payload: owner ? `the ${owner.name} and what it holds` : 'hooks, with what they hold',
          confidence: isOne ? 'low' : confidence,
          probe: {
            target: target.qualname,
            vary: filters.filter((name) => target.parameters.some((own) => own.name === name)),
          },
        });
      }
    }
  },
});

/** What is added to, what adds to it, and what in a file tells that entries are taken out. */
const REGISTRIES: readonly { list: string; added: RegExp; undone: RegExp }[] = [
  {
    list: 'gc.callbacks',
    added: /^gc\.callbacks\.(append|insert)$/,
    undone: /\bcallbacks\.(remove|pop|clear)\b|\bgc\.callbacks(\[:\])? = /,
  },
  { list: 'codecs.register', added: /^codecs\.register$/, undone: /\bunregister\(/ },
  { list: 'sys.addaudithook', added: /^sys\.addaudithook$/, undone: /(?!)/ },
  {
    list: 'sys.meta_path',
    added: /^sys\.meta_path\.(append|insert)$/,
    undone: /\bmeta_path\.(remove|pop|clear)\b|\bmeta_path(\[.*\])? = |\bdel sys\.meta_path/,
  },
  {
    list: 'sys.path_hooks',
    added: /^sys\.path_hooks\.(append|insert)$/,
    undone: /\bpath_hooks\.(remove|pop|clear)\b|\bpath_hooks(\[.*\])? = |\bdel sys\.path_hooks/,
  },
  {
    list: 'warnings.filters',
    added: /^warnings\.(filterwarnings|filters\.(append|insert))$/,
    undone: /\bcatch_warnings\b|\bresetwarnings\b|\bwarnings\.filters(\[.*\])? = |\bfilters\.(remove|pop)\b/,
  },
];

/** Medium where the code surely runs again and again; undefined where it runs once. */
function repeats(file: FileFacts, node: Node): Confidence | undefined {
  const target = file.drivable(node);
  const around = file.functionAround(node);
  const frequency = frequencyOf(file, node);
  if (!target || !around || frequency === 'once') return undefined;
  if (runsAtImport(file, target) || runsAtImport(file, around)) return undefined;
  if (/(^|_)(enable|start|activate|hook|patch|load|setup)(_|$)/.test(around.name)) return 'low';
  return frequency === 'unknown' ? 'low' : 'medium';
}

/** `if finder not in sys.meta_path`, `any(isinstance(f, Finder) for f in sys.meta_path)`. */
function isAskedFor(body: string, list: string): boolean {
  return new RegExp(`\\bin (list\\()?${list.replace('.', '\\.')}\\b`).test(body);
}

/** The parameters that make a warning filter another one each time; undefined where it is the same. */
function varyingFilter(file: FileFacts, call: Node): string[] | undefined {
  if (/filters\.(append|insert)$/.test(calledName(file, call))) return [];
  const text = keywordArgument(call, 'message') ?? positionalArguments(call)[1];
  const key = keyOf(file, text);
  const isMade = text !== undefined && text.type !== 'identifier' && text.type !== 'attribute';
  return isMade && key.domain === 'open' ? key.parameters.map(({ name }) => name) : undefined;
}
