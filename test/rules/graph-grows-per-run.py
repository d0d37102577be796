"""TensorFlow in graph mode: what is built once, and what is built for every step."""

import requests
import tensorflow as tf
import tensorflow.compat.v1 as tf1


def train(data):
    x = tf1.placeholder(tf.float32)
    y = tf1.square(x)
    with tf1.Session() as sess:
        sess.run(tf1.global_variables_initializer())  # ok: once for each session
        for value in data:
            z = tf.add(y, value)  # leak: graph-grows-per-run
            sess.run(z, feed_dict={x: value})


def main(data):
    sess = tf1.Session()
    weights = tf1.get_variable("weights", [2])
    for value in data:
        sess.run(weights.assign(value))  # leak: graph-grows-per-run
    sess.run(tf1.global_variables_initializer())  # ok: once


class Model:
    def __init__(self):
        self.sess = tf.compat.v1.Session()
        self.x = tf1.placeholder(tf.float32)
        self.out = tf.nn.relu(self.x)

    def predict(self, value):
        return self.sess.run(self.out, feed_dict={self.x: value})  # ok: built once

    def set_rate(self, rate):
        self.sess.run(tf1.assign(self.rate, rate))  # leak: graph-grows-per-run medium

    def norm(self, value):
        return tf.norm(value).eval(session=self.sess)  # leak: graph-grows-per-run medium

    def norms(self, values):
        for value in values:
            tf.norm(value).eval(session=self.sess)  # leak: graph-grows-per-run


with tf1.Session() as session:
    for step in range(1000):
        session.run(tf.constant(step))  # leak: graph-grows-per-run


def each_its_own(data):
    for value in data:
        with tf.Graph().as_default(), tf1.Session() as sess:
            sess.run(tf.constant(value))  # ok: a graph of its own


def eager(data):
    for value in data:
        tf.add(value, 1)  # ok: computed at once


def pages(urls):
    session = requests.Session()
    for url in urls:
        session.get(url)
        tf.strings.length(url)  # ok: no session of TensorFlow
