import { expect, it } from 'vitest';
import { hasCommand } from '../../src/webhooks/command.ts';

it.each([
  '/leakcheck',
  'Please:\n\n/leakcheck  \n\nThanks',
  'a\r\n/leakcheck\r\nb',
  '   /leakcheck',
  '```\ncode\n```\n/leakcheck',
  '<!-- hidden -->\n/leakcheck',
])('takes %j for the command', (body) => {
  expect(hasCommand(body)).toBe(true);
});

it.each([
  '',
  'say /leakcheck to start it',
  '/leakchecks',
  '/leakcheck now',
  '> /leakcheck',
  '    /leakcheck',
  '\t/leakcheck',
  '`/leakcheck`',
  '```\n/leakcheck\n```',
  '~~~text\n/leakcheck\n~~~',
  '````\n```\n/leakcheck\n````',
  '```\n~~~\n/leakcheck\n```',
  '```\n/leakcheck',
  '<!--\n/leakcheck\n-->',
  '<!--\n/leakcheck',
])('takes %j for a text about it', (body) => {
  expect(hasCommand(body)).toBe(false);
});
