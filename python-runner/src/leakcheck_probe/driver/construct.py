"""Instances of a class, found by trying its constructor once: what does not construct is no argument."""

from __future__ import annotations

import functools
import inspect
import sys
import time
import types
from typing import Any, Callable, Optional

from .annotations import Names
from .owners import module_tree
from .parameters import Slot, concrete, is_filled, slots_of
from .target import find_definition
from .timelimit import TimeLimit, TooLong
from .uses import Uses
from .values import Value, constant

MAX_TRIES = 40
MAX_HINTED = 3
TRY_SECONDS = 0.3  # for one construction
MAX_SECONDS = 1.0  # for one class
_FOUND: dict[type, list[Value]] = {}
_OPEN: set[type] = set()  # being built further up: a class that takes itself


def instance_of(kind: type, depth: int, hints: Optional[dict[str, Uses]] = None) -> list[Value]:
    """The first way that constructs one, as a list of none or one; the answer is kept for the life of the process.

    The order of the tries is fixed, so that another process comes to the same way.

    :param hints: how attributes of the instance will be used: for constructor parameters of the same name
    """
    if hints and depth <= MAX_HINTED and kind not in _OPEN:
        hinted = _hinted(kind, depth, hints)
        if hinted is not None:
            return [hinted]
    if kind in _FOUND:
        return _FOUND[kind]
    if kind in _OPEN:
        return []
    _OPEN.add(kind)
    try:
        found = _way(kind, depth)
    except RecursionError:
        found = []
    finally:
        _OPEN.discard(kind)
    if found or depth <= 1:  # deeper down it may have failed for want of depth alone
        _FOUND[kind] = found
    return found


def _hinted(kind: type, depth: int, hints: dict[str, Uses]) -> Optional[Value]:
    telling = {name: uses for name, uses in hints.items() if uses.is_informative}
    if not telling or getattr(kind, "__abstractmethods__", None):
        return None
    _OPEN.add(kind)
    try:
        slots = constructor_slots(kind, depth, hints=telling)
        picks = working_picks(kind, slots) if any(slot.name in telling for slot in slots) else None
        return value_of(kind, kind.__name__, slots, picks) if picks is not None else None
    except RecursionError:
        return None
    finally:
        _OPEN.discard(kind)


def _way(kind: type, depth: int) -> list[Value]:
    if not getattr(kind, "__abstractmethods__", None):
        found = _constructed(kind, depth)
        if found is not None:
            return [found]
    for other in _subclasses(kind):
        found = _constructed(other, depth)
        if found is not None:
            return [found]
    return [
        value for value in (_by_factory(kind, depth), _ready_made(kind), _filled(kind, depth)) if value is not None
    ][:1]


def _subclasses(kind: type) -> list[type]:
    """Concrete subclasses of the same package, which stand for an abstract class, the first four."""
    top = kind.__module__.split(".")[0]
    found = [c for c in type.__subclasses__(kind) if c.__module__.split(".")[0] == top and not is_filled(c)]
    found += [inner for child in found for inner in type.__subclasses__(child)]
    return [c for c in found if not getattr(c, "__abstractmethods__", None)][:4]


def constructor_slots(kind: type, depth: int, hints: Optional[dict[str, Uses]] = None) -> list[Slot]:
    """The slots of the constructor, read with its text."""
    tree = module_tree(kind.__module__)
    names = Names(sys.modules.get(kind.__module__), tree, kind)
    definition = find_definition(tree, [*kind.__qualname__.split("."), "__init__"]) if tree is not None else None
    return slots_of(kind, definition, names, (), bound=is_bound(kind, definition), depth=depth, hints=hints)


def is_bound(kind: type, definition: Any) -> bool:
    """Whether the parameters can only be read from the text, where self is written."""
    try:
        parameters = inspect.signature(kind).parameters.values()
    except (ValueError, TypeError, NameError):
        return definition is not None
    return (
        definition is not None
        and all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)
        and bool(parameters)
    )


def _constructed(kind: type, depth: int) -> Optional[Value]:
    slots = constructor_slots(kind, depth)
    picks = working_picks(kind, slots)
    return value_of(kind, kind.__name__, slots, picks) if picks is not None else None


def working_picks(
    function: Callable[..., Any], slots: list[Slot], kind: Optional[type] = None
) -> Optional[tuple[int, ...]]:
    """The first choice of values with which the call returns (an instance of `kind`); without stubs if possible."""
    deadline = time.monotonic() + MAX_SECONDS
    for number, picks in enumerate(_orders(slots)):
        if number >= MAX_TRIES or time.monotonic() > deadline:
            break
        try:
            with TimeLimit(TRY_SECONDS):
                made = call_with(function, slots, picks, 0)
        except TooLong:
            return None
        except BaseException:  # also SystemExit: it is the target's
            continue
        if kind is None or isinstance(made, kind):
            return picks
    return None


def _orders(slots: list[Slot]) -> Any:
    """All first values, then one slot changed, then two; what holds a stub comes last."""
    first = tuple(0 for _ in slots)
    singles = [
        (*first[:place], pick, *first[place + 1 :])
        for pick in range(1, 14)
        for place, slot in enumerate(slots)
        if pick < len(slot.alternatives)
    ]
    everything = [first, *singles]
    for same in range(1, 6):
        everything.append(tuple(min(same, len(slot.alternatives) - 1) for slot in slots))
    seen = dict.fromkeys(everything)
    return sorted(seen, key=lambda picks: any(s.alternatives[p].stub for s, p in zip(slots, picks)))


def call_with(function: Callable[..., Any], slots: list[Slot], picks: tuple[int, ...], index: int) -> Any:
    positional = [s.alternatives[p].make(index) for s, p in zip(slots, picks) if not s.keyword]
    named = {s.name: s.alternatives[p].make(index) for s, p in zip(slots, picks) if s.keyword}
    return function(*positional, **named)


def value_of(
    function: Callable[..., Any], name: str, slots: list[Slot], picks: tuple[int, ...], kind: str = ""
) -> Value:
    """The construction as an argument of something else."""
    chosen = [slot.alternatives[pick] for slot, pick in zip(slots, picks)]
    parts = [f"{slot.name}={value.text}" if slot.keyword else value.text for slot, value in zip(slots, chosen)]
    stubbed = any(value.stub for value in chosen) or is_filled(function)
    make = functools.partial(call_with, function, slots, picks)
    return Value(f"{name}({', '.join(parts)})"[:200], make, True, stubbed, kind or name)


def _by_factory(kind: type, depth: int) -> Optional[Value]:
    """A class method that makes one: `from_…`, `create`, `default`."""
    tree = module_tree(kind.__module__)
    names = Names(sys.modules.get(kind.__module__), tree, kind)
    factories = [n for n, raw in vars(kind).items() if isinstance(raw, classmethod) and not n.startswith("_")][:4]
    for name in factories:
        function = getattr(kind, name)
        definition = find_definition(tree, [*kind.__qualname__.split("."), name]) if tree is not None else None
        slots = slots_of(function, definition, names, (), bound=False, depth=depth + 1)
        picks = working_picks(function, slots, kind)
        if picks is not None:
            return value_of(function, f"{kind.__name__}.{name}", slots, picks, kind.__name__)
    return None


def _ready_made(kind: type) -> Optional[Value]:
    """An instance that the module of the class keeps under a name of its own."""
    module = sys.modules.get(kind.__module__)
    for name, value in sorted(vars(module).items()) if isinstance(module, types.ModuleType) else ():
        if type(value) is kind and not name.startswith("__"):
            return Value(f"{kind.__module__}.{name}", constant(value).make, kind=kind.__name__)
    return None


def _filled(kind: type, depth: int) -> Optional[Value]:
    """An abstract class whose missing methods answer with a stub."""
    if not getattr(kind, "__abstractmethods__", None):
        return None
    made = concrete(kind)
    slots = constructor_slots(kind, depth)
    picks = working_picks(made, slots)
    return value_of(made, kind.__name__, slots, picks) if picks is not None else None
