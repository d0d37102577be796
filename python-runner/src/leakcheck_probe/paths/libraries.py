"""Containers and arrays of other libraries, known by where their class comes from; nothing is imported for them."""

from __future__ import annotations

import collections
from typing import Any, Callable, Optional

Expander = Callable[[Any], list[Any]]


def library_expander(kind: type) -> Optional[Expander]:
    """Containers of other libraries, known by where their class comes from."""
    for base in kind.__mro__:
        found = _LIBRARY.get((base.__module__.split(".")[0] if isinstance(base.__module__, str) else "", base.__name__))
        if found is not None:
            return found
    return None


def _of_cachetools(item: Any) -> list[Any]:
    space = instance_dict(item) or {}
    data = space.get("_Cache__data")
    maximum = space.get("_Cache__maxsize")
    limit = maximum if type(maximum) is int else None
    return [("[*]", list(dict.values(data)), limit)] if type(data) is dict else []


def _of_queue(item: Any) -> list[Any]:
    space = instance_dict(item) or {}
    waiting = space.get("queue", space.get("_queue"))
    maximum = space.get("maxsize", space.get("_maxsize"))
    limit = maximum if type(maximum) is int and maximum > 0 else None
    return [("[*]", list(waiting), limit)] if type(waiting) in (collections.deque, list) else []


def _of_ndarray(item: Any) -> list[Any]:
    """The array that a view keeps, and the objects in an array of objects."""
    groups: list[Any] = [(".base", [item.base], None)] if item.base is not None else []
    if item.dtype.hasobject and item.base is None and item.dtype.kind == "O":
        groups.append(("[*]", item.ravel().tolist(), None))
    return groups


def payload(item: Any) -> int:
    """Bytes that an array or tensor owns itself; 0 for a view and for everything else."""
    kind = type(item)
    top = kind.__module__.split(".")[0] if isinstance(kind.__module__, str) else ""
    try:
        if top == "numpy" and kind.__name__ == "ndarray":
            return int(item.nbytes) if item.base is None else 0
        if top == "torch" and kind.__name__ in ("Tensor", "Parameter"):
            return int(item.nelement()) * int(item.element_size())
        if top == "array" and kind.__name__ == "array":
            return len(item) * int(item.itemsize)
    except Exception:
        return 0
    return 0


_LIBRARY: dict[tuple[str, str], Expander] = {
    ("cachetools", "Cache"): _of_cachetools,
    ("queue", "Queue"): _of_queue,
    ("asyncio", "Queue"): _of_queue,
    ("numpy", "ndarray"): _of_ndarray,
}
