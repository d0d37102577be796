"""Modules that remember their last pass."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.attn = None
        self.plain = None
        self.aux_loss = None
        self.state = torch.zeros(1)
        self.hidden = None
        self.cached = None

    def forward(self, x):
        scores = self.query(x) @ self.key(x).transpose(-2, -1)
        attn = torch.softmax(scores, dim=-1)
        self.attn = attn  # leak: tensor-kept-in-forward low
        self.last_scores = scores.detach()  # ok: without its graph
        self.size = x.shape  # ok: a shape
        self.aux_loss = attn.mean()  # ok: a term of the loss
        self.state = 0.9 * torch.tanh(self.state) * self.query(x)  # leak: tensor-kept-in-forward
        self.hidden = self.query(x)  # ok: another method sets it to None
        with torch.no_grad():
            self.cached = self.key(x)  # ok: no graph is made
        return attn

    def reset(self):
        self.hidden = None


class Plain:
    def forward(self, model, x):
        self.attn = model(x)  # ok: no module
        return x


class MultiHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(8, 8)

    def forward(self, x):
        self.attention_weights = F.softmax(self.proj(x), dim=-1)  # leak: tensor-kept-in-forward low
        return self.attention_weights


class Given(torch.nn.Module):
    def forward(self, q, k, v):
        self.attn = torch.softmax(q @ k.T, -1)  # leak: tensor-kept-in-forward low
        self.mask = torch.ones(3)  # ok: no graph
        return self.attn @ v


class Scored(nn.Module):
    def forward(self, x):
        self.attn = self.score(x).softmax(-1)  # leak: tensor-kept-in-forward low
        self.best = self.score(x).argmax(-1)  # ok: no graph
        return self.attn @ x
