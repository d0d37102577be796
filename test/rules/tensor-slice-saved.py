"""Tensors written to files."""

import torch
from torch import save as write

x = torch.rand(1000, 1000)
for i in range(10):
    torch.save(x[i], f"{i}.pt")  # leak: tensor-slice-saved
torch.save(x[:10], "head.pt")  # leak: tensor-slice-saved
torch.save(x[:, 0].detach(), "column.pt")  # leak: tensor-slice-saved
torch.save(x[:10].clone(), "copy.pt")  # ok: a copy
torch.save(x[[1, 2]], "rows.pt")  # ok: a copy
torch.save(x[:], "all.pt")  # ok: the whole tensor
torch.save(x, "all.pt")  # ok: the whole tensor


def keep(checkpoint, outputs, path):
    torch.save(checkpoint["model"], path)  # ok: an entry of a dict
    torch.save(outputs[0], path)  # leak: tensor-slice-saved
    torch.save({"x": outputs}, path)  # ok: the whole tensor
    write(outputs[-1], path)  # leak: tensor-slice-saved
