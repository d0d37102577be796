/** Handlers of an out-of-memory error that do the work again while the error still holds the frames that failed. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { ownNodes, statementOf } from '../syntax/flow.ts';

export interface RetryInHandler {
  /** The `except` clause. */
  readonly handler: Node;
  /** The call that does the work again. */
  readonly call: Node;
  /** Locals that the `try` binds, and that are not needed any more when it has failed. */
  readonly stale: readonly string[];
}

const MEMORY_ERRORS = /MemoryError|OutOfMemory|\bOOM|OOM(_|Err|Exc)|ResourceExhausted/;
const OTHER_ERRORS = /\b(RuntimeError|XlaRuntimeError|Exception|CUDAError|cudaError\w*)\b/;
const SAYS_OUT_OF_MEMORY = /out of memory|OutOfMemory|RESOURCE_EXHAUSTED|alloc/i;

export function retriesInHandlers(file: FileFacts): RetryInHandler[] {
  return file.nodes('except_clause').flatMap((handler) => {
    const caught = handler.children.find(({ type }) => type !== 'block');
    const body = handler.children.find(({ type }) => type === 'block');
    const attempt = handler.parent?.child('body');
    if (!caught || !body || !attempt || !isAboutMemory(caught, body)) return [];
    const call = workAgain(file, attempt, body);
    return call ? [{ handler, call, stale: staleAfter(file, attempt, body) }] : [];
  });
}

/** `except MemoryError`, or a wider one that looks for "out of memory" in the text. */
function isAboutMemory(caught: Node, body: Node): boolean {
  if (MEMORY_ERRORS.test(caught.text)) return true;
  if (!OTHER_ERRORS.test(caught.text)) return false;
  return body
    .descendants()
    .some(({ type, text }) => type === 'string' && text.length < 80 && SAYS_OUT_OF_MEMORY.test(text));
}

/** What frees, reports or looks at the error takes little room. */
const LIGHT =
  /^(_|n?gettext|tr|show\w*|_?log\w*|debug|info|warn\w*|error|exception|critical|print\w*|write|echo|notify\w*|collect|empty_cache|ipc_collect|clear\w*|close\w*|free\w*|clean\w*|release\w*|unload\w*|reset\w*|gc\w*|del\w*|synchronize|sleep|append|add|format|join|str|repr|len|max|min|int|float|isinstance|type|range|getattr|hasattr|is_\w+|has_\w+|get\w*|set\w*|zero_grad|update\w*|record\w*|exit|abort|fail\w*|raise\w*|\w+Error|\w+Exception|lower|startswith|any|all)$/i;

/**
 * A call in the handler that works on what the `try` worked on: it calls the same function again, or the function that
 * it stands in, or gives another one the same names.
 */
function workAgain(file: FileFacts, attempt: Node, body: Node): Node | undefined {
  const tried = callsIn(attempt);
  const callees = new Set(tried.map(calleeName));
  const around = file.functionAround(body);
  if (around) callees.add(around.name);
  const given = new Set(tried.flatMap(argumentNames));
  return callsIn(body).find((call) => {
    const name = calleeName(call);
    if (LIGHT.test(name) || statementOf(call).type === 'raise_statement') return false;
    return callees.has(name) || argumentNames(call).some((argument) => given.has(argument));
  });
}

function callsIn(block: Node): Node[] {
  return ownNodes(block).filter(({ type }) => type === 'call');
}

function calleeName(call: Node): string {
  const callee = call.child('function');
  return (callee?.child('attribute') ?? callee)?.text ?? '';
}

function argumentNames(call: Node): string[] {
  const list = call.child('arguments')?.descendants() ?? [];
  return list.flatMap(({ type, text, field }) => (type === 'identifier' && field !== 'name' ? [text] : []));
}

/** Names that only the `try` binds, and that the handler does not use. */
function staleAfter(file: FileFacts, attempt: Node, body: Node): string[] {
  const scope = file.scopes.at(attempt);
  if (scope.kind !== 'function') return [];
  return [...scope.bindings.values()]
    .filter(
      ({ definitions, uses }) =>
        definitions.length > 0 &&
        definitions.every(({ kind, node }) => kind === 'assignment' && attempt.contains(node)) &&
        !uses.some((use) => body.contains(use)),
    )
    .map(({ name }) => name);
}
