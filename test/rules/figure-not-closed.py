"""Pictures drawn with pyplot: in loops, in handlers, in functions that save them."""

import base64
import io
import os

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pylab
import seaborn as sns
from flask import Flask
from matplotlib import pyplot
from matplotlib.figure import Figure

app = Flask(__name__)
figures = {}


def every_page(pages: list) -> None:
    for number, page in enumerate(pages):
        fig, ax = plt.subplots()  # leak: figure-not-closed
        ax.plot(page)
        fig.savefig(f"{number}.png")


def cleared_is_not_closed(pages: list) -> None:
    for page in pages:
        plt.figure(figsize=(4, 4))  # leak: figure-not-closed
        plt.plot(page)
        plt.savefig("page.png")
        plt.clf()


def only_the_last(pages: list) -> None:
    for page in pages:
        fig = plt.figure()  # leak: figure-not-closed
        fig.gca().plot(page)
        fig.savefig("page.png")
    plt.close()


def never_used(pages: list) -> None:
    for page in pages:
        figure, axes = pyplot.subplots(2, 2)  # leak: figure-not-closed medium
        axes[0, 0].plot(page)


def save_contours(cube, filename: str) -> None:
    fig = plt.figure(figsize=(15, 15), facecolor="w")  # leak: figure-not-closed medium
    axes = fig.gca()
    axes.contourf(cube)
    fig.savefig(filename, bbox_inches="tight", dpi=150)


def save_stamps(cube, filename: str) -> None:
    plt.figure(figsize=(10, 10))  # leak: figure-not-closed medium
    subplot = 1
    for member in cube:
        plt.subplot(2, 2, subplot)
        plt.contourf(member)
        subplot += 1
    plt.savefig(filename)


@app.route("/chart.png")
def chart():
    fig, ax = plt.subplots()  # leak: figure-not-closed medium
    ax.plot([1, 2, 3])
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue())


class Report:
    def pairs(self, frame: pd.DataFrame, path: str) -> None:
        grid = sns.pairplot(frame)  # leak: figure-not-closed medium
        grid.savefig(path)

    def bars(self, frame: pd.DataFrame, path: str) -> None:
        ax = frame.plot.bar()  # leak: figure-not-closed medium
        ax.get_figure().savefig(path)

    def lines(self, frame: pd.DataFrame, path: str) -> None:
        fig = frame.plot(title="lines").get_figure()  # leak: figure-not-closed medium
        fig.savefig(path)

    async def histogram(self, values: list, path: str) -> None:
        fig = pylab.figure()  # leak: figure-not-closed medium
        pylab.hist(values)
        pylab.savefig(path)


def gives_name_back(values: list, folder: str) -> str:
    import matplotlib.pyplot as mpl

    path = os.path.join(folder, "a.png")
    fig, (left, right) = mpl.subplots(1, 2)  # leak: figure-not-closed medium
    left.plot(values)
    fig.savefig(path)
    return path


def closes_another(values: list, path: str) -> None:
    first = plt.figure()  # leak: figure-not-closed medium
    second = plt.figure()
    first.savefig(path)
    second.savefig(path)
    plt.close(second)


def piled(pages: list) -> None:
    for page in pages:
        plt.plot(page)
        plt.savefig("page.png")  # leak: figure-not-closed medium


def piled_once(values: list, path: str) -> None:
    plt.plot(values)
    plt.savefig(path)  # leak: figure-not-closed low


def saved_or_shown(values: list, path: str = "") -> None:
    fig, ax = plt.subplots()  # leak: figure-not-closed low
    ax.plot(values)
    if path:
        fig.savefig(path)
    else:
        plt.show()


def piled_cleared(pages: list) -> None:
    for page in pages:
        plt.plot(page)
        plt.savefig("page.png")  # ok: cleared for the next one
        plt.clf()


def closed(pages: list) -> None:
    for page in pages:
        fig, ax = plt.subplots()  # ok: closed
        try:
            ax.plot(page)
            fig.savefig("page.png")
        finally:
            plt.close(fig)


def closed_together(pages: list) -> None:
    for page in pages:
        plt.figure()  # ok: closed, all of them
        plt.plot(page)
        plt.savefig("page.png")
    plt.close("all")


def given_back(values: list):
    fig, ax = plt.subplots()  # ok: the caller has it
    ax.plot(values)
    fig.savefig("copy.png")
    return fig


def axes_given_back(values: list, ax=None):
    if ax is None:
        fig = plt.figure()  # ok: the axes hold it
        ax = fig.add_subplot(111)
    ax.plot(values)
    return ax


def current_given_back(values: list):
    plt.figure()  # ok: the caller gets it
    plt.plot(values)
    plt.savefig("copy.png")
    return plt.gcf()


def yielded(pages: list):
    for page in pages:
        fig, ax = plt.subplots()  # ok: yielded
        ax.plot(page)
        yield fig


def stored(name: str) -> None:
    fig = plt.figure()  # ok: stored, somebody may close it
    figures[name] = fig
    fig.savefig(name)


class Window:
    def __init__(self) -> None:
        self.fig, self.ax = plt.subplots()  # ok: belongs to the object

    def save(self, path: str) -> None:
        self.fig.savefig(path)


def shown(pages: list) -> None:
    for page in pages:
        plt.figure()  # ok: the window closes it
        plt.plot(page)
        plt.show()


def numbered(pages: list) -> None:
    for page in pages:
        plt.figure(1)  # ok: the same figure again
        plt.clf()
        plt.plot(page)
        plt.savefig("page.png")
        fig = plt.figure(num="loss")  # ok: the same figure again
        fig.savefig("loss.png")


def without_pyplot(pages: list) -> None:
    for page in pages:
        fig = Figure()  # ok: pyplot does not know of it
        fig.subplots().plot(page)
        fig.savefig("page.png")


def finish(fig, path: str) -> None:
    fig.savefig(path)
    plt.close(fig)


def closed_by_helper(values: list, path: str) -> None:
    fig, ax = plt.subplots()  # ok: the helper closes it
    ax.plot(values)
    finish(fig, path)


def part_of_page(values: list, path: str) -> None:
    fig, ax = plt.subplots()  # ok: the caller closes it
    ax.plot(values)
    fig.savefig(path)


def page(values: list) -> None:
    part_of_page(values, "a.png")
    plt.close("all")


def on_given_axes(frame: pd.DataFrame, ax, path: str) -> None:
    axes = frame.plot(ax=ax)  # ok: draws on what it is given
    axes.get_figure().savefig(path)


def to_tracker(writer, pages: list) -> None:
    for page in pages:
        fig, ax = plt.subplots()  # ok: TensorBoard closes it
        ax.plot(page)
        writer.add_figure("page", fig)


def main() -> None:
    fig, ax = plt.subplots()  # ok: once
    ax.plot([1, 2])
    fig.savefig("all.png")


fig = plt.figure()  # ok: once
plt.savefig("module.png")

for step in range(1000):
    plt.figure()  # leak: figure-not-closed
    plt.plot([step])
    plt.savefig(f"{step}.png")
