"""Warnings about data."""

import warnings
from warnings import warn


def check(rows):
    for i in range(len(rows)):
        warnings.warn(f"row {i} is empty")  # leak: warning-text-varies low
    for number, row in enumerate(rows):
        if not row:
            warn("row %d of %s is empty" % (number, row))  # leak: warning-text-varies low
        else:
            warn("row {} is fine".format(number), UserWarning)  # leak: warning-text-varies low
    while rows:
        line = rows.pop()
        warn("bad line: " + line, stacklevel=2)  # leak: warning-text-varies
    for i in range(100):
        warnings.warn("%d" % i)  # leak: warning-text-varies low
    for key, value in rows.items():
        warnings.warn(f"unknown option: {key}")  # ok: few options
    for row in rows:
        warnings.warn("a row is empty")  # ok: constant text
        warnings.warn(f"empty: {type(row)}")  # ok: few classes
        if row is None:
            warnings.warn(f"row {row} ends it")  # ok: the loop ends
            break


def handle(request):
    warnings.warn(f"slow request {request.id}")  # leak: warning-text-varies


def on_message(user_id, dtype):
    warnings.warn(f"no such user: {user_id}")  # leak: warning-text-varies
    warnings.warn(f"unknown dtype: {dtype}")  # ok: few of them


def load(path):
    warnings.warn(f"cannot read {path}")  # ok: neither a loop nor a request


warnings.warn(f"{__name__} is old", DeprecationWarning)  # ok: at import
