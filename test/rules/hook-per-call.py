"""Hooks of modules, in code that runs often and in code that runs once."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8)
        self.seen = []
        self.layer.register_forward_hook(self.keep)  # ok: once for each instance

    def keep(self, module, given, output) -> None:
        self.seen.append(output.shape)

    def forward(self, x):
        self.layer.register_forward_hook(self.keep)  # leak: hook-per-call
        handle = self.layer.register_forward_pre_hook(self.keep)  # leak: hook-per-call
        x.register_hook(print)  # ok: a tensor of this step
        self.layer.weight.register_hook(print)  # leak: hook-per-call
        return self.layer(x)


def train(model, loader, hook) -> None:
    for batch in loader:
        model.layer.register_forward_hook(hook)  # leak: hook-per-call
        model(batch)


def train_layers(model, loader, hook) -> None:
    for batch in loader:
        for name, layer in model.named_modules():
            layer.register_forward_hook(hook)  # leak: hook-per-call
        model(batch)


def attach(model, hook) -> None:
    for layer in model.children():
        layer.register_forward_hook(hook)  # ok: once for each layer
    for parameter in model.parameters():
        parameter.register_hook(lambda grad: grad.clamp(-1, 1))  # ok: once for each parameter


def features(model, x):
    kept = []
    model.layer.register_forward_hook(lambda module, given, output: kept.append(output.detach()))  # leak: hook-per-call medium
    model(x)
    return kept


def features_removed(model, x):
    kept = []
    handle = model.layer.register_forward_hook(lambda module, given, output: kept.append(output.detach()))  # ok
    try:
        model(x)
    finally:
        handle.remove()
    return kept


def features_given_back(model, x, hook):
    return model.layer.register_forward_hook(hook)  # ok: the caller has the handle


def fresh(paths, hook) -> None:
    for path in paths:
        model = torch.load(path)
        model.layer.register_forward_hook(hook)  # ok: a new model each time
        model(path)


def watch(module, hook) -> None:
    module.register_full_backward_hook(hook)  # leak: hook-per-call medium


def epochs(module, hook) -> None:
    for _ in range(10):
        watch(module, hook)


def watch_each(module, hook) -> None:
    module.register_full_backward_hook(hook)  # ok: another module each time


def each(model, hook) -> None:
    for layer in model.children():
        watch_each(layer, hook)


class Predictor:
    def __init__(self, model) -> None:
        self.model = model
        self.layers = dict(model.named_modules())

    def predict(self, x, name):
        self.layers[name].register_forward_hook(print)  # leak: hook-per-call medium
        return self.model(x)

    def explain(self, x):
        target = self.model.backbone.last
        target.register_full_backward_hook(print)  # leak: hook-per-call medium
        return self.model(x)


def by_name(model, names, hook) -> None:
    layers = dict(model.named_modules())
    for name in names:
        layers[name].register_forward_hook(hook)  # ok: another layer each time
        chosen = model.get_submodule(name)
        chosen.register_forward_hook(hook)  # ok: another layer each time


class Lazy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.handle = self.register_forward_pre_hook(self.prepare)  # ok: a hook on the module itself

    def prepare(self, module, given) -> None:
        print(module, given)


for step in range(100):
    model.fc.register_forward_hook(hook)  # leak: hook-per-call
    model(torch.ones(1))
