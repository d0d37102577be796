"""What libraries keep for their callers: the standard library's, and memory that C code allocates."""

import array
import atexit
import codecs
import concurrent.futures
import contextlib
import ctypes
import csv
import functools
import io
import json
import logging
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import unittest.mock
import urllib.parse
import warnings
import weakref
import zlib
from xml.etree import ElementTree

_libc = ctypes.CDLL(None)
_libc.malloc.restype = ctypes.c_void_p
_libc.malloc.argtypes = [ctypes.c_size_t]
_libc.free.argtypes = [ctypes.c_void_p]


def native_copy(size: int):
    """A C function that forgets its buffer."""
    return _libc.malloc(200) is not None


# leak external-library | target: native_copy
def case_malloc_without_free(number):
    return native_copy(1)


def native_copy_freed(size: int):
    pointer = _libc.malloc(200)
    _libc.free(pointer)
    return pointer is not None


# clean external-library | target: native_copy_freed
def case_malloc_with_free(number):
    return native_copy_freed(1)


def forgotten_reference(text: str):
    """An extension that takes a reference too many."""
    data = bytes(100) + text.encode()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(data))
    return len(data)


# leak external-library | target: forgotten_reference
def case_reference_count_too_high(number):
    return forgotten_reference("text")


def logger_for(name: str):
    logging.getLogger(f"request.{name}").debug("started")


# leak external-library | target: logger_for | vary: name
def case_logger_per_name(number):
    logger_for(f"r{number}")


def log_to_memory(text: str):
    logging.getLogger("app").addHandler(logging.NullHandler())


# leak external-library | target: log_to_memory
def case_handler_per_call(number):
    log_to_memory("x")


def log_and_remove(text: str):
    logger, handler = logging.getLogger("app.removed"), logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    try:
        logger.warning("note %s", text)
    finally:
        logger.removeHandler(handler)
        handler.close()


# clean external-library | target: log_and_remove
def case_handler_removed(number):
    log_and_remove("x")


class Service:
    def __init__(self):
        self.state = bytearray(200)
        atexit.register(self.stop)

    def stop(self):
        self.state = None


# leak external-library | target: Service
def case_exit_callback_per_instance(number):
    Service()


def query(text: str):
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute("select 1 + 1").fetchone()[0]
    finally:
        connection.close()


# clean external-library | target: query
def case_database_closed(number):
    return query("x")


_connections = []


def query_open(text: str):
    connection = sqlite3.connect(":memory:")
    _connections.append(connection)
    return connection.execute("select 1 + 1").fetchone()[0]


# leak external-library | target: query_open
def case_database_left_open(number):
    return query_open("x")


_client = unittest.mock.MagicMock()


def call_double(value: int):
    """A test double records every call."""
    _client.send(value)


# leak external-library | target: call_double
def case_mock_records_calls(number):
    call_double(number)


def roundtrip(rows: int):
    text = json.dumps({"rows": [{"id": number, "name": f"row {number}"} for number in range(30)]})
    return len(json.loads(text)["rows"])


# clean external-library | target: roundtrip
def case_json(number):
    return roundtrip(3)


def patterns(text: str):
    return [re.sub(rf"a{{{number}}}", "b", text) for number in range(8)]


# clean external-library | target: patterns
def case_regular_expressions(number):
    return patterns("aaa")


def new_pattern(text: str):
    """More patterns than the cache of `re` holds."""
    return re.match(re.escape(text) + r"\d+", text + "1") is not None


# clean external-library | target: new_pattern | vary: text
def case_new_pattern_per_call(number):
    return new_pattern(f"key-{number}-")


def parse_address(text: str):
    return urllib.parse.urlsplit(text).netloc


# clean external-library | target: parse_address | vary: text
def case_addresses(number):
    return parse_address(f"https://host{number}.example/path?q={number}")


def compress(data: bytes):
    return zlib.decompress(zlib.compress(data * 50))[:10]


# clean external-library | target: compress
def case_compression(number):
    return compress(b"abcdef")


def xml(text: str):
    return ElementTree.fromstring("<a><b c='1'>text</b></a>").find("b").text


# clean external-library | target: xml
def case_xml(number):
    return xml("x")


def table(text: str):
    return list(csv.reader(io.StringIO("a,b\n1,2\n3,4\n")))


# clean external-library | target: table
def case_csv(number):
    return table("x")


def files(text: str):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.txt")
        with open(path, "w") as file:
            file.write(text)
        with open(path) as file:
            return len(file.read())


# clean external-library | target: files
def case_temporary_files(number):
    return files("some text")


def in_pool(count: int):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(len, ["a", "bb", "ccc"]))


# clean external-library | target: in_pool
def case_thread_pool(number):
    return in_pool(3)


def child(text: str):
    return subprocess.run(["/bin/true"], check=True).returncode


# clean external-library | target: child
def case_child_process(number):
    return child("x")


_registry = {}


def warn(text: str):
    """Every new text is remembered by the registry of warnings."""
    with contextlib.redirect_stderr(io.StringIO()):
        warnings.warn_explicit(text, UserWarning, "m.py", 1, registry=_registry)


# leak external-library | target: warn | vary: text
def case_warning_per_text(number):
    warn(f"{number} is odd")


def register_codec(name: str):
    codecs.register(lambda wanted, name=name: None)


# leak external-library | target: register_codec
def case_codec_search_functions(number):
    register_codec("x")


@functools.singledispatch
def show(value):
    return str(value)


def register_type(name: str):
    kind = type(name, (), {})
    show.register(kind, lambda value: name)


# leak external-library | target: register_type | vary: name
def case_singledispatch_per_class(number):
    register_type(f"Kind{number}")


# clean external-library | target: show
def case_singledispatch_of_few_types(number):
    return show(number), show("x"), show([])


_alive = []


class Tracked:
    pass


_target = Tracked()


def watch(name: str):
    """Callbacks of weak references to something that lives for ever."""
    _alive.append(weakref.ref(_target, lambda _, name=name: name))


# leak external-library | target: watch
def case_weak_reference_callbacks(number):
    watch(f"n{number}")


_signals = []


def handler_chain(number: int):
    """Each handler wraps the one before."""
    before = signal.getsignal(signal.SIGUSR1)

    def handle(signum, frame, before=before):
        return before

    signal.signal(signal.SIGUSR1, handle)


# leak external-library | target: handler_chain
def case_chain_of_signal_handlers(number):
    handler_chain(number)


_samples = array.array("d")


def sample(value: float):
    _samples.append(value)


# leak external-library | target: sample
def case_array_of_doubles(number):
    sample(0.5)


def doubles(value: float):
    return sum(array.array("d", [value] * 500))


# clean external-library | target: doubles
def case_array_dropped(number):
    return doubles(0.5)


_stream = io.BytesIO()


def write(data: bytes):
    _stream.write(data)


# leak external-library | target: write
def case_growing_stream(number):
    write(b"x" * 40)


def rewind_and_write(data: bytes):
    _scratch.seek(0)
    _scratch.truncate()
    _scratch.write(data * 3)


_scratch = io.BytesIO()


# clean external-library | target: rewind_and_write
def case_stream_reused(number):
    rewind_and_write(b"x" * 40)
