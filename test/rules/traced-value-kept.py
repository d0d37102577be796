"""Functions that JAX traces, and what they store."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import grad, lax

_seen = []
_shapes = []
_last = None


@jax.jit
def scaled(x, factor):
    _seen.append(x * factor)  # leak: traced-value-kept
    _shapes.append(x.shape)  # ok: known while tracing
    _shapes.append(len(x))  # ok: known while tracing
    return x * factor


@partial(jax.jit, static_argnums=1)
def powered(x, power):
    global _last
    _last = jnp.sum(x)  # leak: traced-value-kept
    _shapes.append(power)  # ok: static
    parts = []
    parts.append(x)  # ok: a local
    return sum(parts) ** power


class Model:
    def __init__(self):
        self.hidden = None
        self.losses = []
        self.calls = 0
        self.width = 0

    @partial(jax.jit, static_argnums=0)
    def predict(self, x):
        self.hidden = jnp.tanh(x)  # leak: traced-value-kept
        self.calls += 1  # ok: a number
        self.width = x.shape[-1]  # ok: known while tracing
        return self.hidden.sum()

    def loss(self, weights, batch):
        value = ((weights - batch) ** 2).sum()
        self.losses.append(value)  # leak: traced-value-kept
        return value

    def step(self, weights, batch):
        return grad(self.loss)(weights, batch)

    def plain(self, weights):
        self.hidden = jnp.tanh(weights)  # ok: not traced
        return self.hidden


def total(xs):
    sums = []

    def add(carry, x):
        sums.append(carry)  # leak: traced-value-kept
        return carry + x, x

    return lax.scan(add, 0.0, xs)[0], sums


def observe(x):
    value, kept = jax.value_and_grad(squared)(x)
    _seen.append(value)  # ok: outside of the trace
    return kept


def squared(x):
    return (x * x).sum()
