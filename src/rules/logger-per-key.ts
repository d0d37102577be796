import { positionalArguments, keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { runsAtImport } from '../facts/life/lifetimes.ts';
import { originsOf } from '../facts/places/provenance.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `logging.getLogger(f"session.{session_id}")`: the manager of the loggers keeps every name for ever. */
export default defineRule({
  id: 'logger-per-key',
  cause: 'cache',
  confidence: 'medium',
  summary: 'A logger for every id stays for the life of the process',
  why:
    '`logging.getLogger(name)` makes a logger on the first call and keeps it in a dict of the module for ever, with its ' +
    'handlers and filters. A name for each session, request, user or object adds an entry each; nothing removes them.',
  remedy:
    'Use one logger and pass the id along: `logging.LoggerAdapter(logger, {"session": session_id})`, `extra=…`, or a filter.',
  notWhen: [
    'The name is constant, `__name__`, or that of a class, module or function.',
    'The name is made of things of which a program has few, such as a level or a component.',
    'It happens while modules are imported.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import logging


def handle(session_id: str) -> int:
    log = logging.getLogger(f"session.{session_id}")
    log.debug("handling")
    return len(session_id)
`,
      good: `
import logging

log = logging.getLogger("session")


def handle(session_id: str) -> int:
    logging.LoggerAdapter(log, {"session": session_id}).debug("handling")
    return len(session_id)
`,
      ok: `
import logging


def logger_of(thing: object) -> logging.Logger:
    return logging.getLogger(type(thing).__name__)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/logging.html#logging.getLogger',
    'https://docs.python.org/3/howto/logging-cookbook.html#using-loggeradapters-to-impart-contextual-information',
  ],
  check(file, report) {
    const made = [
      ...file.calls.to(
        'logging.getLogger',
        'logging.Logger.manager.getLogger',
        'structlog.stdlib.get_logger',
      ),
      ...file.calls.named('getChild').filter(({ receiver }) => /log/i.test(receiver?.text ?? '')),
    ];
    for (const { node } of made) {
      const name = positionalArguments(node)[0] ?? keywordArgument(node, 'name');
      const target = file.drivable(node);
      if (!name || !target || runsAtImport(file, target)) continue;
      const id = idIn(file, name);
      if (id === undefined) continue;
      const own = new Set(target.parameters.map((parameter) => parameter.name));
      const vary = originsOf(file, name).parameters.map((parameter) => parameter.name);
      report({
        anchor: node,
        message: `The logging module keeps a logger for every \`${id}\` as long as the process lives`,
        holder: 'loggerDict',
        payload: 'the loggers and their handlers',
        probe: { target: target.qualname, vary: vary.filter((parameter) => own.has(parameter)) },
      });
    }
  },
});

/** Words in names of things that come and go. */
const ID =
  /(^|_)(u?uid|guid|ids?|hash|token|session|sess|request|req|user|username|email|client|conn|connection|peer|addr|address|ip|host|port|url|uri|job|task|run|trial|order|message|msg|event|chat|channel|room|tenant|customer|account|transaction|txn|trace|thread|timestamp|time|now|pid|nonce|serial|path|filename)s?(_(id|key|name|no|num))?$/i;
const FRESH =
  /^(builtins\.id|uuid\.uuid\d|secrets\.token_\w+|time\.time(_ns)?|datetime\.datetime\.(now|utcnow))$/;

/** The part of a logger's name that is another one for every object or request, as it is written. */
function idIn(file: FileFacts, name: Node): string | undefined {
  const parts = name.type === 'identifier' ? sourcesOf(file, name) : [name];
  for (const part of parts.flatMap((node) => [node, ...node.descendants()])) {
    if (part.type === 'call' && FRESH.test(file.names.callee(part) ?? '')) return part.text;
    const isWhole = part === name && part.type === 'identifier';
    const word = part.type === 'identifier' && isRead(part) ? part.text : lastName(part);
    if (word === undefined || !ID.test(spaced(word))) continue;
    // `getLogger(host)` may be called with a few names; `getLogger(f"{host}")` with whatever comes.
    if (isWhole && !/id$/i.test(word)) continue;
    if (varies(file, part)) return part.text;
  }
  return undefined;
}

/** The name and, for a local, the texts that it is bound to. */
function sourcesOf(file: FileFacts, name: Node): Node[] {
  const binding = file.binding(name);
  const values =
    binding?.scope.kind === 'function' ? binding.definitions.flatMap(({ value }) => value ?? []) : [];
  return [name, ...values.filter((value) => isText(file, value))];
}

function isText(file: FileFacts, value: Node): boolean {
  if (['string', 'concatenated_string', 'binary_operator'].includes(value.type)) return true;
  const callee = value.child('function');
  return file.names.qualified(callee) === 'builtins.str' || callee?.child('attribute')?.text === 'format';
}

/** The `c` of `a.b.c` where that is not itself called or part of a longer name. */
function lastName(part: Node): string | undefined {
  const isCalled = part.parent?.type === 'call' && part.field === 'function';
  return part.type === 'attribute' && !isCalled && part.parent?.type !== 'attribute'
    ? part.child('attribute')?.text
    : undefined;
}

function isRead({ parent, field }: Node): boolean {
  if (parent?.type === 'attribute') return false;
  return parent?.type !== 'keyword_argument' || field === 'value';
}

/** `sessionId` → `session_id` */
function spaced(word: string): string {
  return word.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/** Constants of the module are the same for every call. */
function varies(file: FileFacts, part: Node): boolean {
  if (part.type === 'attribute') return true;
  const binding = file.binding(part);
  if (binding?.scope.kind === 'module') return false;
  return binding !== undefined || loopsAround(part).length > 0;
}
