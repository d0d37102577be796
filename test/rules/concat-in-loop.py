import numpy as np
import pandas as pd
import torch
from numpy import concatenate


def load(paths):
    df = pd.DataFrame()
    for p in paths:
        df = pd.concat([df, pd.read_csv(p)])  # leak: concat-in-loop
    return df


def arrays(parts, out):
    found = np.array([])
    while parts:
        found = np.append(found, parts.pop())  # leak: concat-in-loop
        out = concatenate((out, found), axis=0)  # leak: concat-in-loop
    return found, out


def branches(rows):
    table = None
    for row in rows:
        if table is not None:
            table = np.vstack([table, row])  # leak: concat-in-loop
    return table


def tensors(loader):
    outputs = torch.empty(0)
    for batch in loader:
        outputs = torch.cat([outputs, batch], dim=0)  # leak: concat-in-loop
    return outputs


def padded(rows, pad):
    for row in rows:
        row = np.append(row, pad)  # ok: begins anew in each turn
        yield row


def fresh(rows, pad):
    for row in rows:
        line = np.array(row)
        line = np.append(line, pad)  # ok: begins anew in each turn
        yield line


def once(a, b):
    a = np.append(a, b)  # ok: no loop
    return a


def collected(paths):
    parts = []
    for p in paths:
        parts.append(pd.read_csv(p))
    return pd.concat(parts)  # ok: joined once
