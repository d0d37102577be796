"""Objects that are patched with callables of their own."""

import functools
import types
import weakref


def apply_async(pool, func, callback=None):
    future = pool.submit(func)
    future.get = future.result  # leak: patch-holds-object
    return future


def add_hook(model, hook):
    def forward(*args):
        hook()
        return model.predict(*args)

    model.forward = forward  # leak: patch-holds-object
    return model


def bind(thing, new_step):
    thing.step = types.MethodType(new_step, thing)  # leak: patch-holds-object
    thing.run = functools.partial(new_step, thing)  # ok: one comment for all patches of the object
    thing.stop = lambda: thing.step(0)  # ok: one comment for all patches of the object


def weakly(pool, func):
    future = pool.submit(func)
    ref = weakref.ref(future)
    future.get = lambda: ref().result()  # ok: the patch holds the object weakly
    return future


def copy(node, other):
    node.first = node.last  # ok: data, not a method
    node.visit = other.visit  # ok: a method of another object
    node.size = len(node.parts)  # ok: the result of a call


def for_a_while(client):
    client.send = client.request  # ok: taken back below
    try:
        client.send("ping")
    finally:
        del client.send


def decorate(func):
    def wrapper(*args):
        return func(*args)

    wrapper.cache_clear = lambda: wrapper.cache.clear()  # ok: a function, patched once by its decorator
    return wrapper


def specialise(kind):
    kind_class = object_of(kind)
    kind_class.__new_member__ = kind_class.__new__  # ok: it is static and bound to nothing


def watch(record):
    record.on_death = lambda: finish(record)  # ok: another function of the file sets it to None


def finish(record):
    record.on_death = None


class Setup:
    def __init__(self, registry):
        self.registry = registry

    def adapt(self):
        _registry = self.registry
        _registry.notify = lambda event: list(_registry.subscribers(event))  # leak: patch-holds-object low


def patch_threads(hub):
    def start(self, *args):
        self.run = wrap_run(hub, self.run)  # leak: patch-holds-object
        return original_start(self, *args)

    Thread.start = start


def wrap_run(hub, old_run):
    def run(*args):
        with hub:
            return old_run(*args)

    return run


def patch_count(task, hub):
    task.count = count_of(hub, task.name)  # ok: what comes back holds no more than a number


def count_of(hub, name):
    return hub.count(name)


def convert(param, group):
    param.gather = lambda: gather(param, group)  # leak: patch-holds-object
    param.scatter = lambda: scatter(param, group)  # ok: one comment for all patches of the object


def instrument(provider_class):
    provider_class.embed = wrap_run(TRACER, provider_class.embed)  # ok: a class, of which there is one
