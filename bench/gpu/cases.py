"""CUDA cases for `bench/gpu.py`: the name of each function says whether memory of the device stays with every call.

`leak_`: it stays. `clean_`: it does not. `cycle_`: only the collector lets it go. `fragments_`: the pool grows with nothing in it. `LEAKCHECK_BENCH_DEVICE=cpu` runs the same
code without a device, to see that it is right.
"""

import os
from collections import deque
from typing import Any, Dict, List, Optional

import torch
from torch import nn

DEVICE = os.environ.get("LEAKCHECK_BENCH_DEVICE", "cuda")
MODEL = nn.Linear(64, 64).to(DEVICE)
NETWORK = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)).to(DEVICE)
OPTIMIZER = torch.optim.SGD(NETWORK.parameters(), lr=0.01)
RECURRENT = nn.GRUCell(16, 16).to(DEVICE)


def batch(rows: int = 128) -> torch.Tensor:
    return torch.ones(rows, 64, device=DEVICE)


# A loss that is summed up without `.item()` keeps the graph of every step.
TOTAL: Dict[str, Any] = {"loss": 0.0}


def leak_graph_by_accumulation() -> None:
    TOTAL["loss"] = TOTAL["loss"] + NETWORK(batch()).mean()


def clean_loss_as_number() -> None:
    TOTAL["number"] = TOTAL.get("number", 0.0) + NETWORK(batch()).mean().item()


OUTPUTS: List[torch.Tensor] = []


def leak_outputs_in_list() -> None:
    OUTPUTS.append(MODEL(batch()))


def leak_outputs_detached_in_list() -> None:
    OUTPUTS.append(MODEL(batch()).detach())


LAST: "deque[torch.Tensor]" = deque(maxlen=16)


def clean_ring_of_outputs() -> None:
    LAST.append(MODEL(batch()).detach())


ON_HOST: List[float] = []


def clean_training_step() -> None:
    OPTIMIZER.zero_grad(set_to_none=True)
    loss = NETWORK(batch()).mean()
    loss.backward()
    OPTIMIZER.step()


CAPTURED: List[torch.Tensor] = []


def leak_hook_per_call() -> None:
    buffer = batch()
    MODEL.register_forward_hook(lambda module, given, output: CAPTURED.extend([buffer][:0]))


def clean_hook_removed() -> None:
    buffer = batch()
    handle = MODEL.register_forward_hook(lambda module, given, output: CAPTURED.extend([buffer][:0]))
    MODEL(buffer)
    handle.remove()


STATE: Dict[str, Optional[torch.Tensor]] = {"hidden": None, "detached": None}


def leak_hidden_state_not_detached() -> None:
    hidden = STATE["hidden"]
    start = torch.zeros(8, 16, device=DEVICE) if hidden is None else hidden
    STATE["hidden"] = RECURRENT(torch.ones(8, 16, device=DEVICE), start)


def clean_hidden_state_detached() -> None:
    hidden = STATE["detached"]
    start = torch.zeros(8, 16, device=DEVICE) if hidden is None else hidden
    STATE["detached"] = RECURRENT(torch.ones(8, 16, device=DEVICE), start).detach()


KEPT: List[torch.Tensor] = []


def leak_despite_empty_cache() -> None:
    KEPT.append(batch())
    if DEVICE == "cuda":
        torch.cuda.empty_cache()


def clean_without_empty_cache() -> None:
    for rows in (16, 4096, 64, 1024):
        batch(rows)


VIEWS: List[torch.Tensor] = []


def leak_view_of_large_tensor() -> None:
    VIEWS.append(batch(4096)[:1])


GROWING: List[torch.Tensor] = [torch.zeros(1, 64, device=DEVICE)]


def leak_tensor_grows_in_place() -> None:
    GROWING[0] = torch.cat([GROWING[0], batch(16)])


BY_NAME: Dict[str, torch.Tensor] = {}


def leak_cache_by_key(name: str) -> None:
    if name not in BY_NAME:
        BY_NAME[name] = batch()


def clean_cache_of_one_key() -> None:
    if "only" not in BY_NAME:
        BY_NAME["only"] = batch()


def leak_pinned_then_kept() -> None:
    if DEVICE == "cuda":
        KEPT.append(torch.ones(128, 64, pin_memory=True).to(DEVICE, non_blocking=True))
    else:
        KEPT.append(batch())


def clean_pinned() -> None:
    if DEVICE == "cuda":
        torch.ones(128, 64, pin_memory=True).to(DEVICE, non_blocking=True)
    else:
        batch()


STREAMS: List[Any] = [torch.cuda.Stream() for _ in range(2)] if DEVICE == "cuda" else [None, None]


def clean_on_streams() -> None:
    for stream in STREAMS:
        if stream is None:
            batch().sum()
            continue
        with torch.cuda.stream(stream):
            batch().sum()


def leak_on_stream() -> None:
    stream = STREAMS[0]
    if stream is None:
        KEPT.append(batch())
        return
    with torch.cuda.stream(stream):
        KEPT.append(batch())


SIZES = {"next": 5 * 1024 * 1024}


def fragments_growing_sizes() -> None:
    """Every block is a little larger than all before: none that the pool keeps fits."""
    SIZES["next"] += 16 * 1024
    torch.empty(SIZES["next"], device=DEVICE)


class Node:
    def __init__(self) -> None:
        self.values = batch()
        self.me = self


def cycle_with_tensor() -> None:
    Node()


def clean_without_cycle() -> None:
    node = Node()
    del node.me


def leak_exception_with_tensor() -> None:
    try:
        values = batch()
        raise ValueError(values.shape)
    except ValueError as error:
        ERRORS.append(error)


ERRORS: List[ValueError] = []


def clean_no_grad_inference() -> float:
    with torch.no_grad():
        return float(NETWORK(batch()).sum())
