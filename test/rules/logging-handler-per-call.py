"""Loggers and their handlers."""

import logging
import logging as lg
import sys
from logging import StreamHandler, getLogger

log = logging.getLogger("jobs")
CONSOLE = logging.StreamHandler()
_ready = False


def get_logger(name):
    logger = logging.getLogger(name)
    handler = logging.StreamHandler(sys.stdout)
    logger.addHandler(handler)  # leak: logging-handler-per-call
    return logger


class Client:
    def __init__(self, path):
        self.logger = logging.getLogger("client")
        self.logger.addHandler(logging.FileHandler(path))  # leak: logging-handler-per-call


class Job(logging.Handler):
    def __init__(self):
        super().__init__()
        getLogger().addHandler(self)  # leak: logging-handler-per-call

    def run_all(self):
        self.handler = StreamHandler()
        lg.getLogger("job").addHandler(self.handler)  # leak: logging-handler-per-call


def handle(request):
    handler = logging.FileHandler(f"/tmp/{request.id}")
    log.addHandler(handler)  # leak: logging-handler-per-call
    log.info("handled")


def minimal():
    logging.getLogger("app").addHandler(logging.StreamHandler())  # leak: logging-handler-per-call


def guarded():
    logger = logging.getLogger("guarded")
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())  # ok: asks first
    return logger


def guarded_early():
    logger = logging.getLogger("guarded")
    if logger.hasHandlers():
        return logger
    logger.addHandler(logging.StreamHandler())  # ok: asks first
    return logger


def flagged():
    global _ready
    if _ready:
        return
    _ready = True
    log.addHandler(logging.StreamHandler())  # ok: once


def setup_logging(level):
    log.addHandler(logging.StreamHandler())  # ok: when the program starts


def enable_console_logging():
    log.addHandler(logging.StreamHandler())  # ok: when the program starts


def attach(logger):
    logger.addHandler(logging.StreamHandler())  # ok: a logger of the caller


def private(name):
    logger = logging.Logger(name)
    logger.addHandler(logging.StreamHandler())  # ok: this logger is not registered
    return logger


def shared():
    log.addHandler(CONSOLE)  # ok: the same handler each time


def main():
    log.addHandler(logging.StreamHandler())  # ok: when the program starts


log.addHandler(logging.NullHandler())  # ok: at module level
