"""Objects that are still in scope: frames, tracebacks, generators, tasks, threads, locals that are no longer needed."""

import asyncio
import contextvars
import sys
import threading
import time
import types

_failures = []


def parse(text: str):
    rows = text.split(",")
    try:
        return int(rows[0])
    except ValueError as error:
        _failures.append(error)
        return None


# leak still-in-scope | target: parse
def case_kept_exception(number):
    parse("not a number,2,3")


_messages = []


def parse_politely(text: str):
    try:
        return int(text)
    except ValueError:
        return None


# clean still-in-scope | target: parse_politely
def case_handled_exception(number):
    parse_politely("not a number")


_last_error = None


def keeps_the_last_error(text: str):
    global _last_error
    try:
        return int(text)
    except ValueError as error:
        _last_error = error.with_traceback(None)


# clean still-in-scope | target: keeps_the_last_error
def case_last_error_only(number):
    keeps_the_last_error("not a number")


_open = []


def pages(rows: list):
    buffer = bytes(1000)
    for row in rows:
        yield row, buffer


def first_page(rows: list):
    generator = pages(rows)
    _open.append(generator)
    return next(generator)


# leak still-in-scope | target: first_page
def case_suspended_generator(number):
    first_page([1, 2, 3])


def first_page_closed(rows: list):
    generator = pages(rows)
    try:
        return next(generator)
    finally:
        generator.close()


# clean still-in-scope | target: first_page_closed
def case_closed_generator(number):
    first_page_closed([1, 2, 3])


def abandoned(rows: list):
    """Nobody keeps the generator: it ends with its frame."""
    return next(pages(rows))


# clean still-in-scope | target: abandoned
def case_abandoned_generator(number):
    abandoned([1, 2, 3])


_frames = []


def remembers_caller(value: int):
    local = [value] * 10
    _frames.append(sys._getframe())
    return len(local)


# leak still-in-scope | target: remembers_caller
def case_kept_frame(number):
    remembers_caller(number)


_running = set()
_loop = asyncio.new_event_loop()


async def _never():
    await asyncio.Event().wait()


async def _start_watcher():
    _running.add(asyncio.get_running_loop().create_task(_never()))
    await asyncio.sleep(0)


# leak still-in-scope | target: _start_watcher
def case_tasks_that_wait_for_ever(number):
    _loop.run_until_complete(_start_watcher())


async def _work(value):
    await asyncio.sleep(0)
    return [value]


async def gather_all(count: int):
    return await asyncio.gather(*(_work(value) for value in range(5)))


# clean still-in-scope | target: gather_all
def case_gathered_tasks(number):
    return _loop.run_until_complete(gather_all(5))


# clean still-in-scope | target: gather_all
def case_loop_per_call(number):
    return asyncio.run(gather_all(5))


async def discarding(count: int):
    tasks = set()
    for value in range(3):
        task = asyncio.get_running_loop().create_task(_work(value))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)


# clean still-in-scope | target: discarding
def case_tasks_that_are_discarded(number):
    _loop.run_until_complete(discarding(3))


_local = threading.local()


def trace(step: str):
    if not hasattr(_local, "steps"):
        _local.steps = []
    _local.steps.append((step, len(_local.steps)))


# leak still-in-scope | target: trace
def case_thread_local(number):
    trace("step")


_request = contextvars.ContextVar("request", default=())


def push(name: str):
    _request.set((*_request.get()[-2000:], name))


def set_and_reset(name: str):
    token = _request.set((name,))
    _request.reset(token)


# clean still-in-scope | target: set_and_reset
def case_context_variable_reset(number):
    set_and_reset(f"request {number}")


_seen = contextvars.ContextVar("seen")
_seen.set([])


def remember_in_context(name: str):
    _seen.get().append(name * 2)


# leak still-in-scope | target: remember_in_context
def case_context_variable(number):
    remember_in_context(f"request {number}")


def parallel(count: int):
    found = []
    threads = [threading.Thread(target=found.append, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


# clean still-in-scope | target: parallel
def case_joined_threads(number):
    return parallel(2)


_threads = []


def spawn(value: int):
    """Finished threads are kept for a join that never comes."""
    thread = threading.Thread(target=len, args=([value],))
    thread.start()
    thread.join()
    _threads.append(thread)


# leak still-in-scope | target: spawn
def case_finished_threads_kept(number):
    spawn(number)


class Window:
    """A class cell keeps the event that a handler was made for."""

    def __init__(self):
        self.handlers = {}

    def bind(self, name: str, event: dict):
        self.handlers[name] = lambda: event["data"]


WINDOW = Window()


# clean still-in-scope | target: Window.bind
def case_replaced_handler(number):
    WINDOW.bind("click", {"data": bytes(500)})


# leak still-in-scope | target: Window.bind | vary: name
def case_handlers_by_name(number):
    WINDOW.bind(f"row {number}", {"data": bytes(500)})


def slow_keeper(value: int):
    """50 ms a call, and one object stays."""
    time.sleep(0.05)
    _messages.append([value])


# leak still-in-scope | target: slow_keeper
def case_slow_leak(number):
    slow_keeper(number)


def slow_clean(value: int):
    time.sleep(0.05)
    return [value]


# clean still-in-scope | target: slow_clean
def case_slow_clean(number):
    return slow_clean(number)


def prints(value: int):
    print(f"working on {value}")
    return [value]


# clean still-in-scope | target: prints
def case_prints(number):
    return prints(number)


def summary(count: int):
    """The rows are not needed while the report is written."""
    rows = [bytes(1000) for _ in range(2000)]
    total = sum(len(row) for row in rows)
    lines = []
    for number in range(3):
        lines.append(f"{number}: {total}")
    return lines


# peak still-in-scope | target: summary | hold: lines.append:rows
def case_rows_held_while_writing(number):
    return summary(3)


def summary_released(count: int):
    rows = [bytes(1000) for _ in range(2000)]
    total = sum(len(row) for row in rows)
    del rows
    lines = []
    for number in range(3):
        lines.append(f"{number}: {total} released")
    return lines


# clean still-in-scope | target: summary_released | hold: total} released:rows
def case_rows_released_before_writing(number):
    return summary_released(3)


def module_per_call(name: str):
    module = types.ModuleType(name)
    exec("def run():\n    return 1", module.__dict__)
    return module.run()


# cycle-garbage reference-cycle | target: module_per_call
def case_module_per_call(number):
    return module_per_call("plugin")
