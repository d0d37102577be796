import type { Call } from '../facts/syntax/calls.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { statementOf } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import type { Node } from '../python/node.ts';
import { replaceNode } from '../scan/fix.ts';
import { defineRule, type ProposedFix } from '../scan/rule.ts';

/** `logging.getLogger(NAME).addHandler(…)` in a function: each call adds one more handler to the same logger. */
export default defineRule({
  id: 'logging-handler-per-call',
  cause: 'global',
  confidence: 'medium',
  summary: 'Every call adds another handler to a logger that lives as long as the process',
  why:
    'Loggers live for ever, and `addHandler` adds to their list. A handler made in a constructor or in a `get_logger()` is ' +
    'another object each time: the handlers pile up, every record is formatted and written once more by each of them, and ' +
    'they keep their streams and buffers.',
  remedy:
    'Add handlers once when the program starts, or ask first (`if not logger.handlers:`), or call `removeHandler` when the ' +
    'owner ends.',
  notWhen: [
    'The file calls `removeHandler`, or empties or replaces `handlers`.',
    'The function asks for `handlers` or `hasHandlers()` first, or runs once behind a flag.',
    'It runs when the program starts: at module level, in `main`, `setup_logging` and the like.',
    'The logger is a parameter, or made with `logging.Logger(…)`.',
    'The handler is one of the module.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import io
import logging


def get_logger(prefix: str) -> logging.Logger:
    logger = logging.getLogger("reports")
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logging.Formatter(prefix + " %(message)s"))
    logger.addHandler(handler)
    return logger
`,
      good: `
import io
import logging


def get_logger(prefix: str) -> logging.Logger:
    logger = logging.getLogger("reports")
    if not logger.handlers:
        handler = logging.StreamHandler(io.StringIO())
        handler.setFormatter(logging.Formatter(prefix + " %(message)s"))
        logger.addHandler(handler)
    return logger
`,
      ok: `
import logging


def setup_logging() -> None:
    logging.getLogger().addHandler(logging.StreamHandler())
`,
    },
    {
      bad: `
import io
import logging


class Client:
    def __init__(self, host: str) -> None:
        self.host = host
        self.log = logging.getLogger("client")
        self.log.addHandler(logging.StreamHandler(io.StringIO()))
`,
      good: `
import logging


class Client:
    def __init__(self, host: str) -> None:
        self.host = host
        self.log = logging.getLogger("client")
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/logging.html#logging.Logger.addHandler',
    'https://docs.python.org/3/howto/logging.html#configuring-logging',
  ],
  check(file, report) {
    const calls = file.calls.named('addHandler');
    if (calls.length === 0 || removesHandlers(file)) return;
    const seen = new Set<Node | undefined>();
    for (const call of calls) {
      const around = file.functionAround(call.node)?.node;
      const logger = loggerOf(file, call);
      const target = file.drivable(call.node);
      // One comment a function is enough.
      if (!logger || !target || seen.has(around) || !isMadeHere(file, call)) continue;
      if (isOnce(file, call, target)) continue;
      seen.add(around);
      const frequency = frequencyOf(file, call.node);
      const fix = replacingFix(file, call);
      report({
        anchor: statementOf(call.node),
        message: `Each call of \`${target.name === '__init__' ? (target.class?.name ?? '') : target.name}\` adds one more handler to the logger \`${logger}\`, which lives as long as the process`,
        holder: 'handlers',
        payload: 'the handlers and their streams',
        ...(frequency === 'once' ? { confidence: 'low' } : {}),
        ...(fix ? { fix } : {}),
        probe: { target: target.qualname },
      });
    }
  },
});

function removesHandlers(file: FileFacts): boolean {
  if (file.calls.named('removeHandler').length > 0) return true;
  return file.nodes('attribute').some((node) => {
    if (node.child('attribute')?.text !== 'handlers') return false;
    const { parent, field } = node;
    // `logger.handlers = []`, `logger.handlers.clear()`, `logger.handlers[:] = []`, `del logger.handlers[:]`
    if (parent?.type === 'assignment' && field === 'left') return true;
    if (parent?.type === 'attribute')
      return /^(clear|remove|pop)$/.test(parent.child('attribute')?.text ?? '');
    const above = parent?.type === 'subscript' ? parent.parent : undefined;
    return above?.type === 'delete_statement' || (above?.type === 'assignment' && parent?.field === 'left');
  });
}

/** How the logger is written that the handler is added to; undefined when it may be short-lived. */
function loggerOf(file: FileFacts, { receiver }: Call): string | undefined {
  const made = madeBy(file, receiver);
  return made && file.names.callee(made) === 'logging.getLogger' ? made.text : undefined;
}

/** The call that makes what an expression stands for. */
function madeBy(file: FileFacts, expression: Node | undefined): Node | undefined {
  if (expression?.type === 'call') return expression;
  if (expression?.type === 'identifier') {
    if (file.names.qualified(expression) === 'logging.root') return expression;
    return file.binding(expression)?.definitions.find(({ value }) => value?.type === 'call')?.value;
  }
  return file.places
    .at(expression)
    ?.of('bind')
    .find(({ value }) => value?.type === 'call')?.value;
}

/** Whether the handler is made by the function that adds it. */
function isMadeHere(file: FileFacts, { node }: Call): boolean {
  const [handler] = positionalArguments(node);
  if (handler?.type === 'call' || file.isSelf(handler)) return true;
  if (handler?.type === 'attribute') return file.isSelf(handler.child('object'));
  const binding = handler?.type === 'identifier' ? file.binding(handler) : undefined;
  return binding !== undefined && binding.scope.kind === 'function' && !binding.isParameter;
}

const SETUP =
  /(log(ger|ging|s)?_?(setup|config\w*|init\w*)|(set|setup|set_up|config\w*|init\w*|enable|start|create_default|add|attach|install|redirect)_?\w*(log|handler|console|debug|verbos)\w*|^(main|run|cli|start|setup|configure|enable|init|execute|parse_\w+|__main__)$)/i;

function isOnce(
  file: FileFacts,
  { node }: Call,
  target: { name: string } & Parameters<typeof runsAtImport>[1],
): boolean {
  if (runsAtImport(file, target) || SETUP.test(target.name) || runsBehindGuard(file, node)) return true;
  // The function asks what is there already.
  return /\b(hasHandlers|handlers|loggerDict)\b/.test(file.functionAround(node)?.node.text ?? '');
}

/** `logger.handlers[:] = [handler]`, where the function adds no other one. */
function replacingFix(file: FileFacts, { node, receiver }: Call): ProposedFix | undefined {
  const statement = statementOf(node);
  const [handler] = positionalArguments(node);
  const around = file.functionAround(node)?.node;
  const all = file.calls.named('addHandler').filter((call) => around?.contains(call.node));
  const isPlain = receiver?.type === 'identifier' || receiver?.type === 'attribute';
  const isWhole = statement.type === 'expression_statement' && statement.children[0] === node;
  if (!handler || !isPlain || !isWhole || all.length > 1) return undefined;
  return {
    title: 'Put the handler in the place of the one from the call before',
    safety: 'review',
    edits: [replaceNode(file, statement, `${receiver.text}.handlers[:] = [${handler.text}]`)],
  };
}
