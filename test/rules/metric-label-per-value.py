"""Metrics of a web service."""

import enum

from prometheus_client import Counter, Gauge, Histogram
from service.metrics import UPLOADS, page_latency

REQUESTS = Counter("requests", "Requests", ["user_id", "method"])
LATENCY = Histogram("latency", "Latency", labelnames=("path", "status"))
OPEN = Gauge("open", "Open sessions", ["session"])
ERRORS = Counter("errors", "Errors", ["message"])
REMOVED = Gauge("jobs", "Jobs", ["job_id"])


class Method(enum.Enum):
    GET = 1


def handle(request, uid):
    REQUESTS.labels(user_id=uid, method="GET").inc()  # leak: metric-label-per-value


def by_position(request):
    REQUESTS.labels(request.user, "GET").inc()  # leak: metric-label-per-value


def failed(error):
    ERRORS.labels(message=str(error)).inc()  # leak: metric-label-per-value
    ERRORS.labels(f"{error}").inc()  # leak: metric-label-per-value


def timed(request, status):
    LATENCY.labels(path=request.path, status=status).observe(1)  # leak: metric-label-per-value low


def elsewhere(filename, url):
    UPLOADS.labels(filename=filename).inc()  # leak: metric-label-per-value
    page_latency.labels(url=url).observe(1)  # leak: metric-label-per-value


class Session:
    def __init__(self, session_id):
        self.session_id = session_id
        self.opened = Gauge("opened", "Opened", ["session"])

    def open(self):
        OPEN.labels(session=self.session_id).inc()  # leak: metric-label-per-value

    def close(self, email):
        self.opened.labels(email=email).dec()  # leak: metric-label-per-value


def literal():
    REQUESTS.labels(user_id="nobody", method="GET").inc()  # ok: a literal


def few(method: Method, status):
    REQUESTS.labels(user_id=Method.GET, method=method).inc()  # ok: an enum
    LATENCY.labels(path="/", status=status).observe(1)  # ok: few statuses


def route(request):
    LATENCY.labels(path=request.url_rule, status=200).observe(1)  # ok: the route


def kind(error):
    ERRORS.labels(message=type(error).__name__).inc()  # ok: the class


def removed(job_id):
    REMOVED.labels(job_id=job_id).set(1)  # ok: removed below
    REMOVED.remove(job_id)


def plot(axes, name):
    axes.labels(user_id=name)  # ok: no metric


if __name__ == "__main__":

    def main(user_id):
        REQUESTS.labels(user_id=user_id, method="GET").inc()  # ok: only as a script

    main("a")
