"""Callbacks, and the tables that they look at."""

import atexit
import json
import pickle

import numpy as np
import pandas as pd
from torch import load


def label(path):
    model = pickle.load(open(path, "rb"))
    return lambda: model.name  # leak: closure-keeps-large-local


def counter(path):
    table = pd.read_csv(path)

    def count():  # leak: closure-keeps-large-local
        return len(table)

    return count


class Window:
    def __init__(self, bus):
        self.bus = bus
        self.shapes = {}

    def open(self, path):
        pixels = np.load(path)
        document = json.load(open(path))
        self.describe = lambda: f"{pixels.shape} pixels"  # leak: closure-keeps-large-local
        self.shapes[path] = lambda: document["title"]  # leak: closure-keeps-large-local
        self.bus.subscribe(callback=lambda event: print(event, pixels.dtype))  # leak: closure-keeps-large-local

    def whole(self, path):
        pixels = np.load(path)
        self.mean = lambda: pixels.mean()  # ok: needs all of them
        atexit.register(lambda: np.save(path, pixels))  # ok: gives it on

    def small(self, path):
        pixels = np.load(path)
        shape = pixels.shape
        self.describe = lambda: f"{shape} pixels"  # ok: holds the small part only

    def at_once(self, path):
        table = pd.read_csv(path)
        return sorted(self.shapes, key=lambda name: table.columns)  # ok: not kept


def helper(path):
    table = pd.read_csv(path)

    def last():  # ok: called here and not kept
        return len(table) - 1

    return table.iloc[last()]


def tiny():
    values = list(range(10))
    return lambda: len(values)  # ok: small
