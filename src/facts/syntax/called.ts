/** Calls by the dotted name of what is called, as far as the file tells it. */
import type { Node } from '../../python/node.ts';
import type { Call } from './calls.ts';
import type { FileFacts } from '../file-facts.ts';

/** The dotted name of what is called; what no import explains is taken as it is written. */
export function calledName(file: FileFacts, call: Node): string {
  const name = file.names.callee(call) ?? call.child('function')?.text ?? '';
  return name.replace(/^builtins\./, '');
}

/** Calls of what has a name that matches, in document order for each name. */
export function callsLike(file: FileFacts, name: RegExp): Call[] {
  const found: Call[] = [];
  for (const [called, calls] of file.once(indexOf)) if (name.test(called)) found.push(...calls);
  return found;
}

function indexOf(file: FileFacts): Map<string, Call[]> {
  const index = new Map<string, Call[]>();
  for (const call of file.calls.all) {
    const name = calledName(file, call.node);
    const same = index.get(name);
    if (same) same.push(call);
    else index.set(name, [call]);
  }
  return index;
}
