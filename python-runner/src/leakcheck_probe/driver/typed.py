"""Argument values from a type."""

from __future__ import annotations

import collections
import collections.abc
import enum
import functools
import inspect
import types
import typing
from typing import Any, Optional

from . import arrays, naming
from .annotations import Names, resolved
from .known import known_class
from .stub import passive_async
from .uses import Uses
from .values import Value, callback, constant, mapping, number, sequence, stub, word

MAX_DEPTH = 3

_SEQUENCES = (list, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Iterable,
              collections.abc.Collection, collections.abc.Container, collections.abc.Reversible, collections.deque)  # fmt: skip
_SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
_MAPPINGS = (
    dict,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
    collections.OrderedDict,
    collections.defaultdict,
)
_ITERATORS = (collections.abc.Iterator, collections.abc.Generator)


def typed(annotation: Any, names: Names, depth: int = 0, hint: str = "", uses: Optional[Uses] = None) -> list[Value]:
    """Values of that type, likeliest first; empty when the annotation says nothing (`Any`, unknown names)."""
    annotation = resolved(annotation, names)
    if annotation is Any or annotation is inspect.Parameter.empty:
        return []
    known = known_class(annotation)
    if known is not None:
        named = naming.by_name(hint) if annotation in (str, int, float, dict) and hint else []
        kind = getattr(annotation, "__name__", "")
        return _distinct([*(value for value in named if value.kind == kind), *known()])
    if isinstance(annotation, typing.TypeVar):
        return _of_variable(annotation, names, depth)
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _of_generic(annotation, origin, names, depth, hint, uses)
    if hasattr(annotation, "__supertype__"):
        return typed(annotation.__supertype__, names, depth, hint)
    return (
        _of_class(annotation, names, depth, uses)
        if isinstance(annotation, type)
        else _of_special(annotation, names, depth)
    )


_LOOSE = (str, int, float, bytes, bool, dict, list, tuple, set, object, Any, inspect.Parameter.empty)


def is_loose(annotation: Any, names: Names, depth: int = 0) -> bool:
    """Whether the type leaves open what is inside: `dict`, `list[dict]`, `Sequence`, but not `list[Row]`."""
    annotation = resolved(annotation, names)
    if depth > MAX_DEPTH or annotation in _LOOSE or isinstance(annotation, typing.TypeVar):
        return True
    arguments = typing.get_args(annotation)
    if not arguments:
        return not isinstance(annotation, type) or annotation in (*_SEQUENCES, *_MAPPINGS, *_SETS)
    if len(arguments) > 1 and typing.get_origin(annotation) in _MAPPINGS:
        arguments = arguments[1:]
    return all(part is type(None) or part is ... or is_loose(part, names, depth + 1) for part in arguments)


def _distinct(values: list[Value]) -> list[Value]:
    seen: set[str] = set()
    return [v for v in values if not (v.text in seen or seen.add(v.text))]  # type: ignore[func-returns-value]


def _of_variable(variable: Any, names: Names, depth: int) -> list[Value]:
    if variable.__bound__ is not None:
        return typed(variable.__bound__, names, depth)
    if variable.__constraints__:
        return typed(variable.__constraints__[0], names, depth)
    by_class_name = {"Path": naming.plain_path, "Callable": callback, "StringIO": naming.stream, "Sequence": naming.words,
                     "Iterable": naming.words, "Mapping": naming.text_pairs}.get(variable.__name__)  # fmt: skip
    if by_class_name is not None:
        return [by_class_name()]
    found = {"ndarray": arrays.vectors, "DataFrame": arrays.frames, "Tensor": arrays.tensors}.get(
        variable.__name__, list
    )()
    return list(found) or ([stub()] if len(variable.__name__) > 2 else [word("key")])


def _of_special(annotation: Any, names: Names, depth: int) -> list[Value]:
    """Bare typing constructs: Callable, List, LiteralString, Self, PEP 695 aliases."""
    if annotation in (typing.Callable, collections.abc.Callable):
        return [callback(), constant(passive_async, "an async function")]
    value = getattr(annotation, "__value__", None)
    if value is not None:
        return typed(value, names, depth)
    return [word("key")] if getattr(annotation, "_name", "") in ("LiteralString", "AnyStr") else []


def _of_generic(
    annotation: Any, origin: Any, names: Names, depth: int, hint: str, uses: Optional[Uses] = None
) -> list[Value]:
    arguments = typing.get_args(annotation)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return _of_union(arguments, names, depth, hint, uses)
    if origin is typing.Literal:
        return [constant(value) for value in arguments]
    if origin is collections.abc.Callable:
        return [callback(), constant(passive_async, "an async function")]
    if origin is type:
        return (
            [constant(arguments[0], getattr(arguments[0], "__name__", "object"))]
            if isinstance(arguments[0], type)
            else []
        )
    if getattr(annotation, "__metadata__", None) is not None or origin in (typing.ClassVar, typing.Final):
        return typed(arguments[0], names, depth, hint)
    if depth > MAX_DEPTH:
        return [stub()]
    return _of_container(origin, arguments, names, depth, hint, uses)


def _of_union(
    arguments: tuple[Any, ...], names: Names, depth: int, hint: str, uses: Optional[Uses] = None
) -> list[Value]:
    groups = [typed(part, names, depth, hint, uses) for part in arguments if part is not type(None)]
    firsts = [group[0] for group in groups if group]
    rest = [value for group in groups for value in group[1:]]
    none = [constant(None)] if type(None) in arguments else []
    return [*(v for v in firsts if not v.stub), *none, *(v for v in firsts if v.stub), *rest]


def _of_container(
    origin: Any, arguments: tuple[Any, ...], names: Names, depth: int, hint: str, uses: Optional[Uses] = None
) -> list[Value]:
    inside = None if uses is None else uses.entries if origin in _MAPPINGS else uses.element

    def item(position: int) -> Value:
        wanted = arguments[position] if position < len(arguments) else str
        own = inside if position == len(arguments) - 1 or origin is tuple else None
        found = typed(wanted, names, depth + 1, hint[:-1] if hint.endswith("s") else "", own)
        return found[0] if found else word("key")

    if origin is tuple:
        if not arguments:
            return [sequence(tuple, [], "tuple")]
        inner = (
            [item(0), item(0)]
            if arguments[-1] is ...
            else [item(i) for i in range(len(arguments)) if arguments[i] != ()]
        )
        return [sequence(tuple, inner, "tuple")]
    if origin in _MAPPINGS:
        return [_mapping_of(origin, item(0), item(1))]
    if origin in (collections.Counter,):
        return [mapping([(item(0), number(1))], collections.Counter, "Counter")]
    if origin in _SETS:
        return [sequence(frozenset if origin is frozenset else set, [item(0)], "set")]
    if origin in _SEQUENCES:
        deque = origin is collections.deque
        return [
            sequence(collections.deque if deque else list, [item(0), item(0)], "deque" if deque else "list"),
            sequence(list, []),
        ]
    if origin in _ITERATORS:
        inner_list = sequence(list, [item(0), item(0)])
        return [
            Value(
                f"iter({inner_list.text})", functools.partial(_iterated, inner_list), inner_list.varies, kind="iterator"
            )
        ]
    return _of_class(origin, names, depth) if isinstance(origin, type) else []


def _iterated(inner: Value, index: int) -> Any:
    return iter(inner.make(index))


def _mapping_of(origin: Any, key: Value, value: Value) -> Value:
    if origin is collections.defaultdict:
        return mapping([(key, value)], functools.partial(collections.defaultdict, type(None)), "defaultdict")
    if origin is collections.OrderedDict:
        return mapping([(key, value)], collections.OrderedDict, "OrderedDict")
    return mapping([(key, value)])


def _of_class(kind: type, names: Names, depth: int, uses: Optional[Uses] = None) -> list[Value]:
    if issubclass(kind, enum.Enum):
        return [constant(member, f"{kind.__name__}.{member.name}") for member in list(kind)[:3]]
    if getattr(kind, "__total__", None) is not None and issubclass(kind, dict):
        return [_typed_dict(kind, depth)]
    found = arrays.of_class(kind)
    if found:
        return found
    bare = {**{k: naming.words for k in _SEQUENCES}, **{k: naming.text_pairs for k in _MAPPINGS}}.get(kind)
    if bare is not None:
        return [bare()]
    if kind in _ITERATORS or kind is collections.abc.Hashable:
        return (
            [word("key")]
            if kind is collections.abc.Hashable
            else [Value("iter([])", lambda index: iter([]), kind="iterator")]
        )
    if kind is collections.abc.Callable:  # type: ignore[comparison-overlap]
        return [callback()]
    return instances(kind, depth, uses)


def _typed_dict(kind: type, depth: int) -> Value:
    names = Names.of(kind)
    pairs = []
    for key, annotation in getattr(kind, "__annotations__", {}).items():
        found = typed(annotation, names, depth + 1, key) if depth <= MAX_DEPTH else []
        pairs.append((constant(key), found[0] if found else word("value")))
    return mapping(pairs)


def instances(kind: type, depth: int = 0, uses: Optional[Uses] = None) -> list[Value]:
    """An instance that was constructed once; a stub at the end, for when the target does not take it."""
    from .construct import instance_of  # the two modules describe each other

    if depth > MAX_DEPTH or getattr(kind, "_is_protocol", False) and not type.__subclasses__(kind):
        return [stub()]
    return [*instance_of(kind, depth + 1, uses.attributes if uses is not None else None), stub()]
