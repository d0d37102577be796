"""The parameters of a callable, and for each the values to try, best first."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .annotations import Names
from .docs import documented
from .evidence import seen_arguments
from .naming import by_name, numbers, text_pairs, words
from .shaped import by_use
from .stub import FALSE_STUB, STUB
from .texts import common
from .typed import instances, is_loose, typed
from .uses import Uses, uses_of
from .values import Value, constant, number, octets, real, stub, word

MAX_ALTERNATIVES = 24


@dataclass(frozen=True)
class Slot:
    """One parameter that gets a value."""

    name: str
    keyword: bool  # passed by name
    alternatives: tuple[Value, ...]


def slots_of(
    target: Any,
    definition: Optional[ast.AST],
    names: Names,
    vary: tuple[str, ...],
    bound: bool,
    depth: int = 0,
    full: bool = False,
    hints: Optional[dict[str, Uses]] = None,
) -> list[Slot]:
    """Slots for the required parameters, and for those with a default that shall vary.

    `bound`: the first parameter is filled already (self, cls). `full`: also those with the default None, and one for `*args`.
    `hints`: how the values will be used elsewhere, which fills the parameters of these names too.
    """
    parameters = _signature(target, definition, names)
    if bound and parameters:
        parameters = parameters[1:]
    uses = uses_of(definition, names.tree)
    hinted = hints or {}
    called = getattr(definition, "name", "") or getattr(target, "__name__", "")
    if called == "__init__" or isinstance(target, type):
        called = getattr(names.owner, "__name__", called)
    seen = seen_arguments(called, [parameter.name for parameter in parameters], definition, names)
    written = documented(definition, names)
    slots: list[Slot] = []
    by_keyword = False
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD or parameter.kind is parameter.VAR_POSITIONAL and not full:
            by_keyword = True
            continue
        optional = parameter.default is not parameter.empty
        if (
            optional
            and parameter.name not in vary
            and parameter.name not in hinted
            and not (full and parameter.default is None)
        ):
            by_keyword = True
            continue
        if parameter.annotation is parameter.empty and parameter.name in written:
            parameter = parameter.replace(annotation=written[parameter.name])
        own = hinted.get(parameter.name) or uses.get(parameter.name, Uses())
        found = alternatives(parameter, names, own, parameter.name in vary, depth)
        keyword = (
            parameter.kind is parameter.KEYWORD_ONLY or by_keyword and parameter.kind is not parameter.POSITIONAL_ONLY
        )
        found = [*(value for value in _distinct(seen.get(parameter.name, [])) if value not in found), *found]
        if parameter.name in vary:
            found.sort(key=lambda value: value.stub or not value.varies)
        slots.append(Slot(parameter.name, keyword, tuple(_distinct(found))))
    return slots


def alternatives(parameter: inspect.Parameter, names: Names, uses: Uses, vary: bool, depth: int) -> list[Value]:
    """Values for one parameter: by annotation, by use, by name, then one of each common type."""
    annotated = typed(parameter.annotation, names, depth, parameter.name, uses)
    sure, likely = by_use(uses, names, parameter.name, depth)
    named = _like_owner(parameter.name, names, depth) or by_name(parameter.name)
    default = _like_default(parameter)
    if annotated and not annotated[0].stub:
        kinds = {value.kind for value in annotated}
        plain = (words().text, text_pairs().text)  # they say less than the annotation
        fitting = [value for value in sure if value.kind in kinds and not value.stub and value.text not in plain]
        if not is_loose(parameter.annotation, names):
            fitting = [value for value in fitting if value.kind in ("str", "int", "float", "bytes", "bool")]
        found = [*fitting, *annotated, *sure, *(v for v in likely if v.kind in kinds)]
        if "str" in kinds:
            found.extend(common())
    else:
        # A model is called and a loader is iterated too: the name says more than the use.
        learning = [value for value in named if "torch." in value.text]
        called = _called_like_a_class(parameter.name, names, uses, depth)
        found = [*default, *learning, *sure, *called, *annotated, *named, *likely]
        found.extend(
            [word("key"), number(3), words(), text_pairs(), numbers(), constant(True), real(1.5), octets("data")]
        )
        found.extend(common())
    if vary:
        found.sort(key=lambda value: not value.varies)
    data = _distinct([value for value in found if not value.stub])[:MAX_ALTERNATIVES]
    fitting = [value for value in data if _answers(value, uses)]
    rest = [value for value in data if value not in fitting]
    stubs = _distinct([*(value for value in found if value.stub), stub(), stub(FALSE_STUB)])
    return [*fitting, *stubs, *rest]


def _answers(value: Value, uses: Uses) -> bool:
    """Whether it has the methods that are called on it."""
    if not uses.methods and not uses.marks & {"entered"}:
        return True
    try:
        made = value.make(0)
        entered = "entered" not in uses.marks or hasattr(type(made), "__enter__") or hasattr(type(made), "__aenter__")
        return entered and all(hasattr(type(made), name) or hasattr(made, name) for name in uses.methods)
    except Exception:
        return False


def _called_like_a_class(name: str, names: Names, uses: Uses, depth: int) -> list[Value]:
    """`store` is most often a `Store` of the same package, where nothing speaks against it."""
    from .owners import attributes_of

    kind = names.class_called(name)
    if kind is None or not set(uses.methods) <= attributes_of(kind):
        return []
    return [value for value in instances(kind, depth + 1, uses) if not value.stub]


def _distinct(values: list[Value]) -> list[Value]:
    """Without repeats; the two stubs have the same text but differ in kind."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for value in values:
        if (value.text, value.kind) not in seen:
            seen.add((value.text, value.kind))
            kept.append(value)
    return kept


def _like_owner(name: str, names: Names, depth: int) -> list[Value]:
    """`other` in a method is most often of the same class."""
    if name not in ("other", "another", "that") or names.owner is None:
        return []
    return [value for value in instances(names.owner, depth + 1) if not value.stub]


def _like_default(parameter: inspect.Parameter) -> list[Value]:
    default = parameter.default
    if default is parameter.empty or default is None:
        return []
    kinds: dict[type, Callable[[], Value]] = {str: lambda: word("key"), int: lambda: number(3), dict: text_pairs}
    maker = kinds.get(type(default))
    return [maker()] if maker else []


def _signature(target: Any, definition: Optional[ast.AST], names: Names) -> list[inspect.Parameter]:
    written = isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
    if target is None:
        return _written(definition)
    try:
        parameters = list(inspect.signature(target).parameters.values())
    except (ValueError, TypeError, NameError):
        return _written(definition) if written else []
    if not written or not parameters or any(p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return parameters
    return _written(definition)  # a wrapper that takes anything: what is written in the file is meant


def _written(definition: Any) -> list[inspect.Parameter]:
    arguments = definition.args
    found = []
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for position, node in enumerate(positional):
        found.append(_parameter(node, inspect.Parameter.POSITIONAL_OR_KEYWORD, position >= without))
    for node, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(_parameter(node, inspect.Parameter.KEYWORD_ONLY, default is not None))
    return found


def _parameter(node: ast.arg, kind: Any, has_default: bool) -> inspect.Parameter:
    annotation = ast.unparse(node.annotation) if node.annotation is not None else inspect.Parameter.empty
    return inspect.Parameter(
        node.arg, kind, default=None if has_default else inspect.Parameter.empty, annotation=annotation
    )


_CONCRETE: dict[type, type] = {}


def concrete(kind: type) -> type:
    """The class itself, or for an abstract one a subclass whose abstract methods do nothing (made once)."""
    missing = getattr(kind, "__abstractmethods__", None)
    if not missing or not isinstance(missing, frozenset):
        return kind
    if kind not in _CONCRETE:
        body: dict[str, Any] = {name: _filled(inspect.getattr_static(kind, name, None)) for name in missing}
        body["__module__"] = kind.__module__
        body["__doc__"] = kind.__doc__
        _CONCRETE[kind] = type(kind)(f"Concrete{kind.__name__}", (kind,), body)
    return _CONCRETE[kind]


def is_filled(kind: Any) -> bool:
    """Whether it is such a subclass: its methods may answer with a stub."""
    return kind in _CONCRETE.values() if isinstance(kind, type) else False


def _filled(abstract: Any) -> Any:
    if isinstance(abstract, property):
        return property(_answer)
    if inspect.iscoroutinefunction(getattr(abstract, "__func__", abstract)):
        return _answer_async
    return staticmethod(_answer) if isinstance(abstract, (staticmethod, classmethod)) else _answer


def _answer(*args: object, **kwargs: object) -> Any:
    return STUB


async def _answer_async(*args: object, **kwargs: object) -> Any:
    return STUB
