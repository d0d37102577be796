"""Containers and arrays of other libraries, known by where their class comes from; nothing is imported for them."""

from __future__ import annotations

import collections
import gc
from typing import Any, Callable, Optional

from .instances import instance_dict

Expander = Callable[[Any], list[Any]]

_MAX_GRAPH = 20_000  # operations looked at behind one tensor


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


def _of_simple_queue(item: Any) -> list[Any]:
    """What waits: in a list before Python 3.13, by itself since."""
    found = [part for part in gc.get_referents(item) if not isinstance(part, type)]
    waiting = found[0] if len(found) == 1 and type(found[0]) is list else found
    return [("[*]", list(waiting), None)]


def _of_ndarray(item: Any) -> list[Any]:
    """The array that a view keeps, and the objects in an array of objects."""
    groups: list[Any] = [(".base", [item.base], None)] if item.base is not None else []
    if item.dtype.hasobject and item.base is None and item.dtype.kind == "O":
        groups.append(("[*]", item.ravel().tolist(), None))
    return groups


def _of_tensor(item: Any) -> list[Any]:
    """The graph behind a tensor lies in C++: its operations are counted, which is what grows when losses are summed up."""
    groups: list[Any] = [(".base", [item._base], None)] if item._base is not None else []
    if item.grad_fn is not None:
        groups.append((".grad_fn.next_functions[*]", _graph(item.grad_fn), None))
    own = getattr(item, "__dict__", None)
    if type(own) is dict:
        groups.extend((f".{name}", [value], None) for name, value in list(own.items()))
    return groups


def _graph(start: Any) -> list[Any]:
    found = {start: None}
    waiting = [start]
    while waiting and len(found) < _MAX_GRAPH:
        for operation, _ in waiting.pop().next_functions:
            if operation is not None and operation not in found:
                found[operation] = None
                waiting.append(operation)
    return list(found)


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
    ("_queue", "SimpleQueue"): _of_simple_queue,
    ("numpy", "ndarray"): _of_ndarray,
    ("torch", "Tensor"): _of_tensor,
}
