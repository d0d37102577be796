"""Targets that use arrays and tensors."""

from __future__ import annotations

import numpy

try:
    import torch
except ImportError:
    torch = None

losses = []


def scale(array: numpy.ndarray, factor: float) -> numpy.ndarray:
    return array * factor


def centre(image):
    return image.astype("float32") - image.mean()


def train(model, optimizer, loader, criterion):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return len(losses)


def normalise(tensor: "torch.Tensor"):
    return tensor / tensor.sum()


class Total:
    def __init__(self):
        self.model = torch.nn.Linear(3, 1)
        self.value = 0.0

    def add(self):
        self.value += self.model(torch.ones(2, 3)).mean()
        return 1
