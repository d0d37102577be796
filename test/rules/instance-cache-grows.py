"""Clients and services that remember what they have looked up."""

import weakref
from cachetools import LRUCache


class Client:
    def __init__(self, session):
        self.session = session
        self._cache = {}
        self._users: dict = {}
        self._pages = dict()
        self._answers = {}

    def fetch(self, url):
        if url in self._cache:
            return self._cache[url]
        page = self.session.get(url)
        self._cache[url] = page  # leak: instance-cache-grows
        return page

    async def user(self, user_id):
        user = self._users.get(user_id)
        if user is None:
            user = self._users[user_id] = await self.session.load(user_id)  # leak: instance-cache-grows
        return user

    def page(self, url: str, size: int):
        try:
            return self._pages[url, size]
        except KeyError:
            self._pages[url, size] = self.session.get(url)  # leak: instance-cache-grows
            return self._pages[url, size]

    def token(self, text):
        return self._answers.setdefault(text, self.session.tokenize(text))  # leak: instance-cache-grows


class Embedder:
    def __init__(self, model):
        self.model = model
        self.cache = {}

    def embed(self, text: str):
        if text not in self.cache:
            self.cache[text] = self.model.encode(text)  # leak: instance-cache-grows low
        return self.cache[text]


class Renderer:
    def __init__(self):
        self._memo = {}

    def render(self, template_id, locale):
        key = (template_id, locale)
        if key not in self._memo:
            self._memo[key] = self.make(template_id, locale)  # leak: instance-cache-grows low
        return self._memo[key]

    def make(self, template_id, locale):
        return template_id


class Service:
    def __init__(self):
        self._bounded = LRUCache(maxsize=10)
        self._weak_cache = weakref.WeakValueDictionary()
        self._removed_cache = {}
        self._counted_cache = {}
        self._reset_cache = {}
        self._flag_cache = {}
        self._counts = {}
        self._given_cache = {}
        self._written_cache = {}

    def bounded(self, url):
        if url not in self._bounded:
            self._bounded[url] = self.load(url)  # ok: bounded
        return self._bounded[url]

    def weak(self, url):
        if url not in self._weak_cache:
            self._weak_cache[url] = self.load(url)  # ok: held weakly
        return self._weak_cache[url]

    def removed(self, url):
        if url not in self._removed_cache:
            self._removed_cache[url] = self.load(url)  # ok: removed by forget
        return self._removed_cache[url]

    def forget(self, url):
        self._removed_cache.pop(url, None)

    def counted(self, url):
        if url not in self._counted_cache and len(self._counted_cache) < 100:
            self._counted_cache[url] = self.load(url)  # ok: its size is looked at
        return url

    def by_reset(self, url):
        if url not in self._reset_cache:
            self._reset_cache[url] = self.load(url)  # ok: bound anew by reset
        return url

    def reset(self):
        self._reset_cache = {}

    def flag(self, exact: bool):
        if exact not in self._flag_cache:
            self._flag_cache[exact] = self.load(str(exact))  # ok: two keys
        return exact

    def count(self, user_id):
        if user_id not in self._counts:
            self._counts[user_id] = 0  # ok: counts, and keeps no result
        return self._counts[user_id]

    def given(self, url, sweeper):
        sweeper.sweep(self._given_cache)
        if url not in self._given_cache:
            self._given_cache[url] = self.load(url)  # ok: other code gets hold of it
        return url

    def write(self, url):
        self._written_cache[url] = self.load(url)  # ok: not looked up here

    def load(self, url):
        return url


class Parser:
    def __init__(self):
        self._cache = {}

    def symbol(self, text):
        if text not in self._cache:
            self._cache[text] = self.make(text)  # ok: a parser does one piece of work
        return self._cache[text]

    def make(self, text):
        return text


class NumberService:
    def __init__(self):
        self._cache = {}

    def get(self, url):
        if url not in self._cache:
            self._cache[url] = self.fetch(url)  # ok: a local of one call
        return self._cache[url]

    def fetch(self, url):
        return url * 2


def number_all(urls):
    service = NumberService()
    return [service.get(url) for url in urls]
