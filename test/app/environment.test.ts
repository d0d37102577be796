import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/app/environment.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
const enough = { APP_ID: '12', WEBHOOK_SECRET: 'x'.repeat(32), PRIVATE_KEY: key };

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function problems(environment: Record<string, string>): string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('the environment', () => {
  it('is enough with three variables', () => {
    expect(readSettings(enough)).toEqual({
      appId: 12,
      privateKey: key,
      webhookSecret: 'x'.repeat(32),
      port: 3000,
      host: 'localhost',
      databaseUrl: undefined,
      dataDirectory: 'data',
      apiUrl: 'https://api.github.com',
      logLevel: 'info',
    });
  });

  it('says all that is missing at once, and how to get it', () => {
    expect(problems({ APP_ID: '', OTHER: 'x' })).toEqual([
      expect.stringMatching(/^APP_ID is missing: the number after "App ID"/),
      expect.stringMatching(/^WEBHOOK_SECRET is missing: make one with 'openssl rand -hex 32'/),
      expect.stringMatching(/^PRIVATE_KEY is missing: "Generate a private key"/),
    ]);
  });

  it.each([
    ['a short secret', { WEBHOOK_SECRET: 'development' }, /too short to be a secret/],
    ['an App id that is none', { APP_ID: 'my-app' }, /APP_ID must be the number/],
    ['a port that is none', { PORT: '70000' }, /PORT must be a number/],
    ['another database', { DATABASE_URL: 'mysql://x' }, /must begin with postgres/],
    ['an address that is none', { GITHUB_API_URL: 'github.example.com' }, /must be a URL/],
    ['an unknown level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be trace/],
    [
      'a key that is none',
      { PRIVATE_KEY: 'very secret' },
      /PRIVATE_KEY cannot be used \(not a private key\)/,
    ],
  ])('refuses %s', (_, changes, message) => {
    const [problem = '', ...more] = problems({ ...enough, ...changes });
    expect(problem).toMatch(message);
    expect(problem).not.toContain('very secret');
    expect(more).toEqual([]);
  });

  it('takes the key from a file, in one line, or in base64', () => {
    const path = join(folder, 'key.pem');
    writeFileSync(path, key);
    const rest = { APP_ID: enough.APP_ID, WEBHOOK_SECRET: enough.WEBHOOK_SECRET };

    expect(readSettings({ ...rest, PRIVATE_KEY_PATH: path }).privateKey).toBe(key);
    expect(readSettings({ ...rest, PRIVATE_KEY: key.replaceAll('\n', String.raw`\n`) }).privateKey).toBe(key);
    expect(readSettings({ ...rest, PRIVATE_KEY: Buffer.from(key).toString('base64') }).privateKey).toBe(key);
    expect(problems({ ...rest, PRIVATE_KEY_PATH: join(folder, 'none') })).toEqual([
      expect.stringMatching(/PRIVATE_KEY_PATH cannot be used \(ENOENT/),
    ]);
  });
});
