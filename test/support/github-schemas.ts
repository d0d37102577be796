/** GitHub's own descriptions: OpenAPI for REST and webhooks, the schema of GraphQL. */
import { readFileSync } from 'node:fs';
import { schema as githubSchema } from '@octokit/graphql-schema';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { buildSchema, type GraphQLSchema } from 'graphql';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

const SOURCE = new URL('../schemas/github-openapi.json', import.meta.url);
const description = toJsonSchema(JSON.parse(readFileSync(SOURCE, 'utf8')) as JsonObject) as JsonObject;

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(description, 'github');
const compiled = new Map<string, ValidateFunction>();

let graphqlSchema: GraphQLSchema | undefined;

export function graphqlSchemaOfGithub(): GraphQLSchema {
  graphqlSchema ??= buildSchema(githubSchema.idl, { assumeValid: true });
  return graphqlSchema;
}

/** @param template path of the operation, such as `/repos/{owner}/{repo}/check-runs` */
export function requestProblems(method: string, template: string, query: string[], body: Json): string[] {
  const operation = at(['paths', template, method]);
  const names = asArray(operation['parameters']).map((one) => resolve(one)['name']);
  const unknown = query.filter((name) => !names.includes(name)).map((name) => `unknown parameter ${name}`);
  const pointer = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'];
  const takes = operation['requestBody'];
  if (takes === undefined) return body === null ? unknown : [...unknown, 'unexpected body'];
  if (body === null && asObject(takes)['required'] !== true) return unknown;
  return [...unknown, ...violations(pointer, body), ...unknownKeys(at(pointer), body, '')];
}

export function answerProblems(method: string, template: string, status: number, body: Json): string[] {
  const pointer = answerPointer(method, template, status);
  if (pointer === null) return body === null ? [] : ['an answer without a body has one'];
  return violations(pointer, body);
}

/** @param name such as `pull-request-opened` */
export function webhookProblems(name: string, payload: Json): string[] {
  return violations(['x-webhooks', name], payload);
}

/** The smallest answer that GitHub may give, with what the test wants in it. */
export function answer(method: string, template: string, status: number, wanted: Json): Json {
  const pointer = answerPointer(method, template, status);
  return pointer === null ? null : merge(sample(at(pointer)), wanted, at(pointer));
}

export function webhook(name: string, wanted: Json): Json {
  const schema = at(['x-webhooks', name]);
  return merge(sample(schema), wanted, schema);
}

function answerPointer(method: string, template: string, status: number): string[] | null {
  const base = ['paths', template, method, 'responses', String(status)];
  const responses = at(base.slice(0, -1));
  if (responses[String(status)] === undefined)
    throw new Error(`${method} ${template} never answers ${status}`);
  const { $ref } = at(base);
  const own = typeof $ref === 'string' ? $ref.slice(2).split('/') : base;
  const content = at(own)['content'];
  return content === undefined ? null : [...own, 'content', 'application/json', 'schema'];
}

function violations(pointer: readonly string[], value: Json): string[] {
  const reference = `github#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
  compiled.set(reference, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** GitHub ignores what it does not know; for us it would be a misspelling. */
function unknownKeys(schema: JsonObject, value: Json, path: string): string[] {
  const { properties, items } = resolve(schema);
  if (Array.isArray(value)) return value.flatMap((item) => unknownKeys(asObject(items), item, `${path}/*`));
  if (!isObject(value) || !isObject(properties)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = properties[key];
    return isObject(inner) ? unknownKeys(inner, item, `${path}/${key}`) : [`${path}/${key} is unknown`];
  });
}

function sample(of: Json): Json {
  const schema = resolve(of);
  const { type, enum: values, default: usual, properties, required, format } = schema;
  if (Array.isArray(values)) return values[0] ?? null;
  const parts = asArray(schema['allOf']).map(sample).filter(isObject);
  const [choice] = [...asArray(schema['oneOf']), ...asArray(schema['anyOf'])];
  const types = asArray(type);
  if (types.includes('null')) return null;
  if (properties !== undefined || type === 'object') {
    const names = asArray(required).filter((name) => typeof name === 'string');
    const own = names.map((name) => [name, sample(asObject(properties)[name] ?? {})] as const);
    return Object.assign(
      {},
      ...parts,
      isObject(choice) ? asObject(sample(choice)) : {},
      Object.fromEntries(own),
    ) as Json;
  }
  if (parts.length > 0) return Object.assign({}, ...parts) as Json;
  if (choice !== undefined) return sample(choice);
  if (usual !== undefined) return usual;
  switch (type) {
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'string':
      return typeof format === 'string' ? (FORMATS[format] ?? 'text') : 'text';
    default:
      return null;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'https://api.github.com/x',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'octo@example.com',
};

function merge(under: Json, over: Json, schema: Json): Json {
  const { properties, items } = resolve(schema);
  if (Array.isArray(over)) {
    return over.map((item) => (items === undefined ? item : merge(sample(items), item, items)));
  }
  if (!isObject(over)) return over;
  const merged: JsonObject = isObject(under) ? { ...under } : {};
  for (const [key, item] of Object.entries(over)) {
    const inner = asObject(properties)[key] ?? {};
    const start = merged[key] ?? (isObject(item) ? sampleOfObject(inner) : null);
    merged[key] = merge(start, item, inner);
  }
  return merged;
}

/** Where null would do too, and the test wants an object. */
function sampleOfObject(schema: Json): Json {
  const resolved = resolve(schema);
  const [choice] = asArray(resolved['anyOf']);
  return sample(
    resolved['type'] === undefined && choice !== undefined ? choice : { ...resolved, type: 'object' },
  );
}

function resolve(schema: Json): JsonObject {
  const { $ref } = asObject(schema);
  return typeof $ref === 'string' ? resolve(at($ref.slice(2).split('/'))) : asObject(schema);
}

function at(pointer: readonly string[]): JsonObject {
  let value: Json | undefined = description;
  for (const part of pointer) value = asObject(value)[part];
  if (!isObject(value)) throw new Error(`Not in the subset: ${pointer.join(' ')}`);
  return value;
}

/** OpenAPI 3.0 says `nullable`, JSON Schema has a type for it. */
function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const { nullable, ...schema } = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, toJsonSchema(item)]),
  );
  if (nullable !== true)
    return nullable === undefined ? schema : isObject(nullable) ? { ...schema, nullable } : schema;
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  const withNull = Array.isArray(values) ? { enum: [...values, null] } : {};
  return { ...schema, ...withNull, type: [schema['type'], 'null'] };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function asArray(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
