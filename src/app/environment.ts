/** The settings of the App, from environment variables. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError, firstLine } from '../errors.ts';

const APP_PAGE = "on the App's page (https://github.com/settings/apps, or the settings of your organisation)";

const missing = (name: string, how: string) => ({ error: `${name} is missing: ${how}` });

const Variables = z.object({
  APP_ID: z
    .string(missing('APP_ID', `the number after "App ID" ${APP_PAGE}`))
    .regex(/^[1-9]\d{0,15}$/, { error: `APP_ID must be the number after "App ID" ${APP_PAGE}` })
    .transform(Number),
  WEBHOOK_SECRET: z
    .string(
      missing(
        'WEBHOOK_SECRET',
        `make one with 'openssl rand -hex 32', set it here and under "Webhook secret" ${APP_PAGE}`,
      ),
    )
    .min(16, {
      error: "WEBHOOK_SECRET is too short to be a secret: make one with 'openssl rand -hex 32'",
    }),
  PORT: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, { error: 'PORT must be a number from 1 to 65535' })
    .transform(Number)
    .pipe(z.int().max(65_535, { error: 'PORT must be a number from 1 to 65535' }))
    .default(3000),
  HOST: z.string().default('localhost'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'DATABASE_URL must begin with postgres://' })
    .optional(),
  DATA_DIRECTORY: z.string().default('data'),
  GITHUB_API_URL: z
    .url({ protocol: /^https?$/, error: 'GITHUB_API_URL must be a URL, such as https://HOST/api/v3' })
    .default('https://api.github.com'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
      error: 'LOG_LEVEL must be trace, debug, info, warn, error or fatal',
    })
    .default('info'),
});

export interface Settings {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly apiUrl: string;
  readonly logLevel: z.infer<typeof Variables>['LOG_LEVEL'];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UserError with one line for everything that is missing or wrong */
export function readSettings(environment: Environment): Settings {
  // An empty variable is what `docker run --env NAME` makes of one that is not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Variables.safeParse(given);
  const key = readKey(given);
  const problems = [
    ...(parsed.error?.issues.map(({ message }) => message) ?? []),
    ...('problem' in key ? [key.problem] : []),
  ];
  if (!parsed.success || 'problem' in key) throw new UserError(problems.join('\n'));
  const variables = parsed.data;
  return {
    appId: variables.APP_ID,
    privateKey: key.pem,
    webhookSecret: variables.WEBHOOK_SECRET,
    port: variables.PORT,
    host: variables.HOST,
    databaseUrl: variables.DATABASE_URL,
    dataDirectory: variables.DATA_DIRECTORY,
    apiUrl: variables.GITHUB_API_URL.replace(/\/+$/, ''),
    logLevel: variables.LOG_LEVEL,
  };
}

type Key = { readonly pem: string } | { readonly problem: string };

function readKey({ PRIVATE_KEY: text, PRIVATE_KEY_PATH: path }: Environment): Key {
  const how = `"Generate a private key" ${APP_PAGE} gives a .pem file`;
  if (text === undefined && path === undefined) {
    return {
      problem: `PRIVATE_KEY is missing: ${how}; set PRIVATE_KEY to its text or PRIVATE_KEY_PATH to its path`,
    };
  }
  const name = text === undefined ? 'PRIVATE_KEY_PATH' : 'PRIVATE_KEY';
  try {
    const pem = toPem(text ?? readFileSync(path ?? '', 'utf8'));
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return { pem };
    return { problem: `${name} is not an RSA key: ${how}` };
  } catch (error) {
    // Never the text itself.
    const why = error instanceof Error && 'syscall' in error ? firstLine(error) : 'not a private key';
    return { problem: `${name} cannot be used (${why}): ${how}` };
  }
}

/** Also with `\n` in place of line ends, or in base64 as a whole: what fits into one line of a settings file. */
function toPem(text: string): string {
  const plain = text.trim().replaceAll(String.raw`\n`, '\n');
  return plain.startsWith('-----')
    ? `${plain.trim()}\n`
    : `${Buffer.from(plain, 'base64').toString('utf8').trim()}\n`;
}
