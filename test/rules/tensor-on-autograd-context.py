"""Autograd functions."""

import torch
from torch import Tensor
from torch.autograd import Function


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, weight: Tensor, eps=1e-6):
        result = x * x
        mask = torch.gt(x, 0)
        ctx.x = x  # leak: tensor-on-autograd-context low
        ctx.weight = weight  # leak: tensor-on-autograd-context low
        ctx.mask = mask  # leak: tensor-on-autograd-context low
        ctx.result = result  # leak: tensor-on-autograd-context
        ctx.scale = scale  # ok: nothing says that it is a tensor
        ctx.eps = eps  # ok: a number
        ctx.shape = x.shape  # ok: a shape
        ctx.save_for_backward(x, result)  # ok: saved
        return result

    @staticmethod
    def backward(ctx, grad):
        ctx.grad = grad  # ok: the pass is running
        return grad * ctx.x


class Pair(Function):
    @staticmethod
    def forward(context, left):
        low = left.min()
        high = left.max()
        context.high = high  # leak: tensor-on-autograd-context
        return low, high


class Other:
    def forward(self, x):
        self.x = x  # ok: no autograd function
        return x
