"""Work that may not fit into memory, and what is tried instead."""

import gc
import logging

import torch
from torch.cuda import OutOfMemoryError as OOM

from engine import management, run_model

log = logging.getLogger(__name__)


class Decoder:
    def decode(self, samples, options={}):
        pixels = None
        try:
            out = self.model.decode(samples.to(self.device), **options)
            pixels = out.float()
        except management.OOM_EXCEPTION:  # leak: retry-in-memory-handler
            log.warning("out of memory, retrying with tiles")
            if samples.ndim == 2:
                pixels = self.decode_tiled(samples)
            else:
                pixels = self.decode_tiled_3d(samples, tile=256)
        return pixels

    def halves(self, batch):
        try:
            return self.model(batch)
        except torch.cuda.OutOfMemoryError:  # leak: retry-in-memory-handler
            torch.cuda.empty_cache()
            first, second = batch.chunk(2)
            return torch.cat([self.halves(first), self.halves(second)])

    def on_cpu(self, batch):
        try:
            return self.model(batch)
        except RuntimeError as error:  # leak: retry-in-memory-handler
            if "out of memory" not in str(error):
                raise
            gc.collect()
            return self.model.cpu()(batch.cpu())

    def flagged(self, batch):
        failed = False
        try:
            return self.model(batch)
        except OOM:  # ok: sets a flag, works after the handler
            failed = True
        if failed:
            return self.model(batch[:1])

    def reported(self, batch):
        try:
            return self.model(batch)
        except OOM as error:  # ok: reports and raises
            log.error("batch of %d does not fit", len(batch))
            torch.cuda.empty_cache()
            raise RuntimeError(len(batch)) from error

    def skipped(self, batch):
        try:
            return self.model(batch)
        except torch.OutOfMemoryError:  # ok: gives up
            gc.collect()
            return None

    def other(self, batch):
        try:
            return self.model(batch)
        except RuntimeError as error:  # ok: not about memory
            if "shape" in str(error):
                return self.model(batch.T)
            raise


def total(values):
    try:
        return sum(sorted(values))
    except MemoryError:  # leak: retry-in-memory-handler
        return sum(values)


def attempt(batch, size=64):
    try:
        return run_model(batch, size)
    except (OOM, ValueError):  # leak: retry-in-memory-handler
        return attempt(batch, size // 2)


def loop(batches, size):
    for batch in batches:
        while True:
            try:
                run_model(batch, size)
                break
            except OOM:  # ok: the next turn of the loop tries again, after the handler
                size //= 2
