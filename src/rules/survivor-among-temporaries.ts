import { survivals } from '../facts/resources/temporaries.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { defineRule } from '../scan/rule.ts';

/** `rows = json.load(file)`, then `[row["name"] for row in rows]`: what stays lies scattered over all that was there. */
export default defineRule({
  id: 'survivor-among-temporaries',
  cause: 'fragmentation',
  confidence: 'low',
  summary: 'Small parts that are kept lie among many temporary objects and pin their memory',
  why:
    'Objects that are made one after the other lie side by side. When a large document is parsed and one field of each ' +
    'record is kept, or when a piece of each of many buffers is, those few that stay are spread over all the memory that the ' +
    'others took. A pool of 16 KiB or an arena of 1 MiB goes back to the system only when nothing in it is in use, so resident memory ' +
    'stays near its peak although little is in use. No object leaks, and the next call takes the same room again.',
  remedy:
    'Read the records one at a time (`csv.reader`, `ijson`, lines of JSON) and keep the field, so that all of them take the ' +
    'room of one; or make the survivors anew when the rest is gone, as an array or one joined text; or read no more of each than is kept. In a long-running ' +
    'process do the work in a child process. `malloc_trim(0)` helps for buffers of more than 512 bytes, not for small objects.',
  notWhen: [
    'The records are read one at a time.',
    'What is kept is computed from them: a sum, a set of numbers made anew.',
    'All of the records stay, or nothing of them does.',
    'It runs once, at import or at the start of the program.',
    'The records are few: a literal, a short range.',
  ],
  predicts: 'fragmentation',
  recipe: 'fragmentation',
  examples: [
    {
      bad: `
import json

LINES = [f'{{"id": {n}, "name": "user {n} of the house", "mail": "u{n}@example.org", "tags": ["a", {n}]}}' for n in range(20_000)]


class Directory:
    def __init__(self) -> None:
        self.names: list = []

    def load(self, limit: int = 20_000) -> int:
        users = json.loads("[" + ",".join(LINES[:limit]) + "]")
        self.names = [user["name"] for user in users]
        return len(self.names)
`,
      good: `
import json

LINES = [f'{{"id": {n}, "name": "user {n} of the house", "mail": "u{n}@example.org", "tags": ["a", {n}]}}' for n in range(20_000)]


class Directory:
    def __init__(self) -> None:
        self.names: list = []

    def load(self, limit: int = 20_000) -> int:
        names = []
        for line in LINES[:limit]:
            names.append(json.loads(line)["name"])
        self.names = names
        return len(self.names)
`,
    },
    {
      bad: `
class Index:
    def __init__(self) -> None:
        self.heads: list = []

    def build(self, count: int = 5000) -> int:
        pages = []
        heads = []
        for number in range(count):
            page = bytes(2_000 + number * 7919 % 9_000)
            pages.append(page)
            heads.append(page[:1000])
        self.heads = heads
        return sum(map(len, pages))
`,
      good: `
class Index:
    def __init__(self) -> None:
        self.heads: list = []

    def build(self, count: int = 5000) -> int:
        heads = []
        for _ in range(count):
            heads.append(bytes(1000))
        self.heads = heads
        return sum(map(len, heads))
`,
    },
  ],
  links: [
    'https://docs.python.org/3/c-api/memory.html#the-pymalloc-allocator',
    'https://man7.org/linux/man-pages/man3/malloc_trim.3.html',
  ],
  check(file, report) {
    for (const survival of survivals(file)) {
      const target = file.drivable(survival.node);
      if (!target || frequencyOf(file, survival.node) === 'once') continue;
      report({
        anchor: survival.node,
        message: `What is kept here of each of \`${survival.temporaries.name}\` lies among all the rest of them: their memory stays with the process when they are gone`,
        holder: survival.temporaries.name,
        payload: 'free memory between what stays',
        probe: { target: target.qualname },
      });
    }
  },
});
