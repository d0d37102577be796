import { describe, expect, test } from 'vitest';
import type { FileFacts } from '../../src/facts/file-facts.ts';
import type { Place } from '../../src/facts/places/places.ts';
import { factsOf } from '../support/facts.ts';

function placeNamed(file: FileFacts, label: string): Place {
  const place = file.places.all.find((candidate) => candidate.label === label);
  if (!place)
    throw new Error(`no place ${label} among ${file.places.all.map((each) => each.label).join(', ')}`);
  return place;
}

const operations = (file: FileFacts, label: string): string[] =>
  placeNamed(file, label).operations.map(({ kind, how, inner }) => `${kind} ${how}${inner ? ' inside' : ''}`);

describe('operations on a name at module level', () => {
  test.each([
    ['box.append(x)', 'grow append'],
    ['box[k] = x', 'grow []='],
    ['box[k] += 1', 'grow []+= inside'],
    ['box += [x]', 'grow +='],
    ['box |= {x}', 'grow |='],
    ['box[k].append(x)', 'grow append inside'],
    ['box.setdefault(k, []).append(x)', 'grow setdefault'],
    ['heapq.heappush(box, x)', 'grow heapq.heappush'],
    ['box.pop(k)', 'shrink pop'],
    ['box[:] = []', 'bind [:]='],
    ['box[10:] = []', 'shrink [:]='],
    ['del box[k]', 'shrink del'],
    ['del box', 'shrink del'],
    ['box -= {x}', 'shrink -='],
    ['box[k].pop()', 'read pop inside'],
    ['if len(box) > 9: pass', 'guard len'],
    ['print(len(box))', 'read len'],
    ['send(box)', 'escape argument'],
    ['return box', 'escape return_statement'],
    ['x = box[k]', 'read []'],
    ['for x in box: pass', 'read for_statement'],
    ['local = box\n    local.append(x)', 'grow append'],
  ])('%s', (statement, expected) => {
    const isBound =
      /^box (\+|\||-)?=/.test(statement) || statement.startsWith('del box') ? 'global box; ' : '';
    const file = factsOf(`import heapq\nbox = make()\ndef f(k, x):\n    ${isBound}${statement}\n`);

    expect(operations(file, 'box')).toContain(expected);
  });
});

describe('attributes of a class are one place however they are reached', () => {
  const file = factsOf(`
class Repo:
    seen = {}

    def __init__(self):
        self.seen["a"] = 1

    @classmethod
    def add(cls, key):
        cls.seen.update(key=1)

    def nested(self, key):
        def inner():
            self.__class__.seen.pop(key)
        type(self).seen.clear()
        return inner

def outside(key):
    Repo.seen.setdefault(key, 1)
`);

  test('all operations are seen', () => {
    expect(operations(file, 'Repo.seen').sort()).toEqual(
      ['bind =', 'grow []=', 'grow setdefault', 'grow update', 'shrink clear', 'shrink pop'].sort(),
    );
  });
});

describe('the container of a place', () => {
  test.each([
    ['{}', { kind: 'dict', growth: 'open' }],
    ['collections.deque(maxlen=5)', { kind: 'deque', growth: 'bounded' }],
    ['collections.deque([], 5)', { kind: 'deque', growth: 'bounded' }],
    ['collections.deque()', { kind: 'deque', growth: 'open' }],
    ['weakref.WeakValueDictionary()', { kind: 'dict', growth: 'weak' }],
    ['collections.defaultdict(list)', { kind: 'dict', growth: 'open', insertsOnRead: true }],
    ['cachetools.TTLCache(10, 60)', { kind: 'dict', growth: 'bounded' }],
    ['queue.Queue(maxsize=0)', { kind: 'queue', growth: 'open' }],
    ['compute()', undefined],
  ])('%s', (value, expected) => {
    const file = factsOf(`import collections, weakref, cachetools, queue\nbox = ${value}\nuse(box)\n`);

    const container = file.places.container(placeNamed(file, 'box'));

    if (expected) expect(container).toMatchObject(expected);
    else expect(container).toBeUndefined();
  });
});
