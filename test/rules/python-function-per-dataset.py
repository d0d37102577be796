"""Pipelines of TensorFlow with Python functions in them."""

import functools

import numpy as np
import tensorflow as tf


def make(data, parse):
    return data.map(lambda x: tf.py_function(parse, [x], tf.float32))  # leak: python-function-per-dataset low


def handle_request(request):
    data = tf.data.Dataset.from_generator(request.rows, tf.int64)  # leak: python-function-per-dataset
    return data.map(lambda row: tf.numpy_function(np.sum, [row], tf.int64))  # leak: python-function-per-dataset


def train(paths):
    for path in paths:
        def load(x):
            return tf.py_function(np.load, [x], tf.float32)  # leak: python-function-per-dataset low

        yield tf.data.Dataset.from_tensors(path).map(load)


def epochs(rows):
    for epoch in range(100):
        data = tf.data.Dataset.from_generator(lambda: iter(rows), tf.int64)  # leak: python-function-per-dataset
        print(epoch, len(data))


@functools.cache
def cached(rows):
    return tf.data.Dataset.from_generator(rows, tf.int64)  # ok: cached


def direct(x):
    return tf.py_function(np.sum, [x], tf.float32)  # ok: not in a pipeline


def tensor_operations(data):
    return data.map(lambda x: tf.reduce_sum(x))  # ok: operations of TensorFlow


def main():
    print(tf.data.Dataset.from_generator(range, tf.int64))  # ok: once


data = tf.data.Dataset.from_generator(range, tf.int64)  # ok: at import
