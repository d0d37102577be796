# outcome: leak, path: handlers
import logging


def target():
    logging.getLogger("leaky").addHandler(logging.NullHandler())
