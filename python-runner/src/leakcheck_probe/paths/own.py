"""Objects of the probe itself, which no path may pass through."""

from __future__ import annotations

import weakref
from typing import Any

_OWN: "weakref.WeakSet[Any]" = weakref.WeakSet()


def mark_own(item: Any) -> None:
    """Paths stop here from now on. The item is kept weakly."""
    _OWN.add(item)


def own_ids() -> set[int]:
    return {id(item) for item in _OWN}
