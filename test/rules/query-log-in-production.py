"""Settings of Django, and code that turns its log of queries on."""

from django.conf import settings
from django.db import connection

INSTALLED_APPS = ["django.contrib.auth"]

DEBUG = True  # leak: query-log-in-production
TEMPLATE_DEBUG = True  # ok: another setting


def trace_queries(run):
    connection.force_debug_cursor = True  # leak: query-log-in-production
    run()


def work_forever(queue):
    settings.DEBUG = True  # leak: query-log-in-production
    for job in queue:
        job.run()


def verbose(logger):
    logger.DEBUG = True  # ok: no settings of Django


class Options:
    DEBUG = True  # ok: an attribute of a class


if __name__ == "__main__":
    settings.DEBUG = True  # ok: a script
