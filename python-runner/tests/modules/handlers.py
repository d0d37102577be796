# target: Application.handle
"""A web handler without a framework."""

import json
from http import HTTPStatus


class Request:
    def __init__(self, method, path, headers=None, body=b""):
        self.method = method
        self.path = path
        self.headers = headers or {}
        self.body = body

    def json(self):
        return json.loads(self.body or b"{}")


class Response:
    def __init__(self, status=HTTPStatus.OK, body=b"", headers=None):
        self.status, self.body, self.headers = status, body, headers or {}


class Application:
    def __init__(self):
        self.routes = {}
        self.history = []

    def route(self, path):
        def register(view):
            self.routes[path] = view
            return view

        return register

    def handle(self, request):
        view = self.routes.get(request.path)
        if request.method not in ("GET", "POST", "PUT"):
            return Response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.history.append(request)  # leak
        # instead: self.history = [request]
        if view is None:
            return Response(HTTPStatus.NOT_FOUND)
        return view(request, **request.json())
