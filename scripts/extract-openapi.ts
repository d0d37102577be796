/**
 * Writes test/schemas/github-openapi.json: of GitHub's OpenAPI description, the operations that we call and the webhooks
 * that we take. The package has 434 MB, so it is no dependency:
 *
 *     npm pack @octokit/openapi && tar -xf octokit-openapi-*.tgz package/generated/api.github.com.json
 *     node scripts/extract-openapi.ts package/generated/api.github.com.json
 *
 * Without an argument it looks for the installed package.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const OPERATIONS = [
  ['get', '/repos/{owner}/{repo}/compare/{basehead}'],
  ['get', '/repos/{owner}/{repo}/collaborators/{username}/permission'],
  ['post', '/repos/{owner}/{repo}/check-runs'],
  ['patch', '/repos/{owner}/{repo}/check-runs/{check_run_id}'],
  ['post', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'],
  ['post', '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches'],
  ['get', '/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts'],
  ['get', '/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}'],
  ['post', '/repos/{owner}/{repo}/actions/runs/{run_id}/cancel'],
  ['post', '/app/installations/{installation_id}/access_tokens'],
  ['get', '/app/hook/deliveries'],
  ['post', '/app/hook/deliveries/{delivery_id}/attempts'],
] as const;

const WEBHOOKS = [
  /^pull-request-(opened|synchronize|reopened|ready-for-review|closed)$/,
  /^issue-comment-created$/,
  /^workflow-run-(requested|in-progress|completed)$/,
  /^check-run-(created|completed|rerequested|requested-action)$/,
  /^ping$/,
  /^installation-(created|deleted|new-permissions-accepted|repositories-added|repositories-removed|suspend|unsuspend)$/,
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

const TARGET = fileURLToPath(new URL('../test/schemas/github-openapi.json', import.meta.url));

/** What only people read. */
const PROSE = new Set([
  'description', 'summary', 'example', 'examples', 'title', 'tags', 'externalDocs', 'x-github', 'x-octokit',
  'operationId', 'deprecated', 'x-github-breaking-changes', 'x-multi-segment',
]); // prettier-ignore

function extract(source: JsonObject): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [method, path] of OPERATIONS) {
    const operation = object(object(object(source['paths'])[path])[method]);
    paths[path] = { ...paths[path], [method]: withoutProse(operation) };
  }
  const hooks = Object.entries(object(source['x-webhooks']))
    .filter(([name]) => WEBHOOKS.some((pattern) => pattern.test(name)))
    .map(([name, hook]) => [name, payload(object(object(hook)['post']))] as const);
  const kept = { paths, 'x-webhooks': Object.fromEntries(hooks) };
  return {
    openapi: source['openapi'] ?? null,
    info: {
      title: 'The part of the OpenAPI description of GitHub that Leakcheck uses',
      version: object(source['info'])['version'] ?? null,
      license: { name: 'MIT, see LICENSE beside this file' },
    },
    ...kept,
    components: components(object(source['components']), kept),
  };
}

/** The schema of the JSON body. */
function payload(post: JsonObject): Json {
  const body = object(object(object(post['requestBody'])['content'])['application/json']);
  return withoutProse(object(body['schema']));
}

/** All that is referred to, also by what is referred to. */
function components(all: JsonObject, from: Json): JsonObject {
  const kept: Record<string, Record<string, Json>> = {};
  const queue = references(from);
  for (let reference = queue.pop(); reference !== undefined; reference = queue.pop()) {
    const [kind = '', name = ''] = reference.split('/').slice(2);
    if (kept[kind]?.[name] !== undefined) continue;
    const value = withoutProse(object(object(all[kind])[name]));
    kept[kind] = { ...kept[kind], [name]: value };
    queue.push(...references(value));
  }
  return Object.fromEntries(
    Object.entries(kept).map(([kind, values]) => [
      kind,
      Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
}

function references(value: Json): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(references);
  if (!isObject(value)) return [];
  const { $ref } = value;
  return typeof $ref === 'string' ? [$ref] : Object.values(value).flatMap(references);
}

/** @param isNames the keys are names of properties, responses and so on, not words of the format */
function withoutProse(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withoutProse(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || !PROSE.has(key))
      .map(([key, item]) => [
        key,
        key === 'enum' || key === 'default' ? item : withoutProse(item, !isNames && NAMED.has(key)),
      ]),
  );
}

const NAMED = new Set(['properties', 'responses', 'content', 'headers']);

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error('The description has another form than expected');
  return value;
}

function sourcePath(): string {
  const [, , path] = process.argv;
  return path ?? createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
}

const subset = extract(JSON.parse(readFileSync(sourcePath(), 'utf8')) as JsonObject);
const options = { ...(await resolveConfig(TARGET)), filepath: TARGET };
writeFileSync(TARGET, await format(JSON.stringify(subset), options));
