"""What is kept of many records and buffers, and what is not."""

import csv
import json
import pickle
import zlib

_emails = {}


class Catalogue:
    def __init__(self):
        self.titles = []
        self.names = set()

    def refresh(self, path):
        with open(path) as file:
            books = json.load(file)
        self.titles = [book["title"] for book in books]  # leak: survivor-among-temporaries
        return len(books)

    def load(self, path):
        with open(path) as file:
            rows = [line.split(",") for line in file]
        self.names = {row[0] for row in rows}  # leak: survivor-among-temporaries

    def stream(self, path):
        with open(path) as file:
            self.names = {row[0] for row in csv.reader(file)}  # ok: one at a time


def handle_upload(body):
    users = json.loads(body)
    _emails[users[0]["team"]] = {user["id"]: user.get("mail") for user in users}  # leak: survivor-among-temporaries


def valid(path):
    with open(path, "rb") as file:
        rows = pickle.load(file)
    return [row for row in rows if row.is_valid]  # leak: survivor-among-temporaries


def read_table(file):
    rows = list(csv.DictReader(file))
    return {row["name"]: row["price"] for row in rows}  # leak: survivor-among-temporaries


def digests(paths):
    raw = []
    heads = []
    for path in paths:
        page = path.read_bytes()
        raw.append(page)
        heads.append(page[:1000])  # leak: survivor-among-temporaries
    print(sum(map(len, raw)))
    return heads


class Archive:
    def __init__(self):
        self.packed = []

    def add_all(self, sizes):
        pages = []
        for size in sizes:
            page = bytes(size)
            pages.append(page)
            self.packed.append(zlib.compress(page))  # leak: survivor-among-temporaries
        return len(pages)


def one_at_a_time(paths):
    heads = []
    for path in paths:
        page = path.read_bytes()
        heads.append(page[:1000])  # ok: each page goes before the next
    return heads


def lengths(body):
    users = json.loads(body)
    return [len(user["name"]) for user in users]  # ok: computed from them


def all_of_them(body):
    users = json.loads(body)
    _emails[body] = users
    return [user["name"] for user in users]  # ok: all of the records stay


def nothing(body):
    users = json.loads(body)
    names = [user["name"] for user in users]  # ok: nothing stays
    print(names)


def few():
    rows = [(number, str(number)) for number in range(100)]
    return [row[1] for row in rows]  # ok: few


def literal():
    rows = json.loads('[{"a": 1}]')
    return [row["a"] for row in rows]  # ok: few


def main():
    rows = json.load(open("books.json"))
    _emails.update({row["id"]: row["mail"] for row in rows})  # ok: once, at the start
