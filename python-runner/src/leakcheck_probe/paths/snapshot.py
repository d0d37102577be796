"""Slots per merged path, by forward breadth-first search from the roots."""

from __future__ import annotations

import functools
import gc
import os
import sys
import time
import types
from collections import deque
from typing import Any, Mapping, Optional, Sequence

from .. import testcode
from ..pytests.repetition import FIXTURE
from . import roots
from .callables import LRU
from .edges import (
    LEAVES,
    MAX_NAMED_KEYS,
    SIZED,
    Expander,
    expander_of,
    forget_types,
    has_plain_keys,
    of_dict,
    of_named_dict,
)
from .libraries import payload
from .node import Node

_CHECK_EVERY = 512
_NOT_FOLLOWED = (*LEAVES, types.FrameType)
_ORPHANS = (types.FunctionType, types.MethodType, functools.partial)
_USED_BY_ATEXIT = (types.ModuleType, list, tuple)
_OWN_PREFIX = __name__.split(".")[0] + "."
# Above so many tracked objects the repository's part is searched first, so that the time limit cannot cut it off.
_LARGE_HEAP = 80_000


class Snapshot:
    """What every path holds now. Keeps counts and names, no reference to what it counted.

    :param root: absolute directory of the repository
    :param held: what the probe itself keeps for the target, by the name it shall have in paths
    :param earlier: the snapshot that this one will be compared with
    :param near: look at the repository's modules and what is held only, not at all modules
    :param fresh: objects made since the earlier snapshot: those that nothing leads to are counted in `unheld`
    :param nodes: objects to look at, at most
    :param seconds: time to take, at most; `complete` says whether it was enough
    """

    def __init__(
        self,
        root: str,
        held: Optional[Mapping[str, object]] = None,
        earlier: Optional["Snapshot"] = None,
        nodes: int = 1_000_000,
        seconds: float = 2.0,
        near: bool = False,
        fresh: Sequence[Any] = (),
    ) -> None:
        self.tree = Node("", None, None)
        self.complete = True
        self.large = False
        self.small_dicts: dict[int, int] = {}
        self.exits = 0
        self.orphans: frozenset[int] = frozenset()
        self.unheld: dict[str, int] = {}
        walk = _Walk(self, os.path.realpath(root), earlier)
        collecting = gc.isenabled()
        gc.disable()
        try:
            walk.search(dict(held or {}), nodes, time.perf_counter() + seconds, near)
            if self.complete and not near:
                self.unheld = walk.unheld(fresh)
        finally:
            forget_types()
            if collecting:
                gc.enable()
        self.visited = walk.steps
        self.tree.forget_types(walk.is_of_repository)


class _Walk:
    """The search itself; thrown away when the snapshot is done."""

    def __init__(self, snapshot: Snapshot, root: str, earlier: Optional[Snapshot]) -> None:
        self.snapshot = snapshot
        self.root = root
        self.earlier = earlier
        # Objects by id: kept alive while the search goes on, so that no id is used twice.
        self.seen: dict[int, Any] = dict.fromkeys([id(self), id(snapshot)])
        self.queue: deque[tuple[Node, Any]] = deque()
        self.steps = 0
        self.expanders: dict[type, Expander] = {}
        self.own_modules: set[str] = set()
        self.borrowed: set[tuple[str, str]] = set()

    def search(self, held: dict[str, object], nodes: int, deadline: float, near: bool) -> None:
        own, other = roots.modules(self.root)
        self.own_modules = {module.__name__ for module in own}
        self.borrowed = roots.borrowed_names(own)
        if self.earlier is not None and not self.earlier.complete:
            nodes, deadline = self.earlier.visited, deadline + 2.0  # cut at the same place, to compare like with like
        fixtures = {name: held.pop(name) for name in list(held) if name.startswith(FIXTURE)}
        for name, value in held.items():
            self._start(name, value)
        for module in own:
            self._start(module.__name__, module, of_repository=True)
        for name, value in fixtures.items():  # what a module holds as well is better known by that
            self._start(name, value)
        for task in roots.pending_tasks(list(held.values())):
            self._start("asyncio.all_tasks()[*]", task)
        if near or self._is_large():
            self._run(nodes, deadline)
        if near:
            return
        for name, frame in roots.thread_frames():
            self._start(name, frame)
        for module in other:
            self._start(module.__name__, module)
            if testcode.is_between(str(getattr(module, "__file__", None))):
                self.snapshot.tree.child(module.__name__, None).of_tests = True
        self._run(nodes, deadline)
        for name, value in [*roots.context_values(), *roots.signal_handlers()]:
            self._start(name, value)
        self._start("codecs.register()", roots.codec_searches())
        self._start_unnamed()
        self._run(nodes, deadline)

    def _is_large(self) -> bool:
        large = is_large_heap() if self.earlier is None else self.earlier.large
        self.snapshot.large = large
        return large

    def _start(self, name: str, value: Any, of_repository: bool = False) -> None:
        node = self.snapshot.tree.child(name, None)
        node.of_repository = node.of_repository or of_repository
        self._reach(node, [value])

    def _start_unnamed(self) -> None:
        """Caches that no name leads to, and exit callbacks, which only C code knows."""
        self.snapshot.exits = roots.exit_callbacks()
        node = self.snapshot.tree.child("atexit.register()[*]", None)
        node.slots += self.snapshot.exits
        unnamed = [item for item in gc.get_objects() if type(item) in _ORPHANS or type(item) is LRU]
        unnamed = [item for item in unnamed if id(item) not in self.seen and not _is_own(item)]
        self.snapshot.orphans = frozenset(map(id, unnamed))
        for item in unnamed:
            if type(item) is LRU:
                self._start(
                    f"<lru_cache of {getattr(item, '__module__', '?')}.{getattr(item, '__qualname__', '?')}>", item
                )
        earlier = self.earlier
        if earlier is not None and self.snapshot.exits - earlier.exits > 1:
            fresh = [item for item in unnamed if id(item) not in earlier.orphans and type(item) is not LRU]
            mine = held_by_nothing_else(fresh, (unnamed, fresh))
            self._reach(node, mine[: self.snapshot.exits - earlier.exits], counted=False)

    def _run(self, nodes: int, deadline: float) -> None:
        queue = self.queue
        while queue and self.snapshot.complete:
            self.steps += 1
            if self.steps >= nodes or self.steps % _CHECK_EVERY == 0 and time.perf_counter() > deadline:
                self.snapshot.complete = False
                queue.clear()
                return
            node, item = queue.popleft()
            kind = type(item)
            expand = self.expanders.get(kind)
            if expand is None:
                expand = self.expanders[kind] = expander_of(kind)
            if kind is dict:
                expand = self._dict_expander(item)
            try:
                self._follow(node, kind, expand(item), item)
            except Exception:  # a hostile or changing object hides itself, not the others
                continue

    def _follow(self, node: Node, kind: type, groups: list[Any], item: Any) -> None:
        for label, children, limit in groups:
            if kind is types.ModuleType and self._is_borrowed(item, label):
                continue
            if label[-2:] != "*]" and self._is_plain(node, kind, children):
                continue
            below = node.child(label, kind)
            if isinstance(children, int):
                below.add(children, limit)
            else:
                below.limit_to(len(children), limit)
                if below.parent is not node:
                    # A step back onto the path: the next link of a chain counts, the way back to its owner does not.
                    children = [child for child in children if id(child) not in self.seen]
                self._reach(below, children)

    def _is_borrowed(self, module: types.ModuleType, label: str) -> bool:
        return bool(self.borrowed) and (module.__name__, label[1:]) in self.borrowed

    def _is_plain(self, node: Node, holder: type, children: Any) -> bool:
        """A single attribute that can neither grow nor lead further: no path is made for it."""
        if len(children) != 1:
            return False
        kind = type(children[0])
        if kind in LEAVES:
            return kind not in SIZED
        return holder is types.ModuleType and self._lives_elsewhere(node, kind, children[0], direct=True)

    def _dict_expander(self, item: dict[Any, Any]) -> Expander:
        size = len(item)
        if size > MAX_NAMED_KEYS or not has_plain_keys(item):
            return of_dict
        self.snapshot.small_dicts[id(item)] = size
        if self.earlier is not None and self.earlier.small_dicts.get(id(item)) != size:
            return of_dict
        return of_named_dict

    def _reach(self, node: Node, children: list[Any], counted: bool = True) -> None:
        seen, queue, types_here = self.seen, self.queue, node.types
        if counted:
            node.slots += len(children)
        for child in children:
            kind = type(child)
            types_here[kind] = types_here.get(kind, 0) + 1
            if kind in LEAVES:
                if kind in SIZED:
                    node.bytes += len(child)
                continue
            if id(child) in seen or kind.__module__.__class__ is str and kind.__module__.startswith(_OWN_PREFIX):
                continue
            if self._lives_elsewhere(node, kind, child):
                continue
            seen[id(child)] = child
            node.bytes += payload(child)
            queue.append((node, child))

    def _lives_elsewhere(self, node: Node, kind: type, child: Any, direct: bool = False) -> bool:
        """Modules are roots; a class or function with a home in a module is looked at there only."""
        if kind is types.ModuleType:
            return (direct or node.parent is not self.snapshot.tree) and sys.modules.get(child.__name__) is child
        if kind is not types.FunctionType and not issubclass(kind, type):
            return False
        name, home = child.__qualname__, child.__module__
        if not isinstance(home, str) or not isinstance(name, str) or "<" in name or home not in sys.modules:
            return False
        return not (node.root_label() == home and (direct or node.label.startswith(".")))

    def unheld(self, fresh: Sequence[Any]) -> dict[str, int]:
        """Of these objects, by type, those that neither a path nor another of them leads to: C code alone holds them."""
        lost = [item for item in fresh if id(item) not in self.seen and type(item) not in _NOT_FOLLOWED]
        held = {id(part) for item in lost for part in gc.get_referents(item)}
        own = {id(fresh), id(lost), id(self.queue), id(self.seen)}
        counts: dict[str, int] = {}
        for item in lost:
            kind = type(item)
            if id(item) in held or id(item) in own or self._lives_elsewhere(self.snapshot.tree, kind, item):
                continue
            counts[kind.__name__] = counts.get(kind.__name__, 0) + 1
        return counts

    def is_of_repository(self, kind: type) -> bool:
        return kind.__module__ in self.own_modules


def is_large_heap() -> bool:
    """Whether a search through everything takes long."""
    return gc.get_freeze_count() + len(gc.get_objects()) > _LARGE_HEAP


def held_by_nothing_else(items: list[Any], lists: tuple[list[Any], ...]) -> list[Any]:
    """Those of the items that nothing refers to but the given lists and what `atexit` itself uses: a module, lists and tuples."""
    known = {id(holder) for holder in lists}
    found = gc.get_referrers(*items) if items else []
    holders = [holder for holder in found if id(holder) not in known and type(holder) not in _USED_BY_ATEXIT]
    held = {id(part) for holder in holders for part in gc.get_referents(holder)}
    return [item for item in items if id(item) not in held]


def _is_own(function: Any) -> bool:
    home = getattr(function, "__module__", None)
    return isinstance(home, str) and home.startswith(_OWN_PREFIX)
