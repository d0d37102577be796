"""Looks at what only the garbage collector can free: which objects are on the cycles, and whose they are."""

from __future__ import annotations

import gc
import os
import sys
import tracemalloc
import types
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from . import testcode
from .calls import Calls

MAX_OBJECTS = 50_000
MAX_CYCLES = 5
_CONTAINERS = (dict, list, tuple, set, frozenset, types.CellType)


@dataclass(frozen=True)
class Cycle:
    """One kind of cycle, such as `Node.children[*] -> Node.parent -> Node`; `count` objects were on such cycles."""

    path: str
    count: int
    own: bool


@dataclass(frozen=True)
class Survey:
    """`own`: something of the tree is on a cycle. `only_classes`: every cycle is one that a class
    statement makes by itself."""

    cycles: List[Cycle]
    own: bool
    only_classes: bool


def survey(calls: Calls, count: int, root: str) -> Survey:
    """Make calls with the collector saving what it finds, and describe the cycles in it. Leaves nothing behind."""
    gc.collect()
    start = len(gc.garbage)
    gc.set_debug(gc.DEBUG_SAVEALL)
    tracemalloc.start(1)
    try:
        calls.make(count)
        gc.collect()
        found = gc.garbage[start:][:MAX_OBJECTS]
        result = describe(found, os.path.realpath(root))
        del found
    finally:
        tracemalloc.stop()
        gc.set_debug(0)
        del gc.garbage[start:]
    gc.collect()
    return result


def describe(found: List[Any], root: str) -> Survey:
    """The cycles among these objects, those with most objects first."""
    members = {id(item): index for index, item in enumerate(found)}
    links = [[members[id(to)] for to in gc.get_referents(item) if id(to) in members] for item in found]
    groups = [group for group in _strong_components(links) if len(group) > 1 or group[0] in links[group[0]]]
    counts: Dict[str, Tuple[int, bool]] = {}
    for group in groups:
        items = [found[index] for index in group]
        if any(isinstance(item, type) for item in items):
            continue
        path = _cycle_path(items)
        own = any(_is_own(item, root) for item in items)
        size, before = counts.get(path, (0, False))
        counts[path] = (size + len(group), own or before)
    cycles = [Cycle(path, size, own) for path, (size, own) in counts.items()]
    cycles.sort(key=lambda cycle: (-cycle.count, cycle.path))
    return Survey(cycles[:MAX_CYCLES], any(cycle.own for cycle in cycles), bool(groups) and not cycles)


def _strong_components(links: List[List[int]]) -> List[List[int]]:
    """Tarjan's algorithm without recursion (SIAM J. Comput. 1(2), 1972)."""
    order: Dict[int, int] = {}
    low: Dict[int, int] = {}
    on_stack: Set[int] = set()
    stack: List[int] = []
    groups: List[List[int]] = []
    for first in range(len(links)):
        if first in order:
            continue
        work: List[Tuple[int, Iterator[int]]] = []

        def enter(node: int) -> None:
            order[node] = low[node] = len(order)
            stack.append(node)
            on_stack.add(node)
            work.append((node, iter(links[node])))

        enter(first)
        while work:
            node, following = work[-1]
            for to in following:
                if to not in order:
                    enter(to)
                    break
                if to in on_stack:
                    low[node] = min(low[node], order[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    groups.append(_popped(stack, on_stack, node))
    return groups


def _popped(stack: List[int], on_stack: Set[int], last: int) -> List[int]:
    group = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        group.append(node)
        if node == last:
            return group


def _cycle_path(items: List[Any]) -> str:
    """The shortest way from the most telling object back to itself, with the names of the edges."""
    inside = {id(item) for item in items}
    start = min(items, key=_plainness)
    queue: List[Tuple[Any, str]] = [(start, name_of(start))]
    seen: Set[int] = set()
    for item, path in queue:
        for label, to in edges(item):
            if to is start:
                return f"{path}{label} -> {name_of(start)}"
            if id(to) in inside and id(to) not in seen:
                seen.add(id(to))
                plain = isinstance(to, _CONTAINERS)
                queue.append((to, path + label if plain else f"{path}{label} -> {name_of(to)}"))
    return f"{name_of(start)} -> … -> {name_of(start)}"


def _plainness(item: Any) -> int:
    """Instances of written classes first, then functions, then what the interpreter makes."""
    if isinstance(item, _CONTAINERS):
        return 3
    if isinstance(item, (types.FunctionType, types.MethodType)):
        return 1
    return 2 if type(item).__module__ in ("builtins", "types") else 0


def name_of(item: Any) -> str:
    """How a path names an object: its type, or the name of a function."""
    if isinstance(item, types.FunctionType):
        return f"{item.__name__}()"[:80]
    return type(item).__name__[:80]


def edges(item: Any) -> Iterable[Tuple[str, Any]]:
    """The references of an object with the names that a person would use; unnamed ones last."""
    named: List[Tuple[str, Any]] = []
    if isinstance(item, dict):
        named = [("[*]", value) for value in item.values()]
    elif isinstance(item, (list, tuple, set, frozenset)):
        named = [("[*]", value) for value in item]
    elif isinstance(item, types.FunctionType):
        cells = zip(item.__code__.co_freevars, item.__closure__ or ())
        named = [(f".<closure {name}>", cell) for name, cell in cells]
    elif isinstance(item, types.CellType):
        named = [("", to) for to in gc.get_referents(item)]
    elif isinstance(item, types.MethodType):
        named = [(".__self__", item.__self__)]
    elif isinstance(item, types.TracebackType):
        named = [(".tb_frame", item.tb_frame), (".tb_next", item.tb_next)]
    elif isinstance(item, types.FrameType):
        named = [(f".<local {name}>", value) for name, value in item.f_locals.items()] + [(".f_back", item.f_back)]
    else:
        named = list(_attributes(item))
    known = {id(to) for _, to in named}
    yield from named
    yield from ((f".<{name_of(to)}>", to) for to in gc.get_referents(item) if id(to) not in known)


def _attributes(item: Any) -> Iterator[Tuple[str, Any]]:
    values: Optional[Any] = None
    try:
        values = object.__getattribute__(item, "__dict__")
    except AttributeError:
        pass
    if isinstance(values, dict):
        yield from ((f".{name}", value) for name, value in list(values.items()))
    for kind in type(item).__mro__:
        for name, member in list(vars(kind).items()):
            if isinstance(member, types.MemberDescriptorType):
                try:
                    yield f".{name}", member.__get__(item)
                except AttributeError:
                    continue
    if isinstance(item, BaseException):
        yield ".__traceback__", item.__traceback__
        yield ".__context__", item.__context__
        yield ".__cause__", item.__cause__


def _is_own(item: Any, root: str) -> bool:
    """Whether the object was made by a line of the tree, or is a function, a frame or an instance of it."""
    # Cells are made before their frame begins, so that tracing blames the caller.
    trace = None if isinstance(item, types.CellType) else tracemalloc.get_object_traceback(item)
    if trace is not None and _inside(trace[-1].filename, root):
        return True
    if isinstance(item, types.FunctionType):
        return _inside(item.__code__.co_filename, root)
    if isinstance(item, types.FrameType):
        return _inside(item.f_code.co_filename, root)
    module = sys.modules.get(str(getattr(type(item), "__module__", "")))
    return _inside(getattr(module, "__file__", None), root)


def _inside(filename: Any, root: str) -> bool:
    if not isinstance(filename, str) or testcode.is_hidden(filename):
        return False
    return os.path.realpath(filename).startswith(root + os.sep)
