import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { describeHeld, heldObject, type HeldObject } from '../facts/cycles/held-objects.ts';
import type { Node } from '../python/node.ts';
import { replaceNode } from '../scan/fix.ts';
import { resourceMethod } from '../scan/fix-finalizer.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** `weakref.finalize(self, self.close)`: the registry of finalizers holds the callback, and with it the object. */
export default defineRule({
  id: 'finalizer-keeps-its-object',
  cause: 'still-in-scope',
  confidence: 'high',
  summary: 'A finalizer that refers to its own object keeps it alive until the process ends',
  why:
    '`weakref.finalize` keeps the callback and its arguments in a global registry until the object dies. A bound method of ' +
    'the object, a function that uses it, or the object as an argument refers to it: it cannot die, and the finalizer runs ' +
    'only at exit. The garbage collector does not help, for the object is reachable.',
  remedy:
    'Register a module function or static method and give it only what it must clean up: ' +
    '`weakref.finalize(self, self._file.close)`, `weakref.finalize(self, shutil.rmtree, self.path)`.',
  notWhen: [
    'The callback is a static method, a class method or a module function that is not given the object.',
    'It is a method of something that the object holds, such as `self._file.close`.',
    'The function refers to the object weakly.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import io
import weakref


class Upload:
    def __init__(self, body: bytes) -> None:
        self._file = io.BytesIO(body * 100)
        weakref.finalize(self, self._close)

    def _close(self) -> None:
        self._file.close()
`,
      good: `
import io
import weakref


class Upload:
    def __init__(self, body: bytes) -> None:
        self._file = io.BytesIO(body * 100)
        weakref.finalize(self, self._file.close)
`,
      ok: `
import shutil
import weakref


class Workspace:
    def __init__(self, path: str) -> None:
        self.path = path
        self._finalizer = weakref.finalize(self, self._remove, path)

    @staticmethod
    def _remove(path: str) -> None:
        shutil.rmtree(path, ignore_errors=True)
`,
    },
    {
      bad: `
import weakref


class Session:
    def __init__(self, name: str) -> None:
        self.name = name
        self.buffer = bytearray(10_000)
        self._finalizer = weakref.finalize(self, lambda: self.buffer.clear())
`,
      good: `
import weakref


class Session:
    def __init__(self, name: str) -> None:
        self.name = name
        self.buffer = bytearray(10_000)
        self._finalizer = weakref.finalize(self, self.buffer.clear)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/weakref.html#weakref.finalize',
    'https://docs.python.org/3/library/weakref.html#comparing-finalizers-with-del-methods',
  ],
  check(file, report) {
    for (const { node } of file.calls.to('weakref.finalize', 'multiprocessing.util.Finalize')) {
      const [subject] = positionalArguments(node);
      const kept = node.child('arguments')?.children.slice(1) ?? [];
      const held = subject && heldObject(file, kept, subject);
      // `finalize(array, unlink, array.filename)`: among the arguments, an attribute is data.
      if (!held || (held.isGuess && held.node !== kept[0])) continue;
      const target = file.drivable(node);
      const fix = file.isSelf(subject) ? resourceFix(file, held, kept[0]) : undefined;
      report({
        anchor: node,
        message:
          `The finalizer of \`${subject.text}\` holds ${describeHeld(held, subject.text)}, so ` +
          'the object can never be freed before the process ends',
        holder: 'finalize',
        payload: `\`${subject.text}\` and what it holds`,
        ...(held.isGuess ? { confidence: 'medium' } : {}),
        ...(fix ? { fix } : {}),
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

function resourceFix(file: FileFacts, held: HeldObject, callback: Node | undefined): ProposedFix | undefined {
  const text = held.node === callback ? resourceMethod(file, held) : undefined;
  return text === undefined
    ? undefined
    : {
        title: `Register \`${text}\`, which does not refer to the object`,
        safety: 'review',
        edits: [replaceNode(file, held.node, text)],
      };
}
