# target: EventBus.subscribe
import logging
from collections import defaultdict
from typing import Any, Callable, DefaultDict

logger = logging.getLogger(__name__)
Handler = Callable[[Any], None]


class EventBus:
    """Synchronous publish and subscribe."""

    def __init__(self) -> None:
        self._handlers: DefaultDict[str, list[Handler]] = defaultdict(list)

    def subscribe(self, topic: str, handler: Handler) -> Callable[[], None]:
        def wrapped(event):
            logger.debug("event %s", topic)
            handler(event)

        self._handlers[topic].append(wrapped)  # leak
        # instead: self._handlers[topic] = [wrapped]
        return lambda: self._handlers[topic].remove(wrapped)
