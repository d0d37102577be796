/** The manifest of the App, and the page that hands it to GitHub. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { expect, it, test } from 'vitest';
import { parse } from 'yaml';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const text = readFileSync(path('app.yml'), 'utf8');
const manifest = parse(text) as Record<string, unknown> & {
  readonly default_permissions: Readonly<Record<string, string>>;
};
const page = (...args: string[]) =>
  execaSync(process.execPath, [path('scripts/app-manifest.ts'), ...args], { reject: false });

it('asks for what the App uses, and says why', () => {
  expect(manifest.default_permissions).toEqual({
    metadata: 'read',
    contents: 'read',
    pull_requests: 'write',
    checks: 'write',
    issues: 'write',
    actions: 'write',
  });
  expect(manifest).toMatchObject({ default_events: ['pull_request', 'issue_comment', 'workflow_run'] });
  for (const name of Object.keys(manifest.default_permissions))
    expect(text).toMatch(new RegExp(`  # .+\\n  ${name}: `));
});

test.each([
  [[], 'settings/apps/new'],
  [['my-org'], 'organizations/my-org/settings/apps/new'],
])('the page for %j hands the manifest over, with the address of the server', (owner, address) => {
  const { stdout } = page('https://leakcheck.example.net/', ...owner);

  expect(stdout).toContain(`action="https://github.com/${address}"`);
  const value = /name="manifest" value="([^"]*)"/.exec(stdout)?.[1]?.replaceAll('&quot;', '"') ?? '';
  expect(JSON.parse(value)).toEqual({
    ...manifest,
    hook_attributes: { url: 'https://leakcheck.example.net/' },
    redirect_url: 'http://localhost/',
  });
});

test.each([[], ['leakcheck.example.net'], ['http://a.example/'], ['https://a.example/', '"><b>']])(
  'refuses %j',
  (...args) => {
    expect(page(...args)).toMatchObject({ exitCode: 2, stdout: '' });
  },
);
