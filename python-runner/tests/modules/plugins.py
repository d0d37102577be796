# target: Registry.register
import importlib
from abc import ABC, abstractmethod


class Plugin(ABC):
    name: str

    def __init__(self, name: str):
        self.name = name

    @abstractmethod
    def run(self, payload: dict) -> dict: ...


class Upper(Plugin):
    def run(self, payload: dict) -> dict:
        return {key.upper(): value for key, value in payload.items()}


class Registry:
    def __init__(self):
        self.plugins = {}
        self.order = []

    def register(self, plugin: Plugin, replace: bool = True) -> None:
        if plugin.name in self.plugins and not replace:
            raise KeyError(plugin.name)
        self.plugins[plugin.name] = plugin
        self.order.append(plugin)  # leak
        # instead: self.order = [plugin]

    def load(self, dotted: str) -> None:
        module, _, name = dotted.rpartition(":")
        self.register(getattr(importlib.import_module(module), name)(name))
