import type { FileFacts } from '../facts/file-facts.ts';
import type { Binding } from '../facts/syntax/scopes.ts';
import type { Node } from '../python/node.ts';
import { insertAfter } from '../scan/fix.ts';
import { defineRule } from '../scan/rule.ts';

/** Exceptions that are made once, for the module or a class, and raised again and again. */
export default defineRule({
  id: 'shared-exception-raised',
  cause: 'global',
  confidence: 'high',
  summary: 'An exception that is made once and raised often collects the frames of all who saw it',
  why:
    'Each `raise` adds to the traceback of the exception, and nothing takes away what is there. An exception that the ' +
    'module makes once keeps the frames of every function that it ever passed through, with all their locals, and its ' +
    'traceback grows with every raise.',
  remedy:
    'Raise a new one each time: `raise NotReady()`. To keep the one: `raise NOT_READY.with_traceback(None)`.',
  notWhen: [
    'The name is that of an exception class.',
    'It is raised with `with_traceback(None)`.',
    'It is raised while the module is imported.',
    'The name is a local of the function.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
CLOSED = ConnectionError("the stream is closed")


class Stream:
    def __init__(self) -> None:
        self.is_open = False

    def read(self, size: int = 1000) -> bytes:
        buffer = bytearray(size)
        self.is_open = not self.is_open
        if not self.is_open:
            raise CLOSED
        return bytes(buffer)
`,
      good: `
class Stream:
    def __init__(self) -> None:
        self.is_open = False

    def read(self, size: int = 1000) -> bytes:
        buffer = bytearray(size)
        self.is_open = not self.is_open
        if not self.is_open:
            raise ConnectionError("the stream is closed")
        return bytes(buffer)
`,
    },
  ],
  links: ['https://docs.python.org/3/reference/simple_stmts.html#the-raise-statement'],
  check(file, report) {
    for (const statement of file.nodes('raise_statement')) {
      const [raised] = statement.children;
      const shared = raised && sharedException(file, raised);
      const target = file.drivable(statement);
      if (!raised || !shared || !target) continue;
      report({
        anchor: statement,
        message: `\`${raised.text}\` is made once, and each raise adds frames to its traceback that stay with it`,
        holder: '__traceback__',
        payload: 'the locals of all frames that it passed through',
        // A plain function may be part of a script that ends with the first raise.
        ...(target.kind === 'method' || target.isAsync ? {} : { confidence: 'medium' }),
        fix: {
          title: 'Raise it without the traceback of the last time',
          safety: 'safe',
          edits: [insertAfter(file, raised, '.with_traceback(None)')],
        },
        probe: { target: target.qualname },
      });
    }
  },
});

/** The binding of `raise NAME` or `raise self.NAME` when the module or class makes the exception once. */
function sharedException(file: FileFacts, raised: Node): Binding | undefined {
  const binding = raised.type === 'identifier' ? file.binding(raised) : classAttribute(file, raised);
  if (!binding?.only || (binding.scope.kind !== 'module' && binding.scope.kind !== 'class')) return undefined;
  const { kind, value } = binding.only;
  if (kind !== 'assignment' || value?.type !== 'call') return undefined;
  const made = (value.child('function')?.child('attribute') ?? value.child('function'))?.text ?? '';
  return /^_?[A-Z]\w*(Error|Exception|Exit|Interrupt|Timeout|Warning|Abort|Cancelled|Stop)$|^(StopIteration|Exception)$/.test(
    made,
  )
    ? binding
    : undefined;
}

/** `self.NAME` and `Class.NAME`, where the class body and nothing else binds the name. */
function classAttribute(file: FileFacts, expression: Node): Binding | undefined {
  const place = expression.type === 'attribute' ? file.places.at(expression) : undefined;
  if (!place || !('methods' in place.root) || place.of('bind').length !== 1) return undefined;
  return place.root.scope.bindings.get(place.path);
}
