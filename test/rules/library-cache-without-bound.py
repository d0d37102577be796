"""An app that caches through libraries."""

import enum
import math

import aiocache
import cachetools
import memoization
import streamlit as st
import toolz
from aiocache import Cache, cached
from cachetools import LRUCache, TTLCache
from cytoolz.functoolz import memoize
from langchain_core.caches import InMemoryCache
from streamlit import cache_resource


class Mode(enum.Enum):
    FAST = 1


@st.cache_data  # leak: library-cache-without-bound
def load(query):
    return query


@st.cache_data(show_spinner=False)  # leak: library-cache-without-bound
def table(_connection, name: str):
    return name


@cache_resource()  # leak: library-cache-without-bound
def model(path: str):
    return path


@st.cache(allow_output_mutation=True)  # leak: library-cache-without-bound
def frame(url):
    return url


@cached()  # leak: library-cache-without-bound
async def user(user_id: int):
    return user_id


@aiocache.cached(cache=Cache.MEMORY, key="x")  # leak: library-cache-without-bound
async def page(url: str):
    return url


@memoize  # leak: library-cache-without-bound
def tokens(text):
    return text.split()


@toolz.memoize  # leak: library-cache-without-bound
def words(text):
    return text.split()


@memoization.cached  # leak: library-cache-without-bound
def parse(text):
    return text


pages = LRUCache(maxsize=math.inf)  # leak: library-cache-without-bound
users = cachetools.Cache(float("inf"))  # leak: library-cache-without-bound
answers = InMemoryCache()  # leak: library-cache-without-bound


@st.cache_data(ttl=600)  # ok: a lifetime
def fresh(query):
    return query


@st.cache_data(max_entries=10)  # ok: a size
def few(query):
    return query


@st.cache_resource  # ok: one value
def database():
    return object()


@st.cache_resource  # ok: the connection is no part of the key
def cursor(_connection):
    return _connection


@st.cache_data  # ok: one key
def fast(mode: Mode):
    return mode


@cached(ttl=60)  # ok: a lifetime
async def short(key: str):
    return key


@cached(cache=Cache.REDIS)  # ok: in another process
async def remote(key: str):
    return key


@memoize(cache=LRUCache(maxsize=10))  # ok: a bounded store
def bounded(text):
    return text


sized = LRUCache(maxsize=100)  # ok: a size
timed = TTLCache(maxsize=math.inf, ttl=60)  # ok: drops what is expired whenever it is added to
small = InMemoryCache(maxsize=100)  # ok: a size


def report(rows):
    @toolz.memoize  # ok: dies with the call
    def width(row):
        return len(row)

    return [width(row) for row in rows]
