import type { Call } from '../facts/syntax/calls.ts';
import { positionalArguments } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { ownNodes } from '../facts/syntax/flow.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { hasLargeType, mayBeLarge } from '../facts/places/instances.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `current.set(request)` without a `reset`: whoever copies the context keeps the request. */
export default defineRule({
  id: 'context-variable-not-reset',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A large object in a context variable that is never reset stays with every copy of the context',
  why:
    'A context variable keeps its value until it is set again or the context goes. Each task, timer and callback copies ' +
    'the context when it is made (and so do new threads of free-threaded Python 3.14): a request or an instance that was ' +
    'set and not reset lives as long as the longest of them, and in a worker thread until the next one comes.',
  remedy:
    'Reset it when the work is done: `token = current.set(request)`, `try: … finally: current.reset(token)`. Or keep an id ' +
    'in the variable, and start what lives long with an empty `contextvars.Context()`.',
  notWhen: [
    'The file resets the variable, or sets it to `None`.',
    'The token is returned or kept: somebody else resets it.',
    'The value is small: an id, a name, a flag.',
    'The function only sets it, for others to call, or runs once.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import asyncio
from contextvars import ContextVar

_body: ContextVar[bytes] = ContextVar("body", default=b"")


async def handle(request: bytes) -> int:
    _body.set(request * 1000)
    asyncio.get_running_loop().call_later(3600, print, "late")
    return len(_body.get())
`,
      good: `
import asyncio
from contextvars import ContextVar

_body: ContextVar[bytes] = ContextVar("body", default=b"")


async def handle(request: bytes) -> int:
    token = _body.set(request * 1000)
    timer = asyncio.get_running_loop().call_later(3600, print, "late")
    try:
        return len(_body.get())
    finally:
        timer.cancel()
        _body.reset(token)
`,
    },
  ],
  links: [
    'https://docs.python.org/3/library/contextvars.html#contextvars.ContextVar.reset',
    'https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_later',
  ],
  check(file, report) {
    const made = file.calls.to('contextvars.ContextVar');
    if (made.length === 0 && !file.tree.source.includes('contextvar')) return;
    for (const call of file.calls.named('set')) {
      const { node, receiver } = call;
      const [value] = positionalArguments(node);
      const target = file.drivable(node);
      if (!receiver || !value || !target || !isContextVariable(file, receiver, made)) continue;
      if (!isLarge(file, value) || isReset(file, receiver) || isForOthers(file, node)) continue;
      if (frequencyOf(file, node) === 'once') continue;
      const own = new Set(target.parameters.map(({ name }) => name));
      const vary = parametersBehind(file, value).map(({ name }) => name);
      report({
        anchor: node,
        message: `\`${receiver.text}\` keeps \`${value.text.split('\n')[0] ?? ''}\` in every context that is copied from here: nothing in this file resets it`,
        holder: receiver.text,
        payload: value.text.split('\n')[0] ?? '',
        probe: { target: target.qualname, vary: vary.filter((name) => own.has(name)) },
      });
    }
  },
});

/** A name of the module that is bound to a `ContextVar`, or imported and called so. */
function isContextVariable(file: FileFacts, receiver: Node, made: readonly Call[]): boolean {
  if (receiver.type !== 'identifier') return false;
  const binding = file.binding(receiver);
  if (binding?.scope.kind !== 'module') return false;
  return binding.definitions.some(
    ({ kind, value }) =>
      made.some(({ node }) => node === value) ||
      (kind === 'import' && /(_var|_ctx|_ctxvar|contextvar)$/i.test(receiver.text)),
  );
}

const LARGE_NAMES =
  /^_*(request|req|response|session|websocket|connection|conn|message|msg|event|body|payload|data|df|frame|frames|image|array|tensor|model|document|batch|state|result|results)$/;

/** The instance, a request or something that may be large, or what is made of it. */
function isLarge(file: FileFacts, value: Node): boolean {
  if (file.isSelf(value) || mayBeLarge(file, value)) return true;
  // `request.id` is small.
  if (value.type === 'attribute' || value.type === 'subscript') return false;
  if (
    value.type === 'call' &&
    /^(builtins\.(str|int|len|id|bool|float|hash|type)|uuid\.)/.test(file.names.callee(value) ?? '')
  )
    return false;
  return ownNodes(value).some((node) => {
    const isWhole = node.type === 'identifier' && node.parent?.type !== 'attribute';
    const parameter = isWhole ? parametersBehind(file, node)[0] : undefined;
    return parameter !== undefined && (LARGE_NAMES.test(node.text) || hasLargeType(parameter.annotation));
  });
}

/** Whether the file resets the variable or sets it to nothing. */
function isReset(file: FileFacts, receiver: Node): boolean {
  const binding = file.binding(receiver);
  return file.calls.named('reset', 'set').some(({ name, node, receiver: other }) => {
    if (other?.type !== 'identifier' || file.binding(other) !== binding) return false;
    if (name === 'reset') return true;
    const [value] = positionalArguments(node);
    return value?.type === 'none' || /^(''|""|\{\}|\[\]|\(\)|dict\(\))$/.test(value?.text ?? '');
  });
}

/** Whether the token leaves the function, or the function does nothing else than set the variable. */
function isForOthers(file: FileFacts, call: Node): boolean {
  const { parent } = call;
  if (parent?.type === 'return_statement' || parent?.type === 'argument_list') return true;
  if (parent?.type === 'assignment') {
    const token = parent.child('left');
    const binding = token?.type === 'identifier' ? file.binding(token) : undefined;
    return token?.type !== 'identifier' || (binding?.uses.length ?? 0) > 0;
  }
  const around = file.functionAround(call);
  const statements = (around?.node.child('body')?.children ?? []).filter(
    ({ type, children: [inner] }) => type !== 'comment' && inner?.type !== 'string',
  );
  const isSetter = statements.length < 2 && frequencyOf(file, call) !== 'request';
  return (
    isSetter || /^_?(set|push|bind|use|activate|enter|__enter__|__aenter__)(_|$)/.test(around?.name ?? '')
  );
}
