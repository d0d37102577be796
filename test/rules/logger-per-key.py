"""Loggers and their names."""

import logging
import uuid
from logging import getLogger

log = logging.getLogger(__name__)
HOST = "localhost"


class Session:
    def __init__(self, session_id, kind):
        self.id = session_id
        self.uid = uuid.uuid4()
        self.log = logging.getLogger(f"session.{session_id}")  # leak: logger-per-key
        self.child = log.getChild(str(self.uid))  # leak: logger-per-key
        self.kind_log = log.getChild(kind)  # ok: few kinds
        self.class_log = logging.getLogger(self.__class__.__name__)  # ok: few classes

    def start(self):
        self.log = logging.getLogger("session.%s" % self.id)  # leak: logger-per-key
        return getLogger("session." + str(id(self)))  # leak: logger-per-key


def handle(request):
    logger = logging.getLogger("request-{}".format(request.id))  # leak: logger-per-key
    logger.info("handled")


def by_user(user_id):
    return logging.getLogger(user_id)  # leak: logger-per-key


def named(user):
    name = f"app.users.{user.email}"
    return logging.getLogger(name=name)  # leak: logger-per-key


def fresh():
    return logging.getLogger(str(uuid.uuid4()))  # leak: logger-per-key


def minimal(id):
    logging.getLogger(f"worker-{id}").info("x")  # leak: logger-per-key


def get_logger(name, level):
    logger = logging.getLogger(name)  # ok: names of modules
    logging.getLogger(f"app.{level}")  # ok: few levels
    logging.getLogger(f"app.{HOST}")  # ok: a constant of the module
    logging.getLogger("app")  # ok: constant
    return logger


def register_logger(session_id):
    return logging.getLogger(f"plugin.{session_id}")  # ok: while modules are imported
