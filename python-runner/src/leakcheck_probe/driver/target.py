"""Imports the file of a target as the module that it is, and finds the callable."""

from __future__ import annotations

import ast
import difflib
import importlib
import os
import sys
import types
from dataclasses import dataclass
from typing import Any, Optional

from .. import overlay
from ..errors import ImportFailed, TargetMissing
from . import standins
from .placement import Placement, place
from .request import Request
from .sources import stay_below
from .unwrap import code_of, private_name, raw_attribute


@dataclass
class Target:
    """The callable, where it lives, and its text."""

    module: types.ModuleType
    path: str  # absolute
    owner: Optional[type]  # the class of a method
    raw: Any  # as it lies in the module or class: function, staticmethod, property, wrapper, class
    name: str  # last part, for people
    qualname: str
    code: Optional[types.CodeType]
    tree: ast.Module
    definition: Optional[ast.AST]  # FunctionDef, AsyncFunctionDef or ClassDef
    source: list[str]
    inner: tuple[Any, ...] = ()  # definitions inside the target, one in the other, down to the flagged lines


def load(request: Request) -> Target:
    """Import the file and resolve the name. Raises TargetMissing and ImportFailed."""
    stay_below(request.root)
    path, text, tree = read(request.root, request.file, request.overlay)
    module = import_file(request, path, tree)
    parts = request.qualname.split(".<locals>")[0].split(".")
    if request.qualname == "<module>":
        return Target(module, path, None, module, "<module>", "<module>", None, tree, None, text.splitlines())
    owner, raw = _resolve(module, parts, request)
    definition = find_definition(tree, parts)
    code = code_of(
        _constructor(raw) if isinstance(raw, type) else raw, path, None if isinstance(raw, type) else definition
    )
    inner = _inner(definition, request)
    return Target(
        module, path, owner, raw, parts[-1], ".".join(parts), code, tree, definition, text.splitlines(), inner
    )


def _inner(definition: Optional[ast.AST], request: Request) -> tuple[Any, ...]:
    """The functions that the name leads through after `<locals>`, or that hold the flagged lines."""
    named = request.qualname.split(".<locals>.")[1:]
    found: list[Any] = []
    node = definition
    while isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(found) < 4:
        wanted = named[len(found)] if len(found) < len(named) else None
        node = next((child for child in _flat(node.body) if _is_inner(child, wanted, request.lines)), None)
        if node is not None:
            found.append(node)
    return tuple(found)


def _is_inner(node: ast.AST, name: Optional[str], lines: Optional[tuple[int, int]]) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    if name is not None:
        return node.name == name
    return lines is not None and node.body[0].lineno <= lines[0] and lines[1] <= (node.end_lineno or node.lineno)


def _constructor(cls: type) -> Any:
    return next((cls.__dict__[n] for n in ("__init__", "__new__", "__post_init__") if n in cls.__dict__), None)


def read(root: str, file: str, patched: dict[str, str]) -> tuple[str, str, ast.Module]:
    """Absolute path, text and syntax tree of a file of the tree."""
    path = os.path.realpath(os.path.join(root, *file.split("/")))
    if not os.path.isfile(path):
        raise TargetMissing(
            f"{file} is not in the tree; the target is written FILE::QUALNAME, FILE relative to the root"
        )
    try:
        text = _text(path, patched)
        return path, text, ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        raise ImportFailed(f"{file} is not valid Python {sys.version_info[0]}.{sys.version_info[1]}{where}") from None


def _text(path: str, patched: dict[str, str]) -> str:
    for name, text in patched.items():
        if os.path.realpath(name) == path:
            return text
    with open(path, "rb") as stream:
        return importlib.util.decode_source(stream.read())


MAX_STAND_INS = 8


def import_file(request: Request, path: str, tree: ast.Module) -> types.ModuleType:
    """Import `path`; libraries that are not installed get inert stand-ins where the target does not depend on them."""
    first: Optional[ImportFailed] = None
    for _ in range(MAX_STAND_INS + 1):
        try:
            module = _import_once(request, path, tree)
            break
        except ImportFailed as failure:
            first = first or failure
            if not isinstance(failure.__cause__, ModuleNotFoundError) or not _is_replaced(failure.__cause__, request):
                raise first from first.__cause__
    else:
        raise first or ImportFailed(f"importing {request.file} failed")
    needed = standins.needed_by(tree, request.qualname, standins.FINDER.libraries)
    if needed and first is not None:
        standins.forget()
        sys.modules.pop(module.__name__, None)
        raise ImportFailed(f"{first}; {request.qualname} depends on {', '.join(needed[:5])}") from first.__cause__
    return module


def _is_replaced(missing: ModuleNotFoundError, request: Request) -> bool:
    """Whether a stand-in could be put in the place of the module that was not found: never for files of the tree."""
    library = (missing.name or "").split(".")[0]
    path = os.path.join(request.root, library)
    return (
        bool(library) and not (os.path.isdir(path) or os.path.isfile(path + ".py")) and standins.stand_in_for(library)
    )


def _import_once(request: Request, path: str, tree: ast.Module) -> types.ModuleType:
    """Import `path` under its proper name, or by path under its stem when another module holds that name."""
    root = os.path.realpath(request.root)
    file = os.path.relpath(path, root).replace(os.sep, "/")
    overlay.install(request.overlay)
    placement = place(root, file, tree)
    _prepend(placement.directory, root, os.path.dirname(path))
    module = _by_name(placement, path, file)
    return module if module is not None else _by_path(placement, path, file)


def _prepend(first: str, root: str, own: str) -> None:
    """The import directory goes first; root and the file's own folder follow at the end, as fallbacks."""
    if first not in sys.path:
        sys.path.insert(0, first)
    for folder in (root, os.path.join(root, "src"), own):
        if folder not in sys.path and os.path.isdir(folder):
            sys.path.append(folder)
    importlib.invalidate_caches()


def _by_name(placement: Placement, path: str, file: str) -> Optional[types.ModuleType]:
    top = placement.name.split(".")[0]
    loaded = sys.modules.get(top)
    if loaded is not None and placement.name not in sys.modules and not _covers(loaded, placement):
        return None
    try:
        module = _guarded(lambda: importlib.import_module(placement.name), file)
    except ImportFailed as failure:
        cause = failure.__cause__
        if isinstance(cause, ModuleNotFoundError) and cause.name and f"{placement.name}.".startswith(f"{cause.name}."):
            return None  # the name itself is not importable (another package of that name was found)
        raise
    return module if _is_from(module, path) else None


def _covers(package: types.ModuleType, placement: Placement) -> bool:
    """Whether a loaded top-level module is the one under the placement's directory."""
    if "." not in placement.name:
        return True
    home = os.path.join(placement.directory, placement.name.split(".")[0])
    return any(os.path.realpath(entry) == os.path.realpath(home) for entry in getattr(package, "__path__", ()))


def _is_from(module: types.ModuleType, path: str) -> bool:
    origin = getattr(module, "__file__", None)
    return isinstance(origin, str) and os.path.realpath(origin) == path


def _by_path(placement: Placement, path: str, file: str) -> types.ModuleType:
    name = placement.name.rsplit(".", 1)[-1]
    if name in sys.modules:
        if _is_from(sys.modules[name], path):
            return sys.modules[name]
        name = f"target_{name}"
    spec = overlay.spec_from_path(name, path)
    if spec is None or spec.loader is None:
        raise ImportFailed(f"{file} cannot be loaded as a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader = spec.loader
    _guarded(lambda: loader.exec_module(module), file)
    return module


def _guarded(action: Any, file: str) -> Any:
    """Turn whatever an import raises into one sentence."""
    try:
        return action()
    except ModuleNotFoundError as error:
        raise ImportFailed(
            f"importing {file} failed: the module {error.name!r} is not installed; add it to the probe's environment"
        ) from error
    except SystemExit as error:
        raise ImportFailed(
            f"importing {file} ends the program (SystemExit {error.code!r}); move that under `if __name__ == '__main__':`"
        ) from error
    except KeyboardInterrupt as error:
        raise ImportFailed(f"importing {file} was interrupted (KeyboardInterrupt)") from error
    except Exception as error:
        raise ImportFailed(f"importing {file} raised {sentence_of(error)}") from error


def sentence_of(error: BaseException, length: int = 160) -> str:
    """Type and message of an exception on one line. The text is hostile: control characters go, the rest is cut."""
    try:
        message = str(error)
    except Exception:
        message = ""
    message = " ".join("".join(c if c.isprintable() else " " for c in message[: 4 * length]).split())
    name = type(error).__name__[:80]
    return f"{name}: {message[:length]}" if message else name


def _resolve(module: types.ModuleType, parts: list[str], request: Request) -> tuple[Optional[type], Any]:
    holder: Any = module
    for depth, part in enumerate(parts):
        owner = holder if isinstance(holder, type) else None
        try:
            raw = raw_attribute(holder, private_name(owner, part))
        except AttributeError:
            raise TargetMissing(_missing(holder, parts[: depth + 1], request)) from None
        holder = raw
    return owner, raw


def _missing(holder: Any, parts: list[str], request: Request) -> str:
    known = [name for name in vars(holder) if not name.startswith("__")] if hasattr(holder, "__dict__") else []
    near = difflib.get_close_matches(parts[-1], known, n=3, cutoff=0.5) or [
        n for n in known if _is_local(vars(holder)[n], holder)
    ]
    place_name = f"class {parts[-2]}" if len(parts) > 1 else "module"
    hint = f"; there are {', '.join(near[:5])}" if near else ""
    return f"{request.file} has no name {'.'.join(parts)!r} after its import (looked in the {place_name}){hint}"[:480]


def _is_local(value: Any, holder: Any) -> bool:
    home = (
        getattr(holder, "__name__", None)
        if isinstance(holder, types.ModuleType)
        else getattr(holder, "__module__", None)
    )
    return (
        isinstance(value, (staticmethod, classmethod, property))
        or callable(value)
        and getattr(value, "__module__", None) == home
    )


def find_definition(tree: ast.Module, parts: list[str]) -> Optional[ast.AST]:
    """The def or class statement of a dotted name, the last one where it is defined twice."""
    body: list[ast.stmt] = tree.body
    node: Optional[ast.AST] = None
    for part in parts:
        node = None
        for statement in _flat(body):
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and statement.name == part:
                node = statement
        if node is None:
            return None
        body = node.body  # type: ignore[attr-defined]
    return node


def _flat(body: list[ast.stmt]) -> Any:
    """Statements of a body with those under if, try and with, but not inside other definitions."""
    for statement in body:
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for name in ("body", "orelse", "finalbody"):
                yield from _flat(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                yield from _flat(handler.body)
