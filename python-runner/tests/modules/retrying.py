# target: call_with_retry
import functools
import random

failures = []


class Unavailable(Exception):
    pass


def backoff(attempt, base=0.0):
    return base * 2**attempt + random.random() * 0


def call_with_retry(operation, attempts):
    if attempts < 1:
        raise ValueError("at least one attempt")
    last = None
    for attempt in range(attempts):
        try:
            return operation(attempt)
        except Unavailable as error:
            last = error
        finally:
            failures.append(backoff(attempt))  # leak
            # instead: failures[:] = [attempt]
    raise last


def retry(attempts=3):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return call_with_retry(lambda _: function(*args, **kwargs), attempts)

        return wrapper

    return decorate
