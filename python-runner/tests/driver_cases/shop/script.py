"""A script with work at its end, and a function that only a registry knows."""

_seen = []
_callbacks = {}


def register(name):
    def handle(event):
        _seen.append((name, event))
        return len(_seen)

    _callbacks[name] = handle


def settings():
    return SETTINGS["limit"]


if __name__ == "__main__":
    SETTINGS = {"limit": 3}
    rows = [number for number in range(settings())]
    for row in rows:
        _seen.append(row)
