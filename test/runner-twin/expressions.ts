/** `${{ … }}` with GitHub's own evaluator. */
import { Evaluator, Lexer, Parser, data } from '@actions/expressions';

export type Contexts = Readonly<Record<string, unknown>>;

/** How things stand for `success()` and its kin. */
export interface Status {
  readonly failed: boolean;
  readonly cancelled: boolean;
}

const STATUS_FUNCTIONS = ['success', 'failure', 'cancelled', 'always'];

/** @throws when the expression names a context or function that does not exist */
export function evaluate(expression: string, contexts: Contexts, status?: Status): unknown {
  const functions = status === undefined ? [] : STATUS_FUNCTIONS;
  const infos = functions.map((name) => ({ name, minArgs: 0, maxArgs: 0 }));
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), infos).parse();
  const definitions = new Map(
    infos.map((info) => [info.name, { ...info, call: () => new data.BooleanData(holds(info.name, status)) }]),
  );
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const found = new Evaluator(tree, dictionary, definitions).evaluate();
  return JSON.parse(JSON.stringify(found, data.replacer)) as unknown;
}

function holds(name: string, status: Status | undefined): boolean {
  const { failed = false, cancelled = false } = status ?? {};
  if (name === 'always') return true;
  if (name === 'cancelled') return cancelled;
  return name === 'failure' ? failed : !failed && !cancelled;
}

/** An `if`: with or without `${{ }}`; unless it asks for the status itself, it means `success() && …`. */
export function isWanted(
  condition: string | boolean | undefined,
  contexts: Contexts,
  status: Status,
): boolean {
  if (condition === undefined) return holds('success', status);
  const text = String(condition).trim();
  const inner = /^\$\{\{(.*)\}\}$/s.exec(text)?.[1] ?? text;
  const asks = STATUS_FUNCTIONS.some((name) => new RegExp(`\\b${name}\\s*\\(`).test(inner));
  const wanted = Boolean(evaluate(inner, contexts, status));
  return wanted && (asks || holds('success', status));
}

/** A text with `${{ }}` in it; a text that is one expression gives its value as it is. */
export function fill(text: string, contexts: Contexts): unknown {
  const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text.trim())?.[1];
  if (whole !== undefined) return evaluate(whole, contexts);
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => asText(evaluate(expression, contexts)));
}

export function fillAll(
  values: Readonly<Record<string, unknown>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? asText(fill(value, contexts)) : asText(value),
    ]),
  );
}

/** As GitHub writes a value into a text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
