"""Step outputs of Lightning modules and callbacks."""

import lightning.pytorch as pl
import torch
from lightning.pytorch import Callback


class Classifier(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.validation_step_outputs = []
        self.test_step_outputs: list = []
        self.train_outputs = []
        self.numbers = []
        self.reset_outputs = []

    def validation_step(self, batch, batch_idx):
        loss = self.shared(batch)
        self.validation_step_outputs.append(loss)  # leak: step-outputs-not-cleared
        self.reset_outputs.append(loss)  # ok: set anew when the epoch starts
        return loss

    def test_step(self, batch, batch_idx):
        self.test_step_outputs.append({"y": batch})  # ok: cleared at the end of the epoch
        self.numbers.append(batch.mean().item())  # ok: plain numbers

    def on_validation_epoch_start(self) -> None:
        self.reset_outputs = []

    def on_validation_epoch_end(self) -> None:
        self.log("loss", torch.stack(self.validation_step_outputs).mean())

    def on_test_epoch_end(self) -> None:
        self.log("size", len(self.test_step_outputs))
        self.test_step_outputs.clear()


class Recorder(Callback):
    def __init__(self) -> None:
        self.outputs = []
        self.kept = []

    def on_validation_batch_end(self, trainer, pl_module, outputs, batch, batch_idx) -> None:
        self.outputs.append(outputs)  # leak: step-outputs-not-cleared
        self.kept.append(outputs)  # ok: trimmed
        del self.kept[:-10]


class Plain:
    def __init__(self) -> None:
        self.outputs = []

    def step(self, batch) -> None:
        self.outputs.append(batch)  # ok: no step of Lightning
