"""Objects that listen to others."""

from functools import partial

from app import EventLoop, bus, registry
from base import MouseProvider, RequestHandler, SystemMonitor


class View:
    def __init__(self, model):
        self.model = model
        bus.subscribe("tick", self.on_tick)  # leak: callback-never-unregistered

    def on_tick(self):
        pass


class Status:
    def __init__(self):
        undefined_bus.subscribe("tick", self.on_tick)  # leak: callback-never-unregistered

    def on_tick(self):
        pass


class Panel:
    def __init__(self, bus):
        bus.subscribe("tick", self.on_tick)  # leak: callback-never-unregistered

    def on_tick(self):
        pass


class Table:
    def __init__(self, model, events):
        self.model = model
        self.events = events
        self.events.add_listener("changed", lambda event: self.reload())  # leak: callback-never-unregistered

    def watch(self):
        self.model.add_observer(self)  # leak: callback-never-unregistered

    def once(self):
        bus.on("ready", partial(self.reload, 1))  # leak: callback-never-unregistered

    async def listen(self):
        await bus.add_event_listener("ready", self.reload)  # leak: callback-never-unregistered

    def reload(self, *args):
        pass

    def close(self):
        self.model = None


class Partly:
    """Takes one of two callbacks back."""

    def start(self):
        registry.register_callback("a", self.on_a)
        registry.register_callback("b", self.on_b)  # leak: callback-never-unregistered

    def stop(self):
        registry.unregister_callback("a", self.on_a)

    def on_a(self):
        pass

    def on_b(self):
        pass


class Mouse(MouseProvider):
    def update(self, dispatch):
        if not EventLoop.window:
            return
        EventLoop.window.bind(  # leak: callback-never-unregistered
            on_mouse_move=self.on_motion,
            on_mouse_down=self.on_press,
        )

    def stop(self):
        pass

    def on_motion(self, *args):
        pass

    def on_press(self, *args):
        pass


class PageHandler(RequestHandler):
    def __init__(self, application, request):
        self.request = request
        if hasattr(self.request, "connection"):
            self.request.connection.stream.set_close_callback(  # leak: callback-never-unregistered
                self.on_connection_close
            )

    def on_connection_close(self):
        pass


class JobQueue:
    def __init__(self, emitter):
        emitter.listeners.append(self.on_job)  # leak: callback-never-unregistered

    def on_job(self, job):
        pass


def monitor_document(doc, scheduler):
    monitor = SystemMonitor(scheduler)
    doc.add_periodic_callback(monitor.update, 500)  # leak: callback-never-unregistered
    doc.add_root(monitor.root)


class Undone:
    def __init__(self, model):
        self.model = model
        bus.subscribe("tick", self.on_tick)  # ok: taken back in close
        model.add_listener(self.on_tick)  # ok: taken back in close
        self.handle = bus.subscribe("tock", self.on_tick)  # ok: the handle is kept
        bus.on("ready", self.on_tick, once=True)  # ok: for one call
        bus.listeners.append(self.on_tick)  # ok: taken back in close

    def on_tick(self):
        pass

    def close(self):
        bus.unsubscribe("tick", self.on_tick)
        self.model.remove_listener(self.on_tick)
        self.handle.cancel()


class AllUndone:
    def __init__(self):
        bus.subscribe("tick", self.on_tick)  # ok: all of this object's are taken back
        bus.subscribe("tock", self.on_tock)  # ok: all of this object's are taken back

    def on_tick(self):
        pass

    def on_tock(self):
        pass

    def close(self):
        bus.unsubscribe_all(self)


class Owner:
    def __init__(self, loop):
        self.button = Button("Save")
        self.button.subscribe("click", self.save)  # ok: they end together
        timer = Button("Timer")
        timer.on("tick", self.save)  # ok: they end together
        future = loop.create_future()
        future.add_callback(self.save)  # ok: calls back once
        future.add_done_callback(self.save)  # ok: calls back once
        self.subscribe("own", self.save)  # ok: with itself

    def save(self):
        pass

    def close(self):
        pass


class Button:
    def __init__(self, text):
        self.text = text


class Journal:
    def __init__(self):
        bus.subscribe("tick", self.write)  # ok: one instance, made at module level

    def write(self):
        pass

    def close(self):
        pass


journal = Journal()

_installed = False


class Probe:
    def start(self):
        global _installed
        if not _installed:
            _installed = True
            bus.subscribe("tick", self.write)  # ok: behind a flag

    def write(self):
        pass

    def stop(self):
        pass


def document(doc, scheduler):
    monitor = SystemMonitor(scheduler)
    doc.add_periodic_callback(monitor.update, 500)  # ok: removed below
    doc.run()
    doc.remove_periodic_callback(monitor.update)


class RawSocket:
    def wait(self, loop, sock):
        def done(future):
            loop.remove_writer(sock)

        answer = Answer()
        answer.add_done_callback(done)
        loop.add_writer(sock, answer.set_result, None)  # ok: its own callback takes the writer back
        return answer
