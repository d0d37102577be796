/** `leakcheck explain RULE`. */
import { EXIT_OK, UserError } from '../errors.ts';
import { causes } from '../report/causes.ts';
import { wrap } from '../report/terminal/style.ts';
import type { Style } from '../report/terminal/style.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../scan/rule.ts';
import { nearest } from '../nearest.ts';
import { print, styleOf } from './output.ts';

export async function runExplain(id: string): Promise<number> {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw unknownRule(id);
  await print(`${explain(rule, styleOf(process.stdout)).join('\n')}\n`);
  return EXIT_OK;
}

function unknownRule(id: string): UserError {
  const meant = nearest(
    id,
    rules.map((rule) => rule.id),
  );
  const hint = meant === undefined ? "'leakcheck rules' lists them" : `did you mean '${meant}'?`;
  return new UserError(`'${id}' is no rule; ${hint}`);
}

function explain(rule: Rule, style: Style): string[] {
  const { title, remedy } = causes[rule.cause];
  const example = rule.examples[0];
  return [
    `${style.bold(rule.id)}  ${style.dim(`${title} · ${rule.confidence} confidence · measured by the recipe '${rule.recipe}'`)}`,
    '',
    ...wrap(`${rule.summary}.`, style.width),
    '',
    ...wrap(rule.why, style.width),
    '',
    style.bold('How to mend it'),
    ...wrap(rule.remedy, style.width),
    ...wrap(`In general: ${remedy}.`, style.width).map(style.dim),
    ...(example === undefined
      ? []
      : ['', ...code('Leaks', example.bad, style), '', ...code('Does not leak', example.good, style)]),
    ...(rule.notWhen.length === 0
      ? []
      : ['', style.bold('Left alone'), ...rule.notWhen.flatMap((text) => bullet(text, style))]),
    '',
    style.bold('To silence it on a line'),
    `  # leakcheck: ignore[${rule.id}] reason`,
    ...(rule.links.length === 0 ? [] : ['', style.bold('More'), ...rule.links.map((url) => `  ${url}`)]),
  ];
}

function code(title: string, text: string, style: Style): string[] {
  return [
    style.bold(title),
    ...text
      .trim()
      .split('\n')
      .map((line) => `    ${line}`.trimEnd()),
  ];
}

function bullet(text: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(text, style.width - 4);
  return [`  · ${first}`, ...rest.map((line) => `    ${line}`.trimEnd())];
}
