"""Training and evaluation loops that keep a record."""

import torch
import torch.nn.functional as F
from torch import nn


def validate(model: nn.Module, loader, criterion) -> list:
    losses = []
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)
        losses.append(loss)  # leak: graph-kept-by-accumulation
    return losses


def average(model, loader) -> float:
    total = 0
    for inputs, targets in loader:
        loss = F.mse_loss(model(inputs), targets)
        total += loss  # leak: graph-kept-by-accumulation
    return total / len(loader)


def train(model, loader, optimiser) -> None:
    criterion = nn.CrossEntropyLoss()
    running = 0.0
    for inputs, targets in loader:
        optimiser.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimiser.step()
        running = running + loss  # leak: graph-kept-by-accumulation
    print(running)


class Trainer:
    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.criterion = nn.MSELoss()
        self.history = []
        self.by_epoch = {}

    def step(self, inputs, targets) -> None:
        loss = self.criterion(self.model(inputs), targets)
        self.history.append(loss)  # leak: graph-kept-by-accumulation

    def epoch(self, number: int, loader) -> None:
        for inputs, targets in loader:
            output = self.model(inputs)
            loss = self.criterion(output, targets)
            loss.backward()
            self.by_epoch[number] = loss.clone()  # leak: graph-kept-by-accumulation

    def evaluate(self, loader) -> float:
        scores = []
        with torch.no_grad():
            for inputs, targets in loader:
                scores.append(self.criterion(self.model(inputs), targets))  # ok: no graph is made
        return float(torch.stack(scores).mean())

    @torch.inference_mode()
    def predict(self, loader) -> list:
        outputs = []
        for inputs, _ in loader:
            outputs.append(self.model(inputs))  # ok: no graph is made
        return outputs

    def log(self, loader) -> list:
        record = []
        total = 0.0
        for inputs, targets in loader:
            loss = self.criterion(self.model(inputs), targets)
            loss.backward()
            record.append(loss.item())  # ok: a number
            record.append(float(loss))  # ok: a number
            record.append(loss.detach())  # ok: without its graph
            record.append(loss.detach().cpu())  # ok: without its graph
            record.append(loss.detach().cpu().numpy())  # ok: without its graph
            total += loss.item()  # ok: a number
        return record

    def chunked(self, chunks, optimiser) -> None:
        parts = []
        for inputs, targets in chunks:
            parts.append(self.criterion(self.model(inputs), targets))  # ok: backwarded below
        torch.stack(parts).mean().backward()
        optimiser.step()

    def summed(self, chunks) -> None:
        loss = 0
        for inputs, targets in chunks:
            loss += self.criterion(self.model(inputs), targets)  # ok: backwarded below
        loss.backward()


def rounds(prices: list) -> list:
    losses = []
    total = 0
    for price in prices:
        loss = price * 0.1
        losses.append(loss)  # ok: a plain number
        total += loss  # ok: a plain number
    return [*losses, total]
