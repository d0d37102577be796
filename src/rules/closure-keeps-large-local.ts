import { closuresOverLarge } from '../facts/cycles/large-closures.ts';
import { defineRule } from '../scan/rule.ts';

/** Functions that live on, and hold something large of which they need a small part. */
export default defineRule({
  id: 'closure-keeps-large-local',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A function that lives on keeps a large local for a small part of it',
  why:
    'A nested function or lambda holds every name of the enclosing function that it uses, for as long as it lives itself. ' +
    'A callback that only asks for the length, the name or one entry of a table keeps the whole table.',
  remedy: 'Take the part first and let the function use that: `rows = len(table)`, then `lambda: rows`.',
  notWhen: [
    'The function needs the whole object: it goes over it, gives it on or calls its methods.',
    'The function is called at once and not kept: a key for `sorted`, a nested helper.',
    'The object is small.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Report:
    def __init__(self) -> None:
        self.headings = []

    def add(self, name: str) -> None:
        page = bytearray(200_000)
        self.headings.append(lambda: len(page))
`,
      good: `
class Report:
    def __init__(self) -> None:
        self.rows = 0

    def add(self, name: str) -> None:
        page = bytearray(200_000)
        self.rows = len(page)
`,
    },
  ],
  links: ['https://docs.python.org/3/reference/executionmodel.html#resolution-of-names'],
  check(file, report) {
    for (const { opener, binding, producer, part } of closuresOverLarge(file)) {
      const target = file.drivable(opener);
      report({
        anchor: opener,
        message: `The function keeps \`${binding.name}\`, the result of \`${producer}\`, for as long as it lives, and needs only \`${part}\``,
        holder: binding.name,
        payload: `the result of ${producer}`,
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});
