"""Recurrent networks, trained step by step."""

import torch
from torch import nn

rnn = nn.GRU(8, 8)
hidden = None
for x, y in loader:
    out, hidden = rnn(x, hidden)  # leak: hidden-state-not-detached
    loss = criterion(out, y)
    loss.backward(retain_graph=True)
    optimizer.step()


def train(model, loader, optimiser) -> None:
    state = torch.zeros(1, 8)
    cell = torch.zeros(1, 8)
    for inputs in loader:
        output, (state, cell) = model(inputs, (state, cell))  # leak: hidden-state-not-detached
        optimiser.zero_grad()
        output.sum().backward(retain_graph=True)
        optimiser.step()


def truncated(model, loader) -> None:
    state = torch.zeros(1, 8)
    for inputs in loader:
        state = state.detach()
        output, state = model(inputs, state)  # ok: detached in each turn
        output.sum().backward(retain_graph=True)


def in_place(model, loader) -> None:
    state = torch.zeros(1, 8)
    for inputs in loader:
        output, state = model(inputs, state)  # ok: detached in each turn
        output.sum().backward(retain_graph=True)
        state.detach_()


def repackaged(model, loader) -> None:
    state = model.init_hidden()
    for inputs in loader:
        state = repackage_hidden(state)
        output, state = model(inputs, state)  # ok: detached in each turn
        output.sum().backward(retain_graph=True)


def through_time(model, loader) -> None:
    for sequence in loader:
        state = model.init_hidden()
        for inputs in sequence:
            output, state = model(inputs, state)  # ok: set anew for each sequence
        output.sum().backward(retain_graph=True)


def two_losses(model, loader) -> None:
    state = torch.zeros(1, 8)
    for inputs in loader:
        output, state = model(inputs, state)  # ok: without retain_graph it would raise
        output.sum().backward()


def sequence_of_sequences(model, loader) -> None:
    state = torch.zeros(1, 8)
    for sequence in loader:
        for inputs in sequence:
            output, state = model(inputs, hx=state)  # leak: hidden-state-not-detached
        output.sum().backward(retain_graph=True)


def totals(model, loader, criterion) -> None:
    loss = 0
    for inputs, targets in loader:
        loss += criterion(model(inputs), targets)  # leak: hidden-state-not-detached medium
        loss.backward(retain_graph=True)


def totals_anew(model, loader, criterion) -> None:
    for inputs, targets in loader:
        loss = 0
        for part in inputs:
            loss += criterion(model(part), targets)  # ok: set anew in each turn
        loss.backward(retain_graph=True)


class Reader:
    def __init__(self, cell) -> None:
        self.cell = cell
        self.hidden = torch.zeros(1, 8)
        self.state = torch.zeros(1, 8)

    def step(self, inputs) -> None:
        self.hidden = self.cell(inputs, self.hidden)  # leak: hidden-state-not-detached medium
        self.state = self.cell(inputs, self.state)  # ok: reset sets it anew
        self.hidden.sum().backward(retain_graph=True)

    def reset(self) -> None:
        self.state = torch.zeros(1, 8)
