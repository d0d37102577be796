"""Hooks of the interpreter, added again and again, and those that are added once."""

import codecs
import gc
import sys
import warnings
from gc import callbacks


class Watcher:
    def __init__(self, name):
        self.name = name
        gc.callbacks.append(self.collected)  # leak: process-hook-per-call

    def collected(self, phase, info):
        print(self.name, phase)


class Auditor:
    def __init__(self, log):
        sys.addaudithook(lambda event, args: self.note(event))  # leak: process-hook-per-call
        self.log = log

    def note(self, event):
        self.log.append(event)


class Only:
    def __init__(self):
        sys.addaudithook(self.note)  # ok: the file makes one, at module level

    def note(self, event, args):
        pass


only = Only()


def handle_upload(name, data):
    def search(encoding):
        return None if encoding != name else codecs.lookup("utf-8")

    codecs.register(search)  # leak: process-hook-per-call
    return data.decode(name)


def on_message(text):
    callbacks.append(print)  # leak: process-hook-per-call
    return text


def load_source(source):
    sys.path_hooks.insert(0, Importer(source))  # leak: process-hook-per-call low


def run_jobs(jobs):
    for job in jobs:
        sys.addaudithook(job.audit)  # leak: process-hook-per-call


def handle_request(request):
    warnings.filterwarnings("ignore", message=f"slow answer to {request.id}")  # leak: process-hook-per-call
    warnings.filterwarnings("ignore", message="slow answer")  # ok: the same filter each time
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # ok: the same filter each time


def install_hook(function):
    gc.callbacks.append(function)  # ok: runs when modules are imported


_installed = False


def on_start(function):
    global _installed
    if not _installed:
        gc.callbacks.append(function)  # ok: behind a flag
        _installed = True


class Importer:
    def __init__(self, source):
        self.source = source


def handle_source(finder):
    if finder not in sys.meta_path:
        sys.meta_path.append(finder)  # ok: asks whether it is there


def main():
    sys.addaudithook(print)  # ok: once, when the program starts


sys.meta_path.append(Importer(""))  # ok: at import
