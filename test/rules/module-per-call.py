"""Tables of the interpreter that functions add to."""

import importlib.util
import linecache
import os
import sys
import types
from uuid import uuid4


def load(name, source):
    module = types.ModuleType(name)
    exec(source, module.__dict__)
    sys.modules[name] = module  # leak: module-per-call
    return module


def load_file(path):
    name = f"plugin_{uuid4().hex}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # leak: module-per-call
    spec.loader.exec_module(module)
    return module


def compile_rule(number, source):
    filename = f"<rule {number}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)  # leak: module-per-call
    return compile(source, filename, "exec")


def compile_once(rule):
    linecache.cache.setdefault(f"<{rule}>", (1, None, [rule], rule))  # leak: module-per-call


def handle(request):
    sys.path.insert(0, request.folder)  # leak: module-per-call


def alias():
    sys.modules["old_name"] = sys.modules["new_name"]  # ok: a fixed name


def become():
    sys.modules[__name__] = types.ModuleType("me")  # ok: its own name


def register_plugin(name, module):
    os.modules[name] = module  # ok: another table


def main(path):
    sys.path.append(path)  # ok: runs once


sys.path.insert(0, os.path.dirname(__file__))  # ok: at import


def run_script(folder, script, source):
    path = os.path.join(folder, script)
    linecache.cache[path] = (len(source), 0, source.split("\n"), path)  # ok: each file has one name


def handle_options(options):
    sys.path.insert(0, options.folder)  # leak: module-per-call low
