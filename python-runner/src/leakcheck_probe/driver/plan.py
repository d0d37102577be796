"""The shapes of call that fit a target, in order of preference, with the slots that each has to fill."""

from __future__ import annotations

import ast
import functools
import inspect
import types
from dataclasses import dataclass, replace
from typing import Any, Callable, Iterator, Optional

from .annotations import Names
from .arguments import Arguments
from .bare import bare_builder
from .construct import is_bound, working_picks
from .parameters import Slot, concrete, slots_of
from .setups import setups
from .shapes import FunctionCall, Instance, MethodCall, ReturnedCall
from .target import Target, find_definition
from .unwrap import code_of, function_of, private_name, raw_attribute

_ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_READ = (property, functools.cached_property)
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__")


@dataclass
class Plan:
    """`groups`: slots of the constructor and of the call, or of the call alone."""

    shape: str
    groups: list[list[Slot]]
    build: Callable[[list[Arguments]], Any]
    in_loop: bool = False
    last_resort: bool = False  # only when nothing before it returned
    start: tuple[int, ...] = ()  # the first picks, as far as they are known to work


def plans(target: Target, vary: tuple[str, ...]) -> Iterator[Plan]:
    """The fitting shapes, best first; each is made when it is asked for."""
    if isinstance(target.raw, type):
        yield from _construction(target, target.raw, target.qualname, vary)
    elif target.owner is not None and target.name in _CONSTRUCTORS:
        yield from _construction(target, target.owner, target.qualname.rsplit(".", 1)[0], vary)
    elif target.owner is None or isinstance(target.raw, (staticmethod, classmethod)):
        yield from _functions(target, vary)
    else:
        yield from _methods(target, vary)


def _is_async(target: Target) -> bool:
    return target.code is not None and bool(target.code.co_flags & _ASYNC)


def _construction(target: Target, kind: type, name: str, vary: tuple[str, ...]) -> Iterator[Plan]:
    made = concrete(kind)
    names = Names(target.module, target.tree, kind)
    definition = find_definition(target.tree, [*name.split("."), "__init__"])
    build: Callable[[list[Arguments]], Any] = lambda groups: FunctionCall(name, made, groups[0])  # noqa: E731
    bound = is_bound(made, definition)
    slots = slots_of(made, definition, names, vary, bound=bound)
    yield Plan("call", [slots], build)
    every = slots_of(made, definition, names, vary, bound=bound, full=True)
    if len(every) > len(slots):
        yield Plan("call", [every], build, last_resort=True)


def _functions(target: Target, vary: tuple[str, ...]) -> Iterator[Plan]:
    function = getattr(target.owner, target.name) if target.owner is not None else _callable(target)
    names = Names(target.module, target.tree, target.owner)
    bound = isinstance(target.raw, classmethod) and not _has_names(function)
    build: Callable[[list[Arguments]], Any] = lambda groups: FunctionCall(target.qualname, function, groups[0])  # noqa: E731
    slots = slots_of(function, target.definition, names, vary, bound)
    loop = _is_async(target)
    yield Plan("call", [slots], build, loop)
    yield from _returned(target, function, names, slots, vary)
    every = slots_of(function, target.definition, names, vary, bound, full=True)
    if len(every) > len(slots):
        yield Plan("call", [every], build, loop, last_resort=True)


def _returned(target: Target, function: Any, names: Names, first: list[Slot], vary: tuple[str, ...]) -> list[Plan]:
    """Calls of the inner function that holds the flagged lines, when the target makes and returns it."""
    if not target.inner or not isinstance(function, types.FunctionType):
        return []
    groups = [first]
    for definition in target.inner:
        groups.append(slots_of(None, definition, names, vary, bound=False))
    called = [target.qualname, *(definition.name for definition in target.inner)]
    loop = isinstance(target.inner[-1], ast.AsyncFunctionDef)
    return [
        Plan(f"returned-{kind}", groups, functools.partial(_build_returned, called, function, kind), loop, True)
        for kind in ("shared", "fresh")
    ]


def _build_returned(names: list[str], function: Any, kind: str, groups: list[Arguments]) -> ReturnedCall:
    return ReturnedCall(names, function, groups, kind)


def _callable(target: Target) -> Any:
    """The object under the name when it is a function or a wrapper; else (a command, a task, a fixture) the function."""
    raw = target.raw
    plain = isinstance(raw, (types.FunctionType, types.BuiltinFunctionType, functools.partial)) or hasattr(
        raw, "cache_info"
    )
    return (
        raw
        if plain or not callable(raw) and target.code is None
        else function_of(raw, target.path, target.definition) or raw
    )


def _has_names(function: Any) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError, NameError):
        return False
    return any(p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def _methods(target: Target, vary: tuple[str, ...]) -> Iterator[Plan]:
    owner = target.owner
    assert owner is not None
    names = Names(target.module, target.tree, owner)
    path = target.qualname.split(".")[:-1]
    definition = find_definition(target.tree, [*path, "__init__"])
    made = concrete(owner)
    constructor = slots_of(made, definition, names, (), bound=is_bound(made, definition))
    reads = isinstance(target.raw, _READ)
    own = [] if reads else _method_slots(target, owner, names, vary)
    loop = _is_async(target)

    def build(
        instance: str, entered: bool, bare: Any, groups: list[Arguments], setup: Optional[str] = None
    ) -> MethodCall:
        make = Instance(made, groups[0], bare, setup, groups[1] if setup else None)
        return MethodCall(owner, private_name(owner, target.name), make, groups[-1], instance, reads, entered)

    start = working_picks(made, constructor) or ()
    found = [
        Plan(kind, [constructor, own], functools.partial(build, kind, False, None), loop, start=start)
        for kind in ("shared", "fresh")
    ]
    yield from found
    yield from _optional(target, found, own, reads, vary)
    for method in setups(find_definition(target.tree, path), target.definition):
        name = private_name(owner, method.name)
        first = slots_of(raw_attribute(owner, name), method, names, (), bound=True)
        waits = loop or isinstance(method, ast.AsyncFunctionDef)
        for kind in ("shared", "fresh"):
            prepared = functools.partial(build, kind, False, None, setup=name)
            yield Plan(f"{kind}-{name}", [constructor, first, own], prepared, waits, True, start)
    if hasattr(owner, "__enter__") or hasattr(owner, "__aenter__"):
        entered = functools.partial(build, "fresh", True, None)
        yield Plan("fresh-entered", [constructor, own], entered, loop, True, start)
    bare = bare_builder(target, find_definition(target.tree, path))
    if bare is not None:
        for kind in ("shared", "fresh"):
            yield Plan(f"{kind}-bare", [[], own], functools.partial(build, kind, False, bare), loop, True)


def _optional(target: Target, found: list[Plan], own: list[Slot], reads: bool, vary: tuple[str, ...]) -> list[Plan]:
    """The same calls with values for the parameters that may be left out: some functions want at least one of them."""
    if reads or target.owner is None:
        return []
    names = Names(target.module, target.tree, target.owner)
    every = _method_slots(target, target.owner, names, vary, full=True)
    if len(every) == len(own):
        return []
    return [replace(plan, shape=plan.shape, groups=[plan.groups[0], every], last_resort=True) for plan in found[:2]]


def _method_slots(target: Target, owner: type, names: Names, vary: tuple[str, ...], full: bool = False) -> list[Slot]:
    raw = target.raw
    function = function_of(raw, target.path, target.definition) if code_of(raw, target.path) is not None else raw
    return slots_of(function if function is not None else raw, target.definition, names, vary, bound=True, full=full)
