import type { Confidence } from '../contract/words.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { wrappingPatches, type Patch } from '../facts/life/patches.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `before = sys.excepthook`, then `sys.excepthook = hook` that calls `before`, for each call or instance. */
export default defineRule({
  id: 'patch-wraps-itself',
  cause: 'global',
  confidence: 'medium',
  summary: 'Each call wraps a function of a module once more, around the wrapper of the call before',
  why:
    'A hook that remembers what was there before and calls it is right once. Set in a function that runs again and again ' +
    'it wraps its own wrapper: the module holds the newest, its closure the one before, and so on. All that each of them ' +
    'uses stays for the life of the process, every call goes through all of them, and in the end the recursion limit ends it.',
  remedy:
    'Patch once, when the module is imported or behind a flag; or put the original back when done, in a `finally`: ' +
    '`sys.excepthook = before`.',
  notWhen: [
    'The file puts the original back.',
    'It runs once: at import, when the program starts, behind a flag.',
    'A condition asks what is there now.',
    'The function says that it is meant to run once: `install_hooks`, `patch_json`.',
    'The patch does not refer to what was there before.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import warnings


class Report:
    def __init__(self, title: str) -> None:
        self.lines = [title] * 1000
        before = warnings.showwarning

        def show(message, category, filename, lineno, file=None, line=None):
            self.lines.append(str(message))
            before(message, category, filename, lineno, file, line)

        warnings.showwarning = show

    def size(self) -> int:
        return len(self.lines)
`,
      good: `
import warnings


class Report:
    def __init__(self, title: str) -> None:
        self.lines = [title] * 1000

    def size(self) -> int:
        before = warnings.showwarning

        def show(message, category, filename, lineno, file=None, line=None):
            self.lines.append(str(message))
            before(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        try:
            return len(self.lines)
        finally:
            warnings.showwarning = before
`,
    },
  ],
  links: ['https://docs.python.org/3/library/sys.html#sys.excepthook'],
  check(file, report) {
    const patches = wrappingPatches(file);
    const known = new Set(patches.map(({ node }) => node));
    for (const patch of patches) {
      const { node, name } = patch;
      const around = file.functionAround(node);
      const target = file.drivable(node);
      const confidence = repeats(file, node);
      if (!around || !target || !confidence) continue;
      if (runsBehindGuard(file, node) || isAskedFor(patch, around.node) || isPutBack(file, patch, known))
        continue;
      report({
        anchor: node,
        message: `Each call of \`${around.name}\` wraps \`${name}\` again, around the wrapper of the call before: all of them stay, with what they use`,
        holder: name,
        payload: 'the wrappers and what they use',
        confidence,
        probe: { target: target.qualname },
      });
    }
  },
});

const MEANT_ONCE =
  /(^|_)(patch(es|ed)?|monkey\w*|install|hook(s|ed)?|enable|disable|setup|set|init\w*|start|activate|instrument\w*|wrap|trace|apply|override|replace|inject|add|register|configure|load|import|bootstrap|main|mock|fake|decorate|do)(_|$)/i;

/** Medium where the code surely runs again and again; undefined where it is meant to run once. */
function repeats(file: FileFacts, node: Node): Confidence | undefined {
  const target = file.drivable(node);
  const around = file.functionAround(node);
  const frequency = frequencyOf(file, node);
  if (!target || !around || frequency === 'once') return undefined;
  if (runsAtImport(file, target) || runsAtImport(file, around)) return undefined;
  if ([around, target].some(({ name }) => name !== '__init__' && MEANT_ONCE.test(name))) return undefined;
  return frequency === 'unknown' || frequency === 'loop' ? 'low' : 'medium';
}

/** Whether a condition of the function around looks at what is there. */
function isAskedFor({ node, name, wrapper, before }: Patch, around: Node): boolean {
  return around.descendants().some((inner) => {
    const condition = inner.type === 'if_statement' ? inner.child('condition') : undefined;
    if (!condition || wrapper.contains(inner)) return false;
    return (
      condition.text.includes(name) ||
      new RegExp(`\\b${before.name}\\b`).test(condition.text) ||
      inner.contains(node)
    );
  });
}

/** Whether the file binds the name to something else as well, or to what was there before. */
function isPutBack(file: FileFacts, { name, before }: Patch, patches: ReadonlySet<Node>): boolean {
  const isKept = before.uses.some(({ parent, field }) => field === 'right' && parent?.type === 'assignment');
  const others = file.nodes('assignment').filter((node) => !patches.has(node));
  return (
    isKept ||
    others.some((node) => node.child('left')?.text === name) ||
    file.nodes('delete_statement').some(({ text }) => text.includes(name))
  );
}
