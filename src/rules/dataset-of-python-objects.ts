import { keywordArgument } from '../facts/places/containers.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { ClassFacts } from '../facts/syntax/functions.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** A Dataset that keeps a list or dict of Python objects, read by the workers of a DataLoader. */
export default defineRule({
  id: 'dataset-of-python-objects',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'Each worker of a DataLoader ends up with a copy of the Python objects of its dataset',
  why:
    'Workers that are forked share the memory of the dataset until somebody writes to it. Reading a Python object writes ' +
    'its reference count, so each page with objects is copied once a worker has read from it. Over an epoch every worker ' +
    'grows by the size of the whole list or dict.',
  remedy:
    'Keep the items in one buffer: a NumPy array or tensor of numbers, bytes with offsets, an Arrow table, or a file that ' +
    'is memory-mapped. Or read each item when it is asked for.',
  notWhen: [
    'The file makes no DataLoader with workers: `num_workers` is missing or 0.',
    'What `__init__` keeps is an array, a tensor or one object.',
    'No other method reads it.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      notMeasured: 'the copies are in the workers, and the probe looks at one process',
      bad: `
import json

from torch.utils.data import DataLoader, Dataset


class Samples(Dataset):
    def __init__(self, path: str) -> None:
        with open(path) as lines:
            self.items = [json.loads(line) for line in lines]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict:
        return self.items[index]


def load(path: str) -> DataLoader:
    return DataLoader(Samples(path), num_workers=8)
`,
      good: `
import numpy as np
from torch.utils.data import DataLoader, Dataset


class Samples(Dataset):
    def __init__(self, path: str) -> None:
        self.items = np.load(path, mmap_mode="r")

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> np.ndarray:
        return np.array(self.items[index])


def load(path: str) -> DataLoader:
    return DataLoader(Samples(path), num_workers=8)
`,
    },
  ],
  links: [
    'https://github.com/pytorch/pytorch/issues/13246',
    'https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading',
  ],
  check(file, report) {
    const loader = file.calls.named('DataLoader').find(({ node }) => hasWorkers(node));
    if (!loader) return;
    for (const facts of file.classes.filter(isDataset)) {
      for (const { statement, attribute, isRecord } of objectsOf(file, facts)) {
        report({
          anchor: statement,
          symbol: `${facts.qualname}.__init__`,
          message: `Each worker of the DataLoader copies \`self.${attribute}\` bit by bit: reading its Python objects writes their reference counts`,
          holder: `self.${attribute}`,
          payload: 'the items of the dataset',
          ...(isRecord ? {} : { confidence: 'low' as const }),
        });
      }
    }
  },
});

function hasWorkers(call: Node): boolean {
  const workers = keywordArgument(call, 'num_workers');
  return workers !== undefined && workers.text !== '0';
}

function isDataset({ bases }: ClassFacts): boolean {
  return bases.some((base) => /(^|\.)\w*Dataset$/.test(base)) && !bases.some((base) => /Iterable/.test(base));
}

/** Attributes that `__init__` binds to a list or dict of many objects, and that other methods read. */
function objectsOf(
  file: FileFacts,
  facts: ClassFacts,
): { statement: Node; attribute: string; isRecord: boolean }[] {
  return [...file.places.ofClass(facts)].flatMap(([attribute, place]) => {
    const made = place
      .of('bind')
      .find(({ value, scope }) => scope.name === '__init__' && value && manyObjects(file, value));
    const isRead = place.operations.some(
      ({ scope, kind }) => scope.name !== '__init__' && kind !== 'bind' && scope.within(facts.scope),
    );
    if (!made?.value || !isRead) return [];
    const isRecord = RECORDS.test(made.value.text);
    return [{ statement: made.node, attribute, isRecord }];
  });
}

function manyObjects(file: FileFacts, value: Node): boolean {
  if (/^(list|dictionary)_comprehension$/.test(value.type)) return true;
  if (value.type !== 'call') return false;
  const name = file.names.callee(value) ?? '';
  if (/^(json|pickle|yaml)\.(load|loads|safe_load)$/.test(name)) return true;
  if (/^builtins\.(list|dict|sorted)$/.test(name))
    return (value.child('arguments')?.children.length ?? 0) > 0;
  return /\.(readlines|read\(\)\.splitlines|to_dict|tolist)\(/.test(
    `${value.child('function')?.text ?? ''}(`,
  );
}

/** Items read from a file, or made for each entry: there are as many as the data has. */
const RECORDS = /\b(json|pickle|yaml)\.\w*load|\bcsv\.|\bopen\(|readlines|\.to_dict\(|\.splitlines\(/;
