/** The table of keys in docs/configuration.md. */
import { z } from 'zod';

interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

export function configurationTable(schema: z.ZodType): string {
  const rows = keys(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, '');
  return ['| key | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function keys(schema: JsonSchema, above: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = `${above}${key}`;
    const own = `| \`${path}\` | ${byDefault(inner)} | ${(inner.description ?? '').replaceAll('|', '\\|')} |`;
    // The rules have a page each; their list would bury the rest.
    if (path === 'rules') return [own];
    return [own, ...keys(inner, `${path}.`), ...(inner.items ? keys(inner.items, `${path}[].`) : [])];
  });
}

function byDefault(schema: JsonSchema): string {
  if (schema.properties !== undefined || schema.default === undefined) return '';
  return schema.default === null ? 'none' : `\`${JSON.stringify(schema.default)}\``;
}
