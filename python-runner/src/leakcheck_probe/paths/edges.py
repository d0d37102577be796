"""The named edges of one object: what a person would write behind its name to get to the next.

An expander takes an object and returns groups `(label, children, limit)`: a label may stand for many slots
(`[*]`), `children` may be a mere number of slots, and `limit` is the bound that the holder states itself.
No expander runs code of the target: attributes are read from dictionaries and slots, never through properties.
"""

from __future__ import annotations

import collections
import gc
import logging
import types
import weakref
from typing import Any, Callable, Optional, Union

from . import callables, running
from .instances import instance_dict
from .libraries import library_expander

Group = tuple[str, Union[list[Any], int], Optional[int]]
Expander = Callable[[Any], list[Group]]

# Nothing is below these.
LEAVES = frozenset(
    [int, float, bool, complex, str, bytes, bytearray, range, slice, type(None), type(...), type(NotImplemented),
     types.CodeType, types.BuiltinFunctionType, types.GetSetDescriptorType, types.MemberDescriptorType,
     types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType]
)  # fmt: skip
# Leaves that hold bytes of their own.
SIZED = frozenset([str, bytes, bytearray])

# Every logger leads to all others; what they hold has a name of its own, and is none of the repository's.
UPWARDS = {logging.Logger: ("parent", "root"), logging.RootLogger: ("parent", "root"), logging.Manager: ("root",)}
MAX_NAMED_KEYS = 16
MAX_PLAIN_ATTRIBUTES = 32
_slots_of_type: dict[type, tuple[tuple[str, Any], ...]] = {}


def expander_of(kind: type) -> Expander:
    """The expander of a type. Looks at the method resolution order only, so `__class__` tricks do not matter."""
    bases = type.mro(kind) if kind is type else kind.__mro__
    for base in bases:
        found = _EXPANDERS.get(base)
        if found is not None:
            return found if base is kind or base in _WHOLE else _with_attributes(found)
    special = library_expander(kind)
    if special is not None:
        return special
    if kind.__flags__ & _HEAP_TYPE and kind.__module__ not in ("_asyncio",):
        return attributes
    return anything


def _with_attributes(contents: Expander) -> Expander:
    return lambda item: [*contents(item), *_own_attributes(item)]


def forget_types() -> None:
    """Let go of the classes that were looked at."""
    _slots_of_type.clear()


def attributes(item: Any) -> list[Group]:
    """Instance dictionary and slots, else what a C base class may hold besides."""
    groups = _own_attributes(item)
    return groups if groups else anything(item)


def _own_attributes(item: Any) -> list[Group]:
    groups: list[Group] = []
    space = instance_dict(item)
    if space:
        upwards = UPWARDS.get(type(item), ())
        names = [(name, value) for name, value in list(space.items()) if type(name) is str and name not in upwards]
        groups.extend((f".{name}", [value], None) for name, value in names)
        if len(space) > MAX_PLAIN_ATTRIBUTES:
            groups.append((".__dict__[*]", len(space), None))
    for name, descriptor in _slots(type(item)):
        try:
            groups.append((f".{name}", [descriptor.__get__(item, type(item))], None))
        except (AttributeError, TypeError):
            continue
    return groups


def _slots(kind: type) -> tuple[tuple[str, Any], ...]:
    known = _slots_of_type.get(kind)
    if known is None:
        found = []
        for base in kind.__mro__:
            for name, value in list(base.__dict__.items()):
                if type(value) is types.MemberDescriptorType and not name.startswith("__"):
                    found.append((name, value))
        known = _slots_of_type[kind] = tuple(found)
    return known


def anything(item: Any) -> list[Group]:
    """What the collector knows of an object without names: its class and the modules are left out."""
    own = instance_dict(item)
    children = [c for c in gc.get_referents(item) if not issubclass(type(c), (type, types.ModuleType)) and c is not own]
    groups: list[Group] = [(".<held>[*]", children, None)] if children else []
    if own:
        groups.extend((f".{name}", [value], None) for name, value in list(own.items()) if type(name) is str)
    return groups


def of_dict(item: dict[Any, Any]) -> list[Group]:
    groups: list[Group] = [("[*]", list(dict.values(item)), None)]
    keys = [key for key in list(dict.keys(item)) if type(key) not in LEAVES]
    if keys:
        groups.append(("<key>[*]", keys, None))
    return groups


def of_named_dict(item: dict[Any, Any]) -> list[Group]:
    """A small dict with plain keys that stays as it is: each value under its own key."""
    groups: list[Group] = [("[*]", len(item), None)]
    groups.extend((f"[{key!r}]", [value], None) for key, value in list(dict.items(item)))
    return groups


def has_plain_keys(item: dict[Any, Any]) -> bool:
    return all(type(key) is str and len(key) <= 40 or type(key) is int for key in list(dict.keys(item)))


def of_list(item: Any) -> list[Group]:
    return [("[*]", list(list.__iter__(item)), None)]


def of_tuple(item: Any) -> list[Group]:
    fields = type(item).__dict__.get("_fields") if type(item) is not tuple else None
    values = list(tuple.__iter__(item))
    if type(fields) is tuple and len(fields) == len(values):
        return [(f".{name}", [value], None) for name, value in zip(fields, values)]
    return [("[*]", values, None)]


def of_set(item: Any) -> list[Group]:
    return [("[*]", list(set.__iter__(item)), None)]


def of_frozenset(item: Any) -> list[Group]:
    return [("[*]", list(frozenset.__iter__(item)), None)]


def of_deque(item: Any) -> list[Group]:
    return [("[*]", list(collections.deque.__iter__(item)), collections.deque.maxlen.__get__(item))]  # type: ignore[attr-defined]


def of_weak_keys(item: Any) -> list[Group]:
    data = (instance_dict(item) or {}).get("data")
    return [("[*]", list(dict.values(data)), None)] if type(data) is dict else []


def of_weak_values(item: Any) -> list[Group]:
    data = (instance_dict(item) or {}).get("data")
    return [("[*]", len(data), None)] if type(data) in (dict, set) else []


def of_weak_reference(item: Any) -> list[Group]:
    callback = weakref.ref.__callback__.__get__(item)  # type: ignore[attr-defined]
    return [(".<callback>", [callback], None)] if callback is not None else []


def of_memoryview(item: memoryview) -> list[Group]:
    return [(".obj", [item.obj], None)]


def of_class(item: type) -> list[Group]:
    space = type.__dict__["__dict__"].__get__(item)  # type: ignore[index]
    groups: list[Group] = []
    for name, value in list(space.items()):
        if type(name) is str and type(value) not in LEAVES and name not in _CLASS_NOISE:
            groups.append((f".{name}", [value], None))
    if len(space) > MAX_PLAIN_ATTRIBUTES:
        groups.append((".__dict__[*]", len(space), None))
    return groups


def of_module(item: types.ModuleType) -> list[Group]:
    space = types.ModuleType.__dict__["__dict__"].__get__(item)
    groups: list[Group] = []
    for name, value in list(space.items()):
        if type(name) is str and (name == _WARNED or not (name.startswith("__") and name.endswith("__"))):
            groups.append((f".{name}", [value], None))
    groups.append((".__dict__[*]", len(space), None))
    return groups


_HEAP_TYPE = 1 << 9
_WARNED = "__warningregistry__"  # one entry for each text that `warnings` has shown
_CLASS_NOISE = frozenset(
    ["__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__abstractmethods__", "__mro__"]
)
# The expander knows everything about these: subclasses need no look at their attributes.
_WHOLE = frozenset([type, types.ModuleType, weakref.WeakKeyDictionary, weakref.WeakValueDictionary, weakref.WeakSet])
_EXPANDERS: dict[type, Expander] = {
    dict: of_dict,
    list: of_list,
    tuple: of_tuple,
    set: of_set,
    frozenset: of_frozenset,
    collections.deque: of_deque,
    weakref.WeakKeyDictionary: of_weak_keys,
    weakref.WeakValueDictionary: of_weak_values,
    weakref.WeakSet: of_weak_values,
    weakref.ref: of_weak_reference,
    memoryview: of_memoryview,
    type: of_class,
    types.ModuleType: of_module,
    **callables.EXPANDERS,
    **running.EXPANDERS,
}
