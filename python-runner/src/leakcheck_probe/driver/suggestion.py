"""The probe function that a person can paste and complete when no call got through."""

from __future__ import annotations

from .declared import PREFIX
from .shapes import MethodCall
from .target import Target


def suggested_driver(target: Target, call: object) -> str:
    """Five to eight lines; every argument that is a guess is marked."""
    module = target.module.__name__
    first = target.qualname.split(".")[0]
    lines = [
        f"# Put this into {target.path.rsplit('/', 1)[-1]}, or name it as `driver: FILE::FUNCTION`.",
        f"from {module} import {first}",
        "",
        "",
        f"def {PREFIX}{target.name.strip('_')}():",
    ]
    if isinstance(call, MethodCall):
        constructor, arguments = call.arguments
        lines.append(
            f"    instance = {target.qualname.rsplit('.', 1)[0]}({constructor.text()})  # complete the arguments"
        )
        lines.append(f"    return instance.{target.name}({arguments.text()})  # complete the arguments")
    else:
        text = call.arguments[0].text() if getattr(call, "arguments", None) else ""  # type: ignore[attr-defined]
        lines.append(f"    return {target.qualname}({text})  # complete the arguments")
    return "\n".join(line[:200] for line in lines) + "\n"
