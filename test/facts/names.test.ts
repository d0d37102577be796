import { expect, test } from 'vitest';
import { factsOf, nodeOf } from '../support/facts.ts';

test.each([
  ['import functools', 'functools.cache', 'functools.cache'],
  ['import functools as ft', 'ft.cache', 'functools.cache'],
  ['from functools import cache', 'cache', 'functools.cache'],
  ['from functools import cache as c', 'c', 'functools.cache'],
  ['import functools\nmemo = functools.cache', 'memo', 'functools.cache'],
  ['import functools\nmemo = functools.cache\nagain = memo', 'again', 'functools.cache'],
  ['import numpy.random as nr', 'nr.rand', 'numpy.random.rand'],
  ['import numpy.random', 'numpy.random.rand', 'numpy.random.rand'],
  ['from . import cache', 'cache', '.cache'],
  ['from ..web.cache import cache', 'cache', '..web.cache.cache'],
  ['try:\n    import ujson as json\nexcept ImportError:\n    import json', 'json.loads', 'ujson.loads'],
  ['', 'open', 'builtins.open'],
  ['def open(path): pass', 'open', undefined],
  ['def cache(f): return f', 'cache', undefined],
  ['from tools import *', 'cache', undefined],
  ['memo = memo', 'memo', undefined],
])('after %j, %s is %s', (source, expression, qualified) => {
  const file = factsOf(`${source}\nuse(${expression})\n`);

  expect(file.names.qualified(nodeOf(file, expression))).toBe(qualified);
});
