"""Small arrays, frames and tensors of fixed shape, for targets that have loaded the library themselves."""

from __future__ import annotations

import functools
from typing import Any

from .values import Value, loaded


def vectors() -> list[Value]:
    numpy = loaded("numpy")
    if not hasattr(numpy, "full"):
        return []
    return [Value("numpy.full((4, 3), 1.0)", functools.partial(_full, numpy), True, kind="ndarray")]


def frames() -> list[Value]:
    pandas = loaded("pandas")
    if not hasattr(pandas, "DataFrame"):
        return []
    return [
        Value(
            "pandas.DataFrame({'a': [1, 2, 3], 'b': [4, 5, 6]})",
            functools.partial(_frame, pandas),
            True,
            kind="DataFrame",
        )
    ]


def series() -> list[Value]:
    pandas = loaded("pandas")
    if not hasattr(pandas, "Series"):
        return []
    return [Value("pandas.Series([1, 2, 3])", functools.partial(_series, pandas), True, kind="Series")]


def tensors() -> list[Value]:
    torch = loaded("torch")
    if not hasattr(torch, "full"):
        return []
    return [Value("torch.full((4, 3), 1.0)", functools.partial(_tensor, torch), True, kind="Tensor")]


def learning(kind: str) -> list[Value]:
    """A model (Linear), optimiser (SGD), loader (list) or loss (MSELoss); they fit each other."""
    torch = loaded("torch")
    if not hasattr(torch, "nn"):
        return []
    made = [
        Value("torch.nn.Linear(3, 1)", functools.partial(_model, torch), True, kind="Linear"),
        Value("torch.optim.SGD(model.parameters(), lr=0.01)", functools.partial(_optimizer, torch), True, kind="SGD"),
        Value(
            "[(torch.full((4, 3), 1.0), torch.full((4, 1), 1.0))] * 2",
            functools.partial(_batches, torch),
            True,
            kind="list",
        ),
        Value("torch.nn.MSELoss()", functools.partial(_loss, torch), True, kind="MSELoss"),
    ]
    return [value for value in made if value.kind == kind]


def of_class(kind: type) -> list[Value]:
    """Values for a class of one of the libraries, else nothing."""
    makers = {
        ("numpy", "ndarray"): vectors,
        ("pandas", "DataFrame"): frames,
        ("pandas", "Series"): series,
        ("torch", "Tensor"): tensors,
    }
    return next((make() for (top, name), make in makers.items() if _named(kind, top, name)), _learning_of(kind))


def _learning_of(kind: type) -> list[Value]:
    wanted = {"Module": "Linear", "Optimizer": "SGD", "DataLoader": "list"}.get(kind.__name__)
    if wanted is None or not kind.__module__.startswith("torch."):
        return []
    return learning(wanted)


def _named(kind: type, top: str, name: str) -> bool:
    return kind.__name__ == name and kind.__module__.split(".")[0] == top


def _full(numpy: Any, index: int) -> Any:
    return numpy.full((4, 3), 1.0 + index)


def _frame(pandas: Any, index: int) -> Any:
    return pandas.DataFrame({"a": [index, 2, 3], "b": [4, 5, 6]})


def _series(pandas: Any, index: int) -> Any:
    return pandas.Series([index, 2, 3])


def _tensor(torch: Any, index: int) -> Any:
    return torch.full((4, 3), 1.0 + index % 1000)


def _model(torch: Any, index: int) -> Any:
    return torch.nn.Linear(3, 1)


def _optimizer(torch: Any, index: int) -> Any:
    return torch.optim.SGD(torch.nn.Linear(3, 1).parameters(), lr=0.01)


def _batches(torch: Any, index: int) -> Any:
    return [(torch.full((4, 3), 1.0), torch.full((4, 1), 1.0)) for _ in range(2)]


def _loss(torch: Any, index: int) -> Any:
    return torch.nn.MSELoss()
