"""What grew between two snapshots. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .node import Node
from .snapshot import Snapshot

# A deeper path is named too when it holds this share of the bytes, and at least so many bytes per call.
_HEAVY_SHARE = 0.6
_HEAVY_BYTES = 256
# Text or bytes that grow in place, without a new slot: bytes per call.
_IN_PLACE_BYTES = 8


@dataclass(frozen=True)
class RetainingPath:
    """One path whose slots grew, from a root to the kept object."""

    path: str  # app.cache._seen[*] -> bytes
    count: int  # slots that came to be between the snapshots
    bytes: int  # in strings, bytes and arrays on or below the path
    bounded: bool
    maximum: Optional[int]
    touches_repository: bool
    type_name: str
    of_tests: bool = False


@dataclass
class _Growth:
    node: Node
    slots: int
    bytes: int
    type_name: str


def retaining_paths(
    before: Snapshot, after: Snapshot, calls: int, share: float = 0.5, limit: int = 20, slowly: bool = True
) -> list[RetainingPath]:
    """The shortest paths that grew by at least `share` slots per call, most kept first.

    When there are none, those that grew slower (down to one slot in 200 calls, unless `slowly` is false) or grew in
    place; when there are none of these either, what no Python object holds. A path whose bytes lie in one place below it
    is followed by that place.
    """
    found = _grown(before.tree, after.tree, max(2.0, share * calls))
    in_place = _grown_in_place(before.tree, after.tree, calls, found)
    if not found and not in_place and slowly:
        found = _grown(before.tree, after.tree, max(2.0, 0.005 * calls))
    if not found and not in_place:
        return _held_by_native_code(after, share * calls)[:limit]
    found.sort(key=lambda growth: (-growth.slots, not _touches(growth.node), -growth.bytes))
    paths: list[RetainingPath] = []
    for growth in [*found, *in_place]:
        paths.append(_path(growth))
        heavy = _heaviest(growth, _twin(before.tree, growth.node), calls)
        if heavy is not None:
            paths.append(_path(heavy))
    return paths[:limit]


def _held_by_native_code(after: Snapshot, least: float) -> list[RetainingPath]:
    counts = sorted(after.unheld.items(), key=lambda entry: -entry[1])
    return [
        RetainingPath(f"<native code>[*] -> {_printable(name, 80)}", count, 0, False, None, False, name)
        for name, count in counts
        if count >= max(2.0, least)
    ]


def _kids(node: Optional[Node]) -> dict[str, Node]:
    return {kid.label: kid for kid in node.kids} if node is not None else {}


def _twin(tree: Node, node: Node) -> Optional[Node]:
    """The same path in the other snapshot."""
    found: Optional[Node] = tree
    for step in node.ancestors():
        found = _kids(found).get(step.label)
    return found


def _slots(node: Optional[Node]) -> int:
    return node.slots if node is not None else 0


def _grown(before: Optional[Node], after: Node, least: float) -> list[_Growth]:
    found: list[_Growth] = []
    stack: list[tuple[Optional[Node], Node]] = [(before, after)]
    while stack:
        old, new = stack.pop()
        old_kids = _kids(old)
        here: list[_Growth] = []
        for kid in new.kids:
            twin = old_kids.get(kid.label)
            risen = kid.slots - _slots(twin)
            if risen >= least:
                here.append(_Growth(kid, risen, _bytes_below(kid) - _bytes_below(twin), _type_name(twin, kid)))
            else:
                stack.append((twin, kid))
        found.extend(_without_repeats(here))
    return found


def _without_repeats(growths: list[_Growth]) -> list[_Growth]:
    """Keys and values of one container grow together: name the side that holds objects, else the values."""
    keys = [growth for growth in growths if growth.node.label.endswith("<key>[*]")]
    kept = list(growths)
    for key in keys:
        stem = key.node.label[: -len("<key>[*]")]
        value = next((g for g in growths if g.node.label in (f"{stem}<value>[*]", f"{stem}[*]") and g is not key), None)
        if value is None:
            continue
        objects = any(name not in _PLAIN for name in key.node.type_names)
        poor = value.type_name in _PLAIN and value.bytes < _HEAVY_BYTES * value.slots
        kept.remove(value if objects and (stem or poor) else key)
    return kept


_PLAIN = frozenset(["int", "float", "bool", "str", "NoneType", "bytes", "complex"])


def _grown_in_place(before: Optional[Node], after: Node, calls: int, found: list[_Growth]) -> list[_Growth]:
    """Strings and byte arrays that became longer."""
    grown = {id(growth.node) for growth in found}
    here: list[_Growth] = []
    stack: list[tuple[Optional[Node], Node]] = [(before, after)]
    while stack:
        old, new = stack.pop()
        if id(new) in grown:
            continue
        risen = new.bytes - (old.bytes if old is not None else new.bytes)
        if old is not None and risen >= max(1024, _IN_PLACE_BYTES * calls) and new.slots - old.slots < 2:
            here.append(_Growth(new, 1, risen, _largest(new.type_names)))
        old_kids = _kids(old)
        stack.extend((old_kids.get(kid.label), kid) for kid in new.kids)
    return sorted(here, key=lambda growth: -growth.bytes)


def _bytes_below(node: Optional[Node]) -> int:
    total = 0
    stack = [node] if node is not None else []
    while stack:
        current = stack.pop()
        total += current.bytes
        stack.extend(current.kids)
    return total


def _type_name(before: Optional[Node], after: Node) -> str:
    old = before.type_names if before is not None else {}
    risen = {name: count - old.get(name, 0) for name, count in after.type_names.items()}
    return _largest(risen)


def _largest(counts: dict[str, int]) -> str:
    return max(counts, key=lambda name: counts[name]) if counts else "object"


def _heaviest(growth: _Growth, before: Optional[Node], calls: int) -> Optional[_Growth]:
    """The deepest path below that holds most of the bytes."""
    least = max(_HEAVY_SHARE * growth.bytes, float(_HEAVY_BYTES * calls))
    node, old = growth.node, before
    if growth.bytes < least:
        return None
    while True:
        old_kids = _kids(old)
        heavy = next(
            (kid for kid in node.kids if _bytes_below(kid) - _bytes_below(old_kids.get(kid.label)) >= least), None
        )
        if heavy is None:
            break
        node, old = heavy, old_kids.get(heavy.label)
    if node is growth.node:
        return None
    risen = _bytes_below(node) - _bytes_below(old)
    return _Growth(node, max(0, node.slots - _slots(old)), risen, _type_name(old, node))


def _touches(node: Node) -> bool:
    steps = list(node.ancestors())
    return not (steps and steps[0].of_tests) and any(step.of_repository for step in steps)


def _path(growth: _Growth) -> RetainingPath:
    node = growth.node
    holder = next((step for step in reversed(list(node.ancestors())) if step.limited), None)
    bounded = holder is not None and holder.limited >= holder.slots
    name = _printable(growth.type_name, 80)
    return RetainingPath(
        path=f"{_printable(node.text(), 400)} -> {name}",
        count=growth.slots,
        bytes=growth.bytes,
        bounded=bounded,
        maximum=holder.limit if bounded and holder is not None else None,
        touches_repository=_touches(node),
        of_tests=next(node.ancestors()).of_tests,
        type_name=name,
    )


def _printable(text: str, length: int) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= length else f"{clean[: length // 2]}…{clean[-(length // 2) + 1 :]}"
