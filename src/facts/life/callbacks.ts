/** Functions that others call when something happens, and that do not wait for what comes of it. */
import { isHandler } from './frequency.ts';
import type { FunctionFacts } from '../syntax/functions.ts';

const CALLBACK =
  /^_*(on|handle|callback|cb|receive|message|event|data|emit|notify)(_\w+|[A-Z]\w*)?$|_(callback|cb|handler|received|listener)$/;

/** Whether a function is a handler or a callback, by its decorators, parameters or name. */
export function isCallback(facts: FunctionFacts): boolean {
  return isHandler(facts) || CALLBACK.test(facts.name);
}
