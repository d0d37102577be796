"""The shapes of call that fit a target, in order of preference, with the slots that each has to fill."""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import dataclass
from typing import Any, Callable

from .annotations import Names
from .arguments import Arguments
from .bare import bare_builder
from .construct import is_bound, working_picks
from .parameters import Slot, concrete, slots_of
from .shapes import FunctionCall, Instance, MethodCall
from .target import Target, find_definition
from .unwrap import code_of, function_of, private_name

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


def plans(target: Target, vary: tuple[str, ...]) -> list[Plan]:
    """The fitting shapes, best first."""
    if isinstance(target.raw, type):
        return [_construction(target, target.raw, target.qualname, vary)]
    if target.owner is not None and target.name in _CONSTRUCTORS:
        return [_construction(target, target.owner, target.qualname.rsplit(".", 1)[0], vary)]
    if target.owner is None or isinstance(target.raw, (staticmethod, classmethod)):
        return _functions(target, vary)
    return _methods(target, vary)


def _is_async(target: Target) -> bool:
    return target.code is not None and bool(target.code.co_flags & _ASYNC)


def _construction(target: Target, kind: type, name: str, vary: tuple[str, ...]) -> Plan:
    made = concrete(kind)
    names = Names(target.module, target.tree, kind)
    definition = find_definition(target.tree, [*name.split("."), "__init__"])
    slots = slots_of(made, definition, names, vary, bound=is_bound(made, definition))
    return Plan("call", [slots], lambda groups: FunctionCall(name, made, groups[0]))


def _functions(target: Target, vary: tuple[str, ...]) -> list[Plan]:
    function = getattr(target.owner, target.name) if target.owner is not None else _callable(target)
    names = Names(target.module, target.tree, target.owner)
    bound = isinstance(target.raw, classmethod) and not _has_names(function)
    slots = slots_of(function, target.definition, names, vary, bound)
    return [Plan("call", [slots], lambda groups: FunctionCall(target.qualname, function, groups[0]), _is_async(target))]


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


def _methods(target: Target, vary: tuple[str, ...]) -> list[Plan]:
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

    def build(instance: str, entered: bool, bare: Any, groups: list[Arguments]) -> MethodCall:
        return MethodCall(
            owner,
            private_name(owner, target.name),
            Instance(made, groups[0], bare),
            groups[1],
            instance,
            reads,
            entered,
        )

    start = working_picks(made, constructor) or ()
    found = [
        Plan(kind, [constructor, own], functools.partial(build, kind, False, None), loop, start=start)
        for kind in ("shared", "fresh")
    ]
    if hasattr(owner, "__enter__"):
        entered = functools.partial(build, "fresh", True, None)
        found.append(Plan("fresh-entered", [constructor, own], entered, loop, True, start))
    bare = bare_builder(target, find_definition(target.tree, path))
    if bare is not None:
        for kind in ("shared", "fresh"):
            found.append(Plan(f"{kind}-bare", [[], own], functools.partial(build, kind, False, bare), loop, True))
    return found


def _method_slots(target: Target, owner: type, names: Names, vary: tuple[str, ...]) -> list[Slot]:
    raw = target.raw
    function = function_of(raw, target.path, target.definition) if code_of(raw, target.path) is not None else raw
    return slots_of(function if function is not None else raw, target.definition, names, vary, bound=True)
