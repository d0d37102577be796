/** Statements that keep their function's frame alive for long: endless loops, blocking calls, suspended generators. */
import type { Node } from '../../python/node.ts';
import type { FileFacts } from '../file-facts.ts';
import { isEndless, ownNodes } from '../syntax/flow.ts';

const BLOCKING_CALLS =
  /^(time\.sleep|builtins\.input|asyncio\.run|signal\.pause|select\.select|subprocess\.(run|call|check_call|check_output)|uvicorn\.run)$/;
const BLOCKING_METHODS =
  /^(serve_forever|run_forever|run_until_complete|mainloop|serve|recv|recvfrom|accept|wait|wait_for|communicate|start_consuming|get|poll|select|readline|exec_|join_forever)$/;

/** Why the statement takes long, in words that follow "while"; undefined when nothing says so. */
export function waitsIn(file: FileFacts, statement: Node): string | undefined {
  const line = file.line(statement);
  const nodes = ownNodes(statement);
  const loop = nodes.find(({ type }) => type === 'for_statement' || type === 'while_statement');
  const call = nodes.find((node) => node.type === 'call' && isBlocking(file, node, loop !== undefined));
  const suspends = nodes.some(({ type }) => type === 'yield' || type === 'await');
  if (loop && isEndless(loop) && (call || suspends || !nodes.some(isExit)))
    return `the endless loop at line ${line} runs`;
  if (loop && (call || suspends))
    return `the loop at line ${line} ${suspends && !call ? 'is suspended' : 'waits'}`;
  if (loop && nodes.some(isStandardInput)) return `the loop at line ${line} waits for input`;
  return call
    ? `the call of \`${call.child('function')?.text ?? ''}\` at line ${file.line(call)} blocks`
    : undefined;
}

/** Outside of a loop `queue.get()` and the like may return at once, so only the unmistakable ones count. */
function isBlocking(file: FileFacts, call: Node, inLoop: boolean): boolean {
  const name = file.names.callee(call);
  if (name && BLOCKING_CALLS.test(name)) return inLoop || name !== 'time.sleep';
  const method = call.child('function')?.child('attribute')?.text ?? '';
  if (!BLOCKING_METHODS.test(method)) return false;
  const isUnmistakable = /^(serve_forever|run_forever|run_until_complete|mainloop|start_consuming)$/.test(
    method,
  );
  // `mapping.get(key)` is no wait; a queue's `get()` has no positional key.
  const looksUp = method === 'get' && (call.child('arguments')?.children.length ?? 0) > 0;
  return isUnmistakable || (inLoop && !looksUp);
}

function isStandardInput(node: Node): boolean {
  return node.type === 'attribute' && node.text === 'sys.stdin';
}

/** A loop that is left by `break` or `return` and waits for nothing may be as short as any other. */
function isExit(node: Node): boolean {
  return (
    node.type === 'break_statement' || node.type === 'return_statement' || node.type === 'raise_statement'
  );
}
