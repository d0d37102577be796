# target: Dispatcher.dispatch
"""Messages are dicts with a type; handlers are found by name."""


class Dispatcher:
    def __init__(self):
        self.dead_letters = []
        self.counts = {}

    def on_created(self, message):
        return message["payload"]["id"]

    def on_deleted(self, message):
        return None

    def dispatch(self, message):
        kind = message["type"]
        handler = getattr(self, f"on_{kind}", None)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if handler is None:
            self.dead_letters.append(message)  # leak
            # instead: self.dead_letters = [message]
            return None
        return handler(message)
