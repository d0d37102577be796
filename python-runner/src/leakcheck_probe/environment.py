"""What the worker's interpreter is."""

from __future__ import annotations

import os
import sys
from typing import Dict

from . import __version__, counters
from .report import Environment

# Libraries whose memory behaviour depends on their version.
MEASURED = ("numpy", "pandas", "torch", "tensorflow", "jax", "cupy", "scipy", "matplotlib", "pytest")

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
# These libraries take all memory of a device at the start, where nothing that a target keeps would show.
SHARING = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def describe() -> Environment:
    """The environment as this process sees it."""
    import platform  # slow to import, and only this job needs it

    _, counter = counters.bytes_counter()
    libc = " ".join(part for part in platform.libc_ver() if part)
    return Environment(
        probe=__version__,
        python=platform.python_version(),
        implementation=sys.implementation.name,
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        libc=libc or "unknown",
        counter=counter,
    )


def packages() -> Dict[str, str]:
    """Versions of the measured libraries that are loaded."""
    found = {}
    for name in MEASURED:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found[name] = version
    return found


def scrubbed(home: str, hash_seed: int, allocator: Dict[str, str]) -> Dict[str, str]:
    """The environment variables of a worker: nothing of ours but where programs and the language are.

    Tokens, proxies and PYTHONPATH stay behind. Threads of numeric libraries are kept to one: their pools would be
    counted as the target's memory.
    """
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "HOME": home,
        "TMPDIR": home,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        **SHARING,
        **allocator,
    }
