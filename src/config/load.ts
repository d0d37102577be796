/** Text of `.github/leakcheck.yml` → the configuration, or what is wrong with it. */
import { z } from 'zod';
import { nearest } from '../nearest.ts';
import { oneLine } from '../report/visible.ts';
import { rules } from '../rules/index.ts';
import { configSchema } from './schema.ts';
import type { Config } from './schema.ts';
import { readYaml } from './yaml-text.ts';
import type { YamlData } from './yaml-text.ts';

export const CONFIG_PATH = '.github/leakcheck.yml';

export interface ConfigProblem {
  readonly line: number;
  /** One sentence: source, line, key, what is wrong, how to mend it. */
  readonly message: string;
}

export type LoadedConfig = { readonly config: Config } | { readonly problems: readonly ConfigProblem[] };

const Schema = configSchema(rules);

/** What holds where nobody configured anything. */
export const DEFAULT_CONFIG: Config = Schema.parse({});

const MAX_PROBLEMS = 20;

/** @param source how people find the text, such as `.github/leakcheck.yml` */
export function loadConfig(text: string, source: string): LoadedConfig {
  const data = readYaml(text);
  if (!('lineOf' in data)) return { problems: [problem(source, data.line, data.message)] };
  const parsed = Schema.safeParse(data.value ?? {});
  if (parsed.success) return { config: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, [], data, source));
  return { problems: problems.slice(0, MAX_PROBLEMS) };
}

type Issue = z.core.$ZodIssue;

function explain(
  issue: Issue,
  above: readonly PropertyKey[],
  data: YamlData,
  source: string,
): ConfigProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(source, data.lineOf([...path, key]), unknownKey([...path, key], known(path))),
    );
  }
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => explain(inner, path, data, source));
  const value = valueAt(data.value, path);
  return [
    problem(source, data.lineOf(path), `${quoted(path)} is ${shown(value)}, but ${demand(issue, value)}`),
  ];
}

/** The only alternative that takes values of this kind and finds fault within. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const within = branches.filter((issues) =>
    issues.every(({ code, path }) => code === 'unrecognized_keys' || path.length > 0),
  );
  return within.length === 1 ? within[0] : undefined;
}

function demand(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? `of the kind ${issue.expected}`}${quotesHint(issue.expected, value)}`;
    case 'invalid_value':
      return `must be ${list(issue.values.map(String))}${likely(value, issue.values.map(String))}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must not have more than ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a group of keys',
};

/** YAML reads `3.10` as the number 3.1. */
function quotesHint(expected: string, value: unknown): string {
  return expected === 'string' && typeof value === 'number' ? ' in quotes' : '';
}

function likely(value: unknown, words: readonly string[]): string {
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  return meant === undefined ? '' : ` (perhaps ${meant})`;
}

function unknownKey(path: readonly PropertyKey[], keys: readonly string[]): string {
  const key = String(path.at(-1));
  const meant = nearest(key, keys);
  const hint =
    meant !== undefined
      ? `; did you mean ${quoted([meant])}?`
      : keys.length > 10
        ? ''
        : `; ${path.length === 1 ? 'at the top' : 'there'} it can be ${list(keys)}`;
  return `${quoted(path)} is no known key${hint}`;
}

/** The keys that may stand below a path. */
function known(path: readonly PropertyKey[]): string[] {
  let schema: JsonSchema | undefined = z.toJSONSchema(Schema, { io: 'input' }) as JsonSchema;
  for (const part of path) {
    const next: JsonSchema | undefined =
      typeof part === 'number' ? schema?.items : schema?.properties?.[String(part)];
    schema = next?.anyOf === undefined ? next : flatten(next);
  }
  return Object.keys(schema?.properties ?? {});
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The alternative that is a group of keys. */
function flatten(schema: JsonSchema): JsonSchema {
  const inner: readonly JsonSchema[] = (schema.anyOf ?? []).flatMap((one) => [one, ...(one.anyOf ?? [])]);
  return inner.find(({ properties }) => properties !== undefined) ?? schema;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'left out';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return cut(JSON.stringify(value));
}

function quoted(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : `'${cut(path.map(String).join('.'))}'`;
}

function cut(text: string): string {
  const line = oneLine(text);
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function problem(source: string, line: number, message: string): ConfigProblem {
  return { line, message: `${source}, line ${line}: ${message}` };
}
