"""Evaluations with and without gradients."""

import torch
import torch.nn as nn


def evaluate(model, loader):
    model.eval()
    correct = 0
    for inputs, targets in loader:
        outputs = model(inputs)  # leak: evaluation-without-no-grad low
        correct += (outputs.argmax(1) == targets).sum().item()
    return correct


def validate(model, loader):
    torch.no_grad()  # leak: evaluation-without-no-grad
    with torch.no_grad():
        return [model(inputs) for inputs in loader]  # ok: no graph is made


@torch.inference_mode()
def predict(model, inputs):
    return model(inputs)  # ok: no graph is made


def test(model, loader, optimiser, criterion):
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)  # ok: it trains
        loss.backward()


def called_off(model, loader):
    model.eval()
    return [model(inputs) for inputs in loader]  # ok: called under no_grad


def main(model, loader):
    with torch.no_grad():
        called_off(model, loader)


class AccuracyMetric(nn.Module):
    def forward(self, *args):
        self.update(*args)  # leak: evaluation-without-no-grad
        return self.compute()


class LossMetric(nn.Module):
    def forward(self, *args):
        with torch.no_grad():
            self.update(*args)  # ok: no graph is made
        return self.compute()


class Store(nn.Module):
    def forward(self, *args):
        self.update(*args)  # ok: no metric
        return args
