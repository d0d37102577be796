"""Functions that TensorFlow and JAX compile: once, or again and again."""

import functools
import time
from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import keras
import numba
import tensorflow as tf
import torch
from flask import Flask
from numba import njit
from tensorflow.keras import Sequential, layers
from tensorflow.keras.models import load_model

app = Flask(__name__)


@tf.function
def train_step(batch, step):
    return batch * step


@tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
def signed(step):
    return step


@tf.function(reduce_retracing=True)
def relaxed(step):
    return step


@partial(jax.jit, static_argnums=(1,))
def power(x, n):
    return x**n


@functools.partial(jax.jit, static_argnames=["n"])
def named_power(x, n):
    return x**n


@jax.jit
def update(x, step):
    return x * step


def train(batches):
    for step in range(10000):
        train_step(batches, step)  # leak: function-retraced


def train_all(batches):
    for step, batch in enumerate(batches):
        train_step(batch, step + 1)  # leak: function-retraced
        train_step(batch, step=step)  # leak: function-retraced
        power(batch, step)  # leak: function-retraced
        named_power(batch, n=step)  # leak: function-retraced


def train_while(batch):
    step = 0
    while True:
        train_step(batch, step)  # leak: function-retraced
        step += 1


def timed(batch):
    return train_step(batch, time.time())  # leak: function-retraced medium


def converted(batch, loss):
    return train_step(batch, float(loss.numpy()))  # leak: function-retraced medium


class Trainer:
    def __init__(self):
        self.fast = jax.jit(lambda x: x * 2)  # ok: once for each trainer
        self.step_fn = tf.function(self.step)  # ok: stored

    @tf.function
    def step(self, batch, step):
        return batch * step

    def fit(self, batch, count):
        for step in range(count):
            self.step(batch, step)  # leak: function-retraced


def lambda_each(x):
    return jax.jit(lambda y: y * 2)(x)  # leak: function-retraced medium


def lambda_named(x):
    double = tf.function(lambda y: y * 2)  # leak: function-retraced medium
    return double(x)


def nested_each(x, factor):
    def scaled(y):
        return y * factor

    return jax.jit(scaled)(x)  # leak: function-retraced medium


def in_loop(rows):
    for row in rows:
        fast = njit(lambda y: y + 1)  # leak: function-retraced medium
        fast(row)


def decorated_in_loop(rows):
    for row in rows:

        @tf.function
        def double(x):  # leak: function-retraced medium
            return x * 2

        double(row)


def model_each(models, x):
    for model in models:
        torch.compile(model)(x)  # leak: function-retraced medium


@app.route("/predict")
def predict():
    @numba.njit
    def score(x):  # leak: function-retraced medium
        return x + 1

    return str(score(1))


def tensors(batches):
    for step in range(10000):
        train_step(batches, tf.constant(step))  # ok: a tensor
        signed(step)  # ok: one version for all numbers
        relaxed(step)  # ok: versions are merged
        update(batches, step)  # ok: no static argument
        power(step, 2)  # ok: the static argument is a literal
        train_step(batches, 1)  # ok: a literal


def few(batches):
    for step in range(3):
        train_step(batches, step)  # ok: three versions
    for batch in batches:
        train_step(batch, batch)  # ok: tensors


def known_function(x):
    return jax.jit(update)(x, 1)  # ok: JAX knows the function again


def factory(factor):
    return jax.jit(lambda x: x * factor)  # ok: given back


@lru_cache(maxsize=8)
def cached_factory(factor):
    fast = jax.jit(lambda x: x * factor)  # ok: the results are cached
    return fast(jnp.ones(3))


def train_loop(rows):
    @jax.jit
    def step(x):  # ok: once for all rows
        return x * 2

    for row in rows:
        step(row)


def main(rows):
    fast = jax.jit(lambda x: x * 2)  # ok: once
    for row in rows:
        fast(row)


table = {}


def by_size(sizes):
    for size in sizes:
        table[size] = jax.jit(lambda x: x * size)  # ok: stored


def search(rates, x, y):
    for rate in rates:
        model = Sequential([layers.Dense(1)])  # leak: function-retraced medium
        model.compile("adam", "mse")
        model.fit(x, y)


def trials(count, x):
    for _ in range(count):
        model = keras.Model(x, layers.Dense(1)(x))  # leak: function-retraced medium
        print(model.count_params())


model = load_model("model.keras")


def score(items):
    results = []
    for item in items:
        results.append(model.predict(item))  # leak: function-retraced medium
    return results


@app.route("/score", methods=["POST"])
def score_one():
    return str(model.predict([1.0]))  # leak: function-retraced medium


def cleared(rates, x, y):
    for rate in rates:
        keras.backend.clear_session()
        net = keras.Sequential([layers.Dense(rate)])  # ok: cleared between the models
        net.fit(x, y)


def ensemble(count):
    nets = []
    for _ in range(count):
        nets.append(keras.Sequential([layers.Dense(1)]))  # ok: all of them are meant
    return nets


def all_at_once(items):
    return model.predict(items)  # ok: all items at once


def other(items, estimator):
    for item in items:
        estimator.predict(item)  # ok: no model of Keras
        model(item)  # ok: calls the model


def stages(count):
    kept = []
    for _ in range(count):
        stage = Sequential([layers.Dense(1)])  # ok: all of them are meant
        kept.append(stage)
    return kept
