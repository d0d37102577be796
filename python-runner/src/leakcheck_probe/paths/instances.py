"""The attributes of an object, read without running any of its code."""

from __future__ import annotations

from typing import Any, Optional


def instance_dict(item: Any) -> Optional[dict[str, Any]]:
    """The instance dictionary; None where there is none, or where the class made its own."""
    try:
        found = object.__getattribute__(item, "__dict__")
    except Exception:
        return None
    return found if type(found) is dict else None
