import csv
import json

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class DS(Dataset):
    def __init__(self, path):
        self.items = [json.loads(l) for l in open(path)]  # leak: dataset-of-python-objects

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


class Annotated(torch.utils.data.Dataset):
    def __init__(self, path, root):
        self.root = root
        with open(path) as file:
            self.annotations = json.load(file)  # leak: dataset-of-python-objects
            self.rows = list(csv.DictReader(file))  # leak: dataset-of-python-objects
        self.names = [entry.name for entry in self.annotations]  # ok: nothing reads it
        self.numbers = np.array([1, 2, 3])  # ok: one buffer
        self.empty = []  # ok: nothing is in it

    def __getitem__(self, i):
        return self.annotations[i], self.rows[i], self.numbers[i]


class Reader:
    def __init__(self, path):
        self.items = [json.loads(l) for l in open(path)]  # ok: no dataset

    def __getitem__(self, i):
        return self.items[i]


loader = DataLoader(DS("x"), num_workers=4)
