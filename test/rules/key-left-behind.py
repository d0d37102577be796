"""Dicts of groups whose keys stay when the group is empty or its owner has ended."""
from collections import defaultdict

_watchers = defaultdict(list)


def watch(path, callback):
    _watchers[path].append(callback)


def unwatch(path, callback):
    _watchers[path].remove(callback)  # leak: key-left-behind


class CachingResolver:
    def __init__(self, cache):
        self.hostnames = defaultdict(set)
        self.cache = cache

    def request_received(self, request, spider):
        self.hostnames[spider].add(request.host)

    def spider_closed(self, spider):
        for hostname in self.hostnames[spider]:  # leak: key-left-behind
            self.cache.pop(hostname, None)


class Hub:
    def __init__(self):
        self.rooms = defaultdict(set)
        self.topics = {}
        self.callbacks = defaultdict(set)
        self.handlers = defaultdict(list)
        self.users = defaultdict(set)
        self.shared = defaultdict(set)
        self.sized = defaultdict(set)
        self.swept = defaultdict(set)
        self.pairs = defaultdict(list)

    def join(self, room, socket):
        self.rooms[room].add(socket)

    async def on_disconnect(self, socket):
        for sockets in self.rooms.values():
            sockets.discard(socket)  # leak: key-left-behind

    def subscribe(self, topic_id, client):
        self.topics.setdefault(topic_id, []).append(client)

    def unsubscribe(self, topic_id, client):
        clients = self.topics.get(topic_id, [])
        clients.remove(client)  # leak: key-left-behind

    def _callbacks_of(self, group):
        return self.callbacks

    def add_callback(self, callback, number, group):
        self._callbacks_of(group)[callback].add(number)

    def remove_callback(self, number, group):
        for numbers in self._callbacks_of(group).values():
            try:
                numbers.remove(number)  # leak: key-left-behind
            except KeyError:
                pass

    def on(self, event, handler):
        self.handlers[event].append(handler)

    def off(self, event, handler):
        self.handlers[event].remove(handler)  # ok: there are few events

    def log_in(self, user, session):
        self.users[user].add(session)

    def log_out(self, user, session):
        self.users[user].discard(session)  # ok: an empty one is taken out
        if not self.users[user]:
            self.users.pop(user)

    def share(self, document, reader):
        self.shared[document].add(reader)

    def unshare(self, document, reader):
        self.shared[document].discard(reader)  # ok: other code gets the dict
        return self.shared

    def store(self, key, value):
        self.sized[key].add(value)

    def unstore(self, key, value):
        if len(self.sized) > 100:
            self.sized[key].discard(value)  # ok: its size is asked for

    def put(self, key, value):
        self.swept[key].add(value)

    def sweep(self, value):
        for values in self.swept.values():
            values.discard(value)  # ok: looks for empty ones
        for key in [key for key, values in self.swept.items() if not values]:
            del self.swept[key]


class GraphBuilder:
    def __init__(self):
        self.edges = defaultdict(set)

    def connect(self, node, other):
        self.edges[node].add(other)

    def disconnect(self, node, other):
        self.edges[node].discard(other)  # ok: a builder does one piece of work


class RecordCache:
    def __init__(self):
        self.cache = {}

    def add(self, entry):
        self.cache.setdefault(entry.key, []).insert(0, entry)

    def remove(self, entry):
        try:
            found = self.cache[entry.key]
            found.remove(entry)  # leak: key-left-behind
        except (KeyError, ValueError):
            pass
