"""Second derivatives."""

import torch


def penalty(loss, model):
    loss.backward(create_graph=True)  # leak: create-graph-in-backward
    return sum(parameter.grad.norm() for parameter in model.parameters())


def both(loss):
    torch.autograd.backward(loss, retain_graph=True, create_graph=True)  # leak: create-graph-in-backward


def chosen(loss, second_order):
    loss.backward(create_graph=second_order)  # leak: create-graph-in-backward low


def plain(loss):
    loss.backward(create_graph=False)  # ok: no graph
    loss.backward(retain_graph=True)  # ok: no graph of the gradients


def functional(loss, model):
    return torch.autograd.grad(loss, model.parameters(), create_graph=True)  # ok: leaves nothing on the parameters
