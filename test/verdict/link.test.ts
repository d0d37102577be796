import { describe, expect, it } from 'vitest';
import { findLink } from '../../src/verdict/link.ts';
import { finding } from '../changes/sample-finding.ts';
import { path, result } from './sample-result.ts';

describe('a path passes through a holder', () => {
  it.each([
    ['_seen', 'app.cache._seen[*] -> bytes'],
    ['_seen', "app.cache._seen['k'][*] -> dict"],
    ['Repo.load', 'app.repo.Repo.load.<lru_cache maxsize=None>.<key>[*] -> Repo'],
    ['self.items', 'app.main.service.items[*] -> Item'],
    ['cls.registry', 'app.models.Model.registry[*] -> type'],
    ['Größe', 'app.Größe[*] -> bytes'],
    ['_seen', 'app.cache._seen'],
    ['seen', 'app.cache.remember.<default seen>[*] -> str'],
    ['rows', 'app.main.callback.<closure rows>[*] -> Row'],
    ['Repo.load', '<lru_cache of app.repo.Repo.load>.<lru_cache maxsize=None><value>[*] -> bytes'],
    ['handler.items', 'app.handler.items.<closure x>[*] -> bytes'],
    ['last', 'ValueError.__traceback__ -> traceback.tb_frame -> frame.<local last> -> ValueError'],
  ])('%s in %s', (holder, text) => {
    expect(findLink(finding({ holder }), result({ paths: [path(text)] }))).toBe(`kept by ${text}`);
  });

  it.each([
    ['_seen', 'app.cache._seen_before[*] -> bytes'],
    ['_seen', 'app.cache._other[*] -> _seen'],
    ['Repo.load', 'app.repo.Repo.store.<lru_cache>[*] -> load'],
    ['Repo.load', 'app.Repo.other.load[*] -> Repo'],
    ['key', 'app.cache.load.<lru_cache maxsize=None><key>[*] -> Repo'],
    ['_seen', "app.cache._other['_seen'][*] -> bytes"],
    ['self', 'app.self[*] -> bytes'],
    ['', 'app.cache._seen[*] -> bytes'],
  ])('%j not in %s', (holder, text) => {
    expect(findLink(finding({ holder }), result({ paths: [path(text)] }))).toBeNull();
  });
});
