"""Tar archives that are read from front to back."""

import sys
import tarfile
from tarfile import open as open_tar


def count(path):
    files = 0
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:  # leak: tar-members-kept
            files += member.isfile()
    return files


def read(pipe):
    stream = tarfile.open(fileobj=pipe, mode="r|*")
    for number, member in enumerate(stream):  # leak: tar-members-kept
        if member.isfile():
            yield number, stream.extractfile(member).read()


def samples(url):
    stream = open_tar(fileobj=url, mode="r|")
    for member in stream:  # ok: forgets them
        yield stream.extractfile(member).read()
        stream.members = []


def newer(url):
    with tarfile.open(fileobj=url, mode="r|", stream=True) as archive:
        for member in archive:  # ok: opened as a stream that keeps none
            yield member.name


def names(path):
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:  # ok: a file that can be read anywhere
            yield member.name


def first(pipe):
    archive = tarfile.open(fileobj=pipe, mode="r|")
    for member in archive:  # ok: ends with the first
        print(member.name)
        break


if __name__ == "__main__":
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        for member in archive:
            print(member.name)
