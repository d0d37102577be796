/**
 * Writes a page with one button that makes the GitHub App from app.yml.
 *
 *     node scripts/app-manifest.ts https://leakcheck.example.org/ [ORGANISATION] > app.html
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const [url, organisation] = process.argv.slice(2);
const given = url === undefined ? null : URL.parse(url);

if (given?.protocol !== 'https:' || (organisation !== undefined && !/^[\w-]+$/.test(organisation))) {
  console.error(
    'Give the https address of your server, and the name of your organisation if the App is to be its',
  );
  process.exitCode = 2;
} else {
  const owner = organisation === undefined ? '' : `organizations/${organisation}/`;
  const manifest = {
    ...(parse(readFileSync(new URL('../app.yml', import.meta.url), 'utf8')) as object),
    hook_attributes: { url: given.href },
    // Nothing needs to answer there: the code is in the address bar.
    redirect_url: 'http://localhost/',
  };
  console.log(`<!doctype html>
<meta charset="utf-8">
<title>Make the Leakcheck App</title>
<form method="post" action="https://github.com/${owner}settings/apps/new">
<input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
<button>Make the App on GitHub</button>
</form>`);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
