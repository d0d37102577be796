"""Memory that Python asks a C library for."""

import ctypes
from ctypes import CDLL

libc = ctypes.CDLL("libc.so.6")
malloc = libc.malloc
_table = libc.calloc(100, 8)  # ok: once


def buffer(size):
    pointer = libc.malloc(size)  # leak: native-memory-not-freed
    ctypes.memset(pointer, 0, size)


def filled(size):
    pointer = ctypes.c_void_p(libc.calloc(size, 1))  # leak: native-memory-not-freed
    return ctypes.string_at(pointer, size)


class Frame:
    def __init__(self, size):
        self.pointer = CDLL(None).malloc(size)  # leak: native-memory-not-freed


def copy(text):
    return len(ctypes.string_at(libc.strdup(text)))  # leak: native-memory-not-freed


def through_a_name(size):
    return ctypes.memset(malloc(size), 0, size)  # leak: native-memory-not-freed


def owned_by_python(size):
    return ctypes.create_string_buffer(size)  # ok: Python's own buffer


def tracked(tracer):
    return tracer.start(25)  # ok: no allocation


def main():
    libc.malloc(10)  # ok: runs once
