"""Home-made memoising decorators."""

import functools


def memoize(function):
    cache = {}

    def wrapper(*args):
        if args not in cache:
            cache[args] = function(*args)  # leak: memo-decorator-without-bound
        return cache[args]

    return wrapper


def memoized_by(key_of):
    def decorate(function):
        results = dict()

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            key = key_of(*args, **kwargs)
            try:
                return results[key]
            except KeyError:
                value = results[key] = function(*args, **kwargs)  # leak: memo-decorator-without-bound
                return value

        return wrapped

    return decorate


def cached_method(method):
    memo = {}

    @functools.wraps(method)
    async def inner(self, *args):
        found = memo.get((self, args))
        if found is None:
            found = await method(self, *args)
            memo[(self, args)] = found  # leak: memo-decorator-without-bound
        return found

    return inner


@memoize
def render(text):
    return text


def bounded(function):
    cache = {}

    def wrapper(*args):
        if args not in cache and len(cache) < 100:
            cache[args] = function(*args)  # ok: its size is looked at
        return function(*args)

    return wrapper


def clearable(function):
    cache = {}

    def wrapper(*args):
        if args not in cache:
            cache[args] = function(*args)  # ok: emptied by clear
        return cache[args]

    def clear():
        cache.clear()

    wrapper.clear = clear
    return wrapper


def by_class(function):
    cache = {}

    def wrapper(cls):
        if cls not in cache:
            cache[cls] = function(cls)  # ok: keyed by classes
        return cache[cls]

    return wrapper


def fibonacci(number):
    known = {}

    def compute(n):
        if n not in known:
            known[n] = n if n < 2 else compute(n - 1) + compute(n - 2)  # ok: the dict ends with the call
        return known[n]

    return compute(number)


def counted(function):
    calls = {}

    def wrapper(name):
        calls[name] = calls.get(name, 0) + 1  # ok: counts, and keeps no result
        return function(name)

    return wrapper


def line_reader(lines, style):
    cache = {}

    def line_at(number):
        if number not in cache:
            cache[number] = style.apply(lines[number])  # ok: no decorator, it calls nothing that it was given
        return cache[number]

    return line_at
