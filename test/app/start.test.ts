/** `npm start`, as a process of its own. */
import { execa } from 'execa';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { freePort } from '../webhooks/signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakcheck-test-'));
const START = join(import.meta.dirname, '../../src/app/start.ts');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function start(env: Readonly<Record<string, string>>) {
  const options = { env: { PATH: process.env['PATH'], ...env }, extendEnv: false, reject: false } as const;
  return execa(process.execPath, [START], options);
}

it('says what is missing and does not start', async () => {
  const { exitCode, stderr } = await start({ NODE_ENV: 'development' });

  expect(exitCode).toBe(2);
  expect(stderr.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'APP_ID',
    'WEBHOOK_SECRET',
    'PRIVATE_KEY',
  ]);
});

it('runs until it is told to stop, one process to a directory', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const settings = async () => ({
    APP_ID: '1',
    PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    WEBHOOK_SECRET: 'a secret for the tests',
    DATA_DIRECTORY: join(folder, 'data'),
    PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
  });
  const own = await settings();
  const app = start(own);
  await vi.waitFor(
    async () => {
      expect((await fetch(`http://localhost:${own.PORT}/healthz`)).status).toBe(200);
    },
    { timeout: 50_000, interval: 200 },
  );

  const second = await start(await settings());
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toContain(join(folder, 'data'));

  app.kill('SIGTERM');
  expect(await app).toMatchObject({ exitCode: 0, stderr: '' });
});
