"""Named edges of functions, methods, partials, descriptors and lru_cache wrappers."""

from __future__ import annotations

import functools
import gc
import types
from typing import Any, Optional

_HEAP_TYPE = 1 << 9
LRU = type(functools.lru_cache(maxsize=1)(lambda: None))


def of_function(item: types.FunctionType) -> list[Any]:
    groups: list[Any] = []
    code = item.__code__
    for name, cell in zip(code.co_freevars, item.__closure__ or ()):
        try:
            groups.append((f".<closure {name}>", [cell.cell_contents], None))
        except ValueError:  # not filled yet
            continue
    defaults = item.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
    groups.extend((f".<default {name}>", [value], None) for name, value in zip(names, defaults))
    groups.extend((f".<default {name}>", [value], None) for name, value in list((item.__kwdefaults__ or {}).items()))
    groups.extend((f".{name}", [value], None) for name, value in list(item.__dict__.items()) if type(name) is str)
    return groups


def of_method(item: types.MethodType) -> list[Any]:
    return [(".__self__", [item.__self__], None), (".__func__", [item.__func__], None)]


def of_partial(item: Any) -> list[Any]:
    partial = functools.partial
    return [
        (".func", [partial.func.__get__(item)], None),  # type: ignore[attr-defined]
        (".args[*]", list(partial.args.__get__(item)), None),  # type: ignore[attr-defined]
        (".keywords", [partial.keywords.__get__(item)], None),  # type: ignore[attr-defined]
    ]


def of_wrapped(item: Any) -> list[Any]:
    """staticmethod and classmethod: nothing that a person would write."""
    return [("", [item.__func__], None)]


def of_property(item: property) -> list[Any]:
    return [("", [f for f in (item.fget, item.fset, item.fdel) if f is not None], None)]


def of_cached_property(item: Any) -> list[Any]:
    return [("", [item.func], None)]


def of_cell(item: types.CellType) -> list[Any]:
    try:
        return [("", [item.cell_contents], None)]
    except ValueError:
        return []


def of_lru_cache(item: Any) -> list[Any]:
    """Keys and values of the cache. They lie in C structures, so the collector is asked."""
    limit: Optional[int] = item.cache_parameters()["maxsize"] if hasattr(item, "cache_parameters") else None
    label = f".<lru_cache maxsize={limit}>"
    own = item.__dict__
    referents = gc.get_referents(item)
    entries = _entries(referents, own, limit)
    keys = list(entries.keys())
    values = _values(item, referents, entries, keys)
    parts = [part for key in keys for part in (key if type(key) is tuple else (key,))]
    objects = [part for part in parts if gc.is_tracked(part) or type(part).__flags__ & _HEAP_TYPE]
    groups: list[Any] = [(f".{name}", [value], None) for name, value in list(own.items())]
    groups.append((f"{label}<value>[*]", values, limit))
    groups.append((f"{label}<key>[*]", objects if objects else len(keys), limit))
    return groups


def _entries(referents: list[Any], own: dict[str, Any], limit: Optional[int]) -> dict[Any, Any]:
    """The dict of the cache. Results lie beside it, and may be dicts too; with a limit its values are links."""
    for found in referents:
        if type(found) is dict and found is not own:
            if limit is None or any(type(link).__name__ == "_lru_list_elem" for link in found.values()):
                return found
    return {}


def _values(item: Any, referents: list[Any], entries: dict[Any, Any], keys: list[Any]) -> list[Any]:
    found = list(entries.values())
    if not found or type(found[0]).__name__ != "_lru_list_elem":
        return found
    inside = [part for link in found for part in gc.get_referents(link)]  # where links are tracked themselves
    known = {id(key) for key in keys} | {id(part) for part in (entries, item.__dict__, item.__wrapped__)}
    everything = [*referents, *inside]
    results = [part for part in everything if id(part) not in known and not issubclass(type(part), type)]
    links = {id(link) for link in found}
    return [part for part in results if id(part) not in links][: len(found)]


EXPANDERS = {
    types.FunctionType: of_function,
    types.MethodType: of_method,
    functools.partial: of_partial,
    staticmethod: of_wrapped,
    classmethod: of_wrapped,
    property: of_property,
    functools.cached_property: of_cached_property,
    types.CellType: of_cell,
    LRU: of_lru_cache,
}
