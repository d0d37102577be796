"""Training and evaluation loops that keep a record."""

import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import nn


def validate(model: nn.Module, loader, criterion) -> list:
    losses = []
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)
        losses.append(loss)  # leak: graph-kept-by-accumulation
    return losses


def average(model, loader) -> float:
    total = 0
    for inputs, targets in loader:
        loss = F.mse_loss(model(inputs), targets)
        total += loss  # leak: graph-kept-by-accumulation
    return total / len(loader)


def train(model, loader, optimiser) -> None:
    criterion = nn.CrossEntropyLoss()
    running = 0.0
    for inputs, targets in loader:
        optimiser.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimiser.step()
        running = running + loss  # leak: graph-kept-by-accumulation
    print(running)


class Trainer:
    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.criterion = nn.MSELoss()
        self.history = []
        self.by_epoch = {}

    def step(self, inputs, targets) -> None:
        loss = self.criterion(self.model(inputs), targets)
        self.history.append(loss)  # leak: graph-kept-by-accumulation

    def epoch(self, number: int, loader) -> None:
        for inputs, targets in loader:
            output = self.model(inputs)
            loss = self.criterion(output, targets)
            loss.backward()
            self.by_epoch[number] = loss.clone()  # leak: graph-kept-by-accumulation

    def evaluate(self, loader) -> float:
        scores = []
        with torch.no_grad():
            for inputs, targets in loader:
                scores.append(self.criterion(self.model(inputs), targets))  # ok: no graph is made
        return float(torch.stack(scores).mean())

    @torch.inference_mode()
    def predict(self, loader) -> list:
        outputs = []
        for inputs, _ in loader:
            outputs.append(self.model(inputs))  # ok: no graph is made
        return outputs

    def log(self, loader) -> list:
        record = []
        total = 0.0
        for inputs, targets in loader:
            loss = self.criterion(self.model(inputs), targets)
            loss.backward()
            record.append(loss.item())  # ok: a number
            record.append(float(loss))  # ok: a number
            record.append(loss.detach())  # ok: without its graph
            record.append(loss.detach().cpu())  # ok: without its graph
            record.append(loss.detach().cpu().numpy())  # ok: without its graph
            total += loss.item()  # ok: a number
        return record

    def chunked(self, chunks, optimiser) -> None:
        parts = []
        for inputs, targets in chunks:
            parts.append(self.criterion(self.model(inputs), targets))  # ok: backwarded below
        torch.stack(parts).mean().backward()
        optimiser.step()

    def summed(self, chunks) -> None:
        loss = 0
        for inputs, targets in chunks:
            loss += self.criterion(self.model(inputs), targets)  # ok: backwarded below
        loss.backward()


def rounds(prices: list) -> list:
    losses = []
    total = 0
    for price in prices:
        loss = price * 0.1
        losses.append(loss)  # ok: a plain number
        total += loss  # ok: a plain number
    return [*losses, total]


def train_mixed(model: nn.Module, loader, optimiser, scaler) -> float:
    losses = []
    shown = torch.zeros(1)
    for inputs, targets in loader:
        output, _ = model(inputs)
        loss = F.cross_entropy(output, targets)
        scaler.scale(loss).backward()
        scaler.step(optimiser)
        losses.append(loss)  # leak: graph-kept-by-accumulation
        shown += loss * len(inputs)  # leak: graph-kept-by-accumulation
    return sum(losses) / len(losses) + shown.item()


def embed(model: nn.Module, loader) -> list[float]:
    norms = [model(batch).norm() for batch in loader]  # leak: graph-kept-by-accumulation
    return [float(norm) for norm in norms]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 1)])
        self.aux = []

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def auxiliary_loss(self, heads, targets):
        loss = 0.0
        for head in heads:
            loss = loss + F.mse_loss(self(head), targets)  # ok: given back, the caller backwards it
        return loss


class Module(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.net = Net()
        self.training_outputs = []
        self.validation_outputs = []
        self.kept_outputs = []

    def training_step(self, batch, index):
        loss = F.mse_loss(self.net(batch), batch)
        self.training_outputs.append(loss)  # ok: emptied at the end of the epoch
        self.kept_outputs.append(loss)  # leak: graph-kept-by-accumulation
        return loss

    def on_train_epoch_end(self) -> None:
        self.log("loss", torch.stack(self.training_outputs).mean())
        self.training_outputs.clear()

    def validation_step(self, batch, index):
        self.validation_outputs.append(self.net(batch))  # ok: Lightning makes no graph here


class Reinforce:
    def __init__(self) -> None:
        self.policy = Net()
        self.log_probs = []
        self.values = []

    def act(self, state):
        action = self.policy(state)
        self.log_probs.append(action.log())  # ok: backwarded in finish
        self.values.append(action)  # ok: emptied in finish
        return action.argmax()

    def finish(self, rewards, optimiser) -> None:
        losses = []
        for log_prob, reward in zip(self.log_probs, rewards):
            losses.append(-log_prob * reward)
        torch.stack(losses).sum().backward()
        optimiser.step()
        del self.values[:]


def accumulate(model, loader, accelerator, optimiser) -> None:
    total = 0
    for inputs, targets in loader:
        total = total + F.mse_loss(model(inputs), targets)  # ok: accelerator backwards it
    mean = total / len(loader)
    accelerator.backward(mean)
    optimiser.step()


def with_closure(model, batches, optimiser) -> None:
    losses = [F.mse_loss(model(batch), batch) for batch in batches]  # ok: backwarded in the closure

    def closure():
        loss = sum(losses)
        loss.backward()
        return loss

    optimiser.step(closure)


def handed_on(model, loader, combine) -> None:
    parts = []
    for inputs, targets in loader:
        parts.append(F.mse_loss(model(inputs), targets))  # ok: combine may backward it
    combine(parts)


class Meter:
    def __init__(self) -> None:
        self.total = 0.0

    def update(self, loss) -> None:
        self.total += loss  # ok: nothing says that it has a graph


def each_step(model, loader, optimiser) -> None:
    for inputs, targets in loader:
        loss = F.mse_loss(model(inputs), targets)
        loss += 0.1 * model(inputs).abs().mean()  # ok: made anew in each step
        loss.backward()
        optimiser.step()


def evaluate_off(model, loader) -> list:
    outputs = []
    for inputs in loader:
        outputs.append(model(inputs))  # ok: called under no_grad
    return outputs


def report(model, loader) -> int:
    with torch.no_grad():
        return len(evaluate_off(model, loader))


def weighted(model, loader) -> float:
    average = 0.0
    for inputs, targets in loader:
        loss = F.mse_loss(model(inputs), targets)
        average = 0.9 * average + 0.1 * loss  # leak: graph-kept-by-accumulation
    return float(average)


class Smoother:
    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.count = 0
        self.mean = 0.0
        self.stats = {"loss": [], "norm": []}
        self.sums = {"loss": 0.0}
        self.all_outputs = torch.zeros(0)

    def step(self, inputs, targets) -> None:
        output = self.model(inputs)
        loss = F.mse_loss(output, targets)
        loss.backward()
        self.mean = (self.mean * self.count + loss) / (self.count + 1)  # leak: graph-kept-by-accumulation
        self.count += 1
        self.stats["loss"].append(loss)  # leak: graph-kept-by-accumulation
        self.sums["loss"] += loss  # leak: graph-kept-by-accumulation
        self.all_outputs = torch.cat([self.all_outputs, output])  # leak: graph-kept-by-accumulation


def detection(model, loader) -> None:
    history = {"box": [], "class": []}
    for images, targets in loader:
        losses = model(images, targets)
        for name, value in losses.items():
            history[name].append(value)  # leak: graph-kept-by-accumulation
        total = sum(losses.values())
        total.backward()


def by_backward(compute, loader, optimiser) -> None:
    losses = []
    norms = []
    for batch in loader:
        loss, norm = compute(batch)
        loss.backward()
        optimiser.step()
        losses.append({"loss": loss, "step": len(losses)})  # leak: graph-kept-by-accumulation
        norms.append(norm)  # ok: nothing says that it has a graph


def compute_loss(model, batch):
    return F.mse_loss(model(batch), batch)


def loss_value(model, batch):
    loss = F.mse_loss(model(batch), batch)
    return loss.item()


def with_helpers(model, loader) -> list[float]:
    first = []
    second = []
    for batch in loader:
        loss = compute_loss(model, batch)
        first.append(loss)  # leak: graph-kept-by-accumulation
        second.append(loss_value(model, batch))  # ok: the helper gives a number
    return [float(entry) for entry in first] + second


def compare(nets, batch) -> None:
    outputs = [net(batch) for net in nets]  # ok: one of each model
    print(outputs)


def generate(model, tokens):
    for _ in range(20):
        following = model(tokens).argmax(-1)
        tokens = torch.cat([tokens, following], dim=1)  # ok: indices have no graph
    return tokens


class Agent:
    def __init__(self) -> None:
        self.saved = []

    def learn(self) -> None:
        torch.stack(self.saved).sum().backward()
        self.saved = []


def act(reference, policy, state) -> None:
    agent = reference.local_value()
    agent.saved.append(policy(state))  # ok: a method of the agent sets it anew


losses = []
for x, y in loader:
    loss = crit(model(x), y)
    losses.append(loss)  # leak: graph-kept-by-accumulation


def train(model, loader, crit):
    losses = []
    for x, y in loader:
        loss = crit(model(x), y)
        losses.append(loss)  # leak: graph-kept-by-accumulation
    return losses


def collect(model, loader, crit):
    losses = []
    for x, y in loader:
        losses.append(crit(model(x), y))  # ok: the caller may backward them
    return losses
