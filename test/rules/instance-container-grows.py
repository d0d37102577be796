"""Containers of instances: some get an entry for every event and never lose one."""

import asyncio
import collections
import dataclasses
import enum
import json
import threading
import time
import unittest
import uuid
import weakref
from ast import NodeVisitor
from collections import defaultdict, deque
from html.parser import HTMLParser


class Server:
    def __init__(self):
        self.history = []
        self.by_user = {}
        self.latencies = defaultdict(list)
        self.routes = {}
        self.state = {"events": []}

    def handle(self, req):
        self.history.append(req)  # leak: instance-container-grows

    async def on_message(self, user_id, message):
        self.by_user[user_id] = message  # leak: instance-container-grows

    def process_request(self, path, seconds):
        self.latencies[path].append(seconds)  # leak: instance-container-grows

    def add_route(self, path, handler):
        self.routes[path] = handler  # ok: a table of parts

    def on_event(self, event):
        self.state["events"].append(event)  # leak: instance-container-grows


class Semaphore:
    def __init__(self, value=1):
        self._value = value
        self._waiters = collections.deque()

    def release(self):
        self._value += 1
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
                break

    def acquire(self, timeout=None):
        waiter = asyncio.Future()
        self._waiters.append(waiter)  # leak: instance-container-grows
        return waiter


class Clock:
    def __init__(self, reactor) -> None:
        self._reactor = reactor
        self._looping_calls: list[object] = []

    def shutdown(self) -> None:
        self.cancel_all_looping_calls()

    def looping_call(self, function, seconds):
        call = self._reactor.LoopingCall(function)
        call.start(seconds)
        self._looping_calls.append(call)  # leak: instance-container-grows
        return call

    def cancel_all_looping_calls(self) -> None:
        for call in self._looping_calls:
            call.stop()
        self._looping_calls.clear()


class ChatBot:
    def __init__(self, model):
        self.model = model
        self.messages = list()

    async def reply(self, text: str) -> str:
        self.messages += [{"role": "user", "content": text}]  # leak: instance-container-grows
        return await self.model(self.messages[-10:])


class Crawler:
    def __init__(self):
        self.visited = set()
        self.errors = []

    def run(self):
        while True:
            self.fetch(input())

    def fetch(self, url):
        if url in self.visited:
            return
        self.visited.add(url)  # leak: instance-container-grows

    def fail(self, url, error):
        entry = (time.time(), url, str(error))
        self.errors.append(entry)  # leak: instance-container-grows


class Tracker:
    def __init__(self):
        self.requests = {}

    def track(self, body: str) -> str:
        request_id = uuid.uuid4().hex
        self.requests[request_id] = body  # leak: instance-container-grows
        return request_id


class MetricsCollector:
    def __init__(self):
        self.timings = {}

    def record(self, name, seconds):
        self.timings.setdefault(name, []).append(seconds)  # leak: instance-container-grows

    def summary(self):
        return {name: sum(values) for name, values in self.timings.items()}


@dataclasses.dataclass
class ConnectionManager:
    events: list = dataclasses.field(default_factory=list)

    async def receive(self, event):
        self.events.append(event)  # leak: instance-container-grows


class BaseAgent:
    def __init__(self):
        self.transcript = []


class SearchAgent(BaseAgent):
    def ask(self, query):
        self.transcript.append({"query": query, "at": time.time()})  # leak: instance-container-grows


class Anything:
    def __init__(self):
        self.events = []

    def handle_event(self, event):
        self.events.append(event)  # leak: instance-container-grows


class Client:
    def __init__(self):
        def remember(response):
            self.responses.append(response)  # ok: the constructor's own function; who calls it is not known

        self.responses = []
        self.remember = remember

    def submit(self, request):
        def done(response):
            self.responses.append(response)  # leak: instance-container-grows

        request.then(done)


# What takes entries out, states a bound, or holds them weakly.
class Worker:
    def __init__(self):
        self.pending = {}
        self.results = []
        self.errors = []
        self.seen = set()
        self.log = deque(maxlen=100)
        self.sessions = weakref.WeakValueDictionary()
        self.outcomes = []
        self.jobs = []
        self.samples = defaultdict(list)
        self.recent = {}
        self.records = []
        self.notifications = []
        self.requests = []

    async def handle(self, request_id, request):
        self.pending[request_id] = request  # ok: finish() pops it
        self.results.append(request)  # ok: drain() starts anew
        self.errors.append(request)  # ok: cut to the last hundred
        del self.errors[:-100]
        if len(self.seen) > 1000:
            self.seen.clear()
        self.seen.add(request_id)  # ok: emptied when it is large
        self.log.append(request)  # ok: maxlen
        self.sessions[request_id] = request  # ok: weak values
        self.outcomes.append(request)  # ok: another class takes from it
        self.jobs.append(request)  # ok: taken from by another name
        self.samples[request_id].append(request)  # ok: the entries are emptied
        self.recent.setdefault(request_id, deque(maxlen=5)).append(request)  # ok: the entries are bounded
        self.records.append(request)  # ok: handed on
        self.notifications.append(request)  # ok: another object has it
        self.requests.append(request)  # ok: a subclass empties it

    def finish(self, request_id):
        self.pending.pop(request_id)

    def drain(self):
        results, self.results = self.results, []
        return results

    def next_job(self):
        jobs = self.jobs
        return jobs.pop(0)

    def flush(self, request_id, sink):
        self.samples[request_id].clear()
        sink.write_all(self.records)
        sink.notifications = self.notifications


class EagerWorker(Worker):
    def reset(self):
        self.requests.clear()


class Supervisor:
    def __init__(self, worker):
        self.worker = worker

    def collect(self):
        while self.worker.outcomes:
            yield self.worker.outcomes.pop()


# Objects that do one piece of work and go.
class RequestBuilder:
    def __init__(self):
        self.requests = []

    def request(self, path):
        self.requests.append(path)  # ok: a builder
        return self


class Names(NodeVisitor):
    def __init__(self):
        self.events = []

    def handle_name(self, event):
        self.events.append(event)  # ok: a visitor


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.events = []

    def handle_starttag(self, event, attrs):
        self.events.append(event)  # ok: a parser


class ServerTest(unittest.TestCase):
    def __init__(self):
        self.requests = []

    def handle(self, request):
        self.requests.append(request)  # ok: a test


class FakeServer:
    def __init__(self):
        self.requests = []

    def handle(self, request):
        self.requests.append(request)  # ok: a stand-in for tests


# Tables of the program's parts, keys of which there are few, and what is filled once.
class Colour(enum.Enum):
    RED = 1


class Dispatcher:
    def __init__(self):
        self.handlers = {}
        self.commands = []
        self.requests = {}
        self.times = {}
        self.events = []
        self.logs = {}
        self.failures = [0] * 8
        self._load()
        for event in range(3):
            self.events.append(event)  # ok: while the object is made

    def register(self, name, handler):
        self.handlers[name] = handler  # ok: registration

    def handle(self, command):
        self.commands.append(command)  # ok: a table by its name

    async def count(self, colour: Colour):
        self.requests[colour] = time.time()  # ok: few keys

    async def start(self):
        self.times["started"] = time.time()  # ok: one key

    def _load(self):
        self.events.append("loaded")  # ok: the constructor calls it

    def log(self, level: bool, text):
        self.logs[level] = text  # ok: two keys

    def fail(self, index):
        self.failures[index] = 1  # ok: a slot is overwritten


class Store:
    def __init__(self):
        self.sessions = {}

    async def session(self, key):
        if key in self.sessions:
            return self.sessions[key]
        self.sessions[key] = object()  # ok: looked up here, as a cache is
        return self.sessions[key]


class Spawner:
    def __init__(self):
        self.tasks = []
        self.threads = []

    async def launch(self, job):
        self.tasks.append(asyncio.create_task(job))  # ok: tasks have a rule of their own

    def run(self, job):
        thread = threading.Thread(target=job)
        self.threads.append(thread)  # ok: threads have a rule of their own
        thread.start()


class Request:
    def __init__(self):
        self.events = []

    def on_event(self, event):
        self.events.append(event)  # ok: goes with the request


class ReportService:
    def __init__(self):
        self.rows = []

    def process(self, rows):
        counts = []
        for row in rows:
            counts.append(row)  # ok: a local
        return json.dumps(counts)


class FeedSession:
    def __init__(self):
        self.subscriptions = defaultdict(list)

    async def handle_subscribe(self, request, queue):
        self.subscriptions[request.topic].append(queue)  # ok: unsubscribe goes through all of them

    def leave(self, queue):
        for queues in self.subscriptions.values():
            if queue in queues:
                queues.remove(queue)


class ConsumerChannel:
    def __init__(self):
        self.consumers = {}
        self.pending = {}
        self.tags = {}

    def consume(self, callback, consumer_tag):
        self.consumers[consumer_tag] = callback
        self.pending[consumer_tag] = []  # leak: instance-container-grows

    def cancel(self, consumer_tag):
        del self.consumers[consumer_tag]
