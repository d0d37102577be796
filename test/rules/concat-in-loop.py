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


def receive(sock, size):
    data = b""
    while len(data) < size:
        data += sock.recv(4096)  # leak: concat-in-loop
    return data


async def body(stream, response):
    content = bytes()
    async for chunk in stream:
        content += chunk  # leak: concat-in-loop
    answer = b""
    while True:
        piece = await response.read(100)
        if not piece:
            return answer + content
        answer += piece  # leak: concat-in-loop


def room_to_grow(sock):
    data = bytearray()
    text = ""
    parts = []
    while True:
        data += sock.recv(4096)  # ok: a bytearray
        text += sock.read()  # ok: text
        parts += sock.read()  # ok: a list


def messages(sock):
    while True:
        message = b""
        message += sock.recv(4)  # ok: begins anew in each turn
        yield message


def header(fields):
    line = b""
    for field in fields:
        line += field.name  # ok: a few bytes for each
        line += b"; "  # ok: a constant
    return line


def word(file):
    token = b""
    while len(token) < 10:
        token += file.read(1)  # ok: a few bytes
    return token
