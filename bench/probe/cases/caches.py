"""Caches: those that keep every key, and those that stop."""

import collections
import functools
import threading
import time
import weakref


class PriceBook:
    """Quotes by symbol, asked of a slow service once."""

    def __init__(self):
        self._quotes = {}

    def quote(self, symbol: str):
        if symbol not in self._quotes:
            self._quotes[symbol] = {"symbol": symbol, "bid": len(symbol), "ask": len(symbol) + 1}
        return self._quotes[symbol]["bid"]


BOOK = PriceBook()


# leak cache | target: PriceBook.quote | vary: symbol
def case_price_book(number):
    return BOOK.quote(f"SYM{number}")


# clean cache | target: PriceBook.quote
def case_price_book_same_symbol(number):
    return BOOK.quote("ACME")


@functools.lru_cache(maxsize=None)
def normalise(name: str):
    return name.strip().lower().replace(" ", "-")


# leak cache | target: normalise | vary: name
def case_unbounded_lru(number):
    return normalise(f" Some Name {number} ")


@functools.lru_cache(maxsize=256)
def normalise_few(name: str):
    return name.strip().lower()


# clean cache | target: normalise_few | vary: name
def case_small_lru(number):
    return normalise_few(f" Some Name {number} ")


@functools.lru_cache(maxsize=20_000)
def render_title(title: str):
    return title.title() * 3


# clean cache | target: render_title | vary: title
def case_large_lru(number):
    return render_title(f"a title {number}")


class Repository:
    """A method cache keeps every instance."""

    def __init__(self):
        self.rows = [object() for _ in range(20)]

    @functools.lru_cache(maxsize=None)
    def count(self, kind: str):
        return len(self.rows) + len(kind)


# leak cache | target: Repository.count
def case_method_cache(number):
    return Repository().count("orders")


class Report:
    """A cached property dies with its instance."""

    def __init__(self, rows: list):
        self.rows = rows

    @functools.cached_property
    def total(self):
        return sum(self.rows)


# clean cache | target: Report.total
def case_cached_property(number):
    return Report([1, 2, number]).total


class RecentlyUsed:
    """An LRU cache by hand, which drops its oldest entry."""

    def __init__(self, limit=400):
        self.limit = limit
        self.entries = collections.OrderedDict()

    def put(self, key: str, value: int):
        self.entries[key] = [value]
        self.entries.move_to_end(key)
        while len(self.entries) > self.limit:
            self.entries.popitem(last=False)


RECENT = RecentlyUsed()


# clean cache | target: RecentlyUsed.put | vary: key
def case_ordered_dict_with_guard(number):
    RECENT.put(f"key {number}", number)


class BrokenLru:
    """The guard compares with a size that is never reached, because the counter is reset."""

    def __init__(self):
        self.entries = {}
        self.added = 0

    def put(self, key: str):
        self.entries[key] = [key]
        self.added = (self.added + 1) % 100
        if self.added > 100:
            self.entries.pop(next(iter(self.entries)))


BROKEN = BrokenLru()


# leak cache | target: BrokenLru.put | vary: key
def case_guard_that_never_fires(number):
    BROKEN.put(f"key {number}")


_expiring = {}


def remember_until(key: str, seconds=0.0):
    """Entries expire, and every call sweeps a few."""
    now = time.monotonic()
    _expiring[key] = now + seconds
    for old in [k for k, until in list(_expiring.items())[:8] if until <= now]:
        del _expiring[old]


# clean cache | target: remember_until | vary: key
def case_swept_cache(number):
    remember_until(f"session {number}")


_sessions = {}


def remember_session(token: str):
    """Expired entries are only removed when asked for again, which never happens."""
    now = time.monotonic()
    found = _sessions.get(token)
    if found is not None and found[0] < now:
        del _sessions[token]
    _sessions[token] = (now + 3600, {"token": token})


# leak cache | target: remember_session | vary: token
def case_expiry_on_look_up_only(number):
    remember_session(f"token {number}")


class Session:
    def __init__(self, name):
        self.name = name
        self.data = bytearray(200)


_live = weakref.WeakValueDictionary()


def session_for(name: str):
    session = _live.get(name)
    if session is None:
        session = _live[name] = Session(name)
    return session.name


# clean cache | target: session_for | vary: name
def case_weak_values(number):
    return session_for(f"user {number}")


class Owner:
    pass


class Profile:
    def __init__(self, owner):
        self.owner = owner


_profiles = weakref.WeakKeyDictionary()


def profile_of(owner: Owner):
    """The value refers to its own key, so that the weak key never dies."""
    if owner not in _profiles:
        _profiles[owner] = Profile(owner)
    return _profiles[owner]


# leak cache | target: profile_of | vary: owner
def case_weak_key_held_by_value(number):
    profile_of(Owner())


def memoise(function):
    """A decorator of one's own, without a limit."""
    seen = {}

    @functools.wraps(function)
    def wrapper(*arguments):
        if arguments not in seen:
            seen[arguments] = function(*arguments)
        return seen[arguments]

    return wrapper


@memoise
def area(width: int, height: int):
    return width * height


# leak cache | target: area | vary: width
def case_memoise(number):
    return area(number, 3)


_by_identity = {}


def describe(thing: list):
    """Ids are reused and entries never removed: grows with the objects that live."""
    _by_identity[id(thing), len(_by_identity)] = repr(thing)[:40]


# leak cache | target: describe
def case_keyed_by_id(number):
    describe([number])


_squares = {}


def square(value: int):
    """Only 64 keys exist."""
    key = value % 64
    if key not in _squares:
        _squares[key] = [key * key]
    return _squares[key]


# clean cache | target: square | vary: value
def case_few_keys(number):
    return square(number)


class Pool:
    """Threads share a cache by thread; there is one thread."""

    def __init__(self):
        self.local = threading.local()

    def buffer(self):
        if not hasattr(self.local, "buffer"):
            self.local.buffer = bytearray(4096)
        return len(self.local.buffer)


POOL = Pool()


# clean cache | target: Pool.buffer
def case_thread_local_once(number):
    return POOL.buffer()


_templates = {}


def compiled(template: str):
    if len(_templates) >= 100:
        _templates.clear()
    return _templates.setdefault(template, template.split("{"))


# clean cache | target: compiled | vary: template
def case_cleared_when_full(number):
    return compiled(f"hello {{name}} {number}")


_large = {}


def thumbnail(path: str):
    """100 KB for each path."""
    if path not in _large:
        _large[path] = bytes(100_000)
    return len(_large[path])


# leak cache | target: thumbnail | vary: path
def case_large_values(number):
    return thumbnail(f"/images/{number}.png")


_hits = collections.Counter()


def count_hit(address: str):
    _hits[address] += 1


# leak cache | target: count_hit | vary: address
def case_counter_by_address(number):
    count_hit(f"10.0.{number // 256}.{number % 256}.{number}")
