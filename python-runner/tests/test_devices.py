"""Memory of graphics devices: the judge on scripted readings, PyTorch's adapter on a stand-in, JAX and TensorFlow for real."""

from __future__ import annotations

import gc
import inspect
import json
import os
import subprocess
import sys
import time
import tracemalloc
import unittest
from typing import Any, Callable, Dict, List, Optional
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from leakcheck_probe.calls import Calls
from leakcheck_probe.devices import Devices, Reading, loaded_devices
from leakcheck_probe.devices.torch_cuda import TorchCuda
from leakcheck_probe.devices.torch_stacks import TorchStacks
from leakcheck_probe.judge.devices import allocated_grows, device_notes, device_rate, judge_devices, judge_pool
from leakcheck_probe.judge.growth import Window
from leakcheck_probe.recipes.growth import on_device
from leakcheck_probe.windows import measure
from torch_stand_in import Cuda, stand_in

MIB = 1 << 20
SIZES = [8 << (number // 2) for number in range(18)]
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "src")
FRAMEWORKS = os.path.join(HERE, "..", "..", ".cache", "frameworks", "bin", "python")
NOTHING: Callable[[int], float] = lambda n: 0  # noqa: E731


def windows_of(allocated: Callable[[int], float], reserved: Callable[[int], float] = NOTHING) -> List[Window]:
    windows, calls = [], 8
    for size in SIZES:
        changes = [int(level(calls + size)) - int(level(calls)) for level in (allocated, reserved)]
        windows.append(Window(size, 0, 0, device=(*changes, 0, 0)))
        calls += size
    return windows


class Scripted(unittest.TestCase):
    def reason(self, windows: List[Window], end: Optional[str] = None) -> Optional[str]:
        for used in range(1, len(windows) + 1):
            decision = judge_devices(windows[:used], end if used == len(windows) else None)
            if decision is not None:
                return decision.reason
        return None

    def test_a_tensor_a_call(self) -> None:
        reason = self.reason(windows_of(lambda n: 12 * MIB * n))
        self.assertEqual(reason, "12 MiB of GPU memory stayed per call over 368 calls")

    def test_half_a_step_a_call(self) -> None:
        self.assertIsNotNone(self.reason(windows_of(lambda n: 512 * (n // 2))))

    def test_a_list_of_losses_that_doubles(self) -> None:
        self.assertIsNotNone(self.reason(windows_of(lambda n: 512 * n + (1 << max(9, n.bit_length())))))

    def test_a_cache_that_fills(self) -> None:
        for size in (4, 32, 100, 250):
            self.assertIsNone(self.reason(windows_of(lambda n, s=size: MIB * min(n, s))), size)  # type: ignore[misc]

    def test_one_time_workspaces(self) -> None:
        for at in (10, 60, 200):
            self.assertIsNone(self.reason(windows_of(lambda n, a=at: 8 * MIB if n > a else 0)), at)  # type: ignore[misc]

    def test_only_the_pool_grows(self) -> None:
        self.assertIsNone(self.reason(windows_of(NOTHING, lambda n: 2 * MIB * n)))

    def test_windows_without_devices(self) -> None:
        windows = [Window(size, 0, 0) for size in SIZES]
        self.assertIsNone(self.reason(windows, "the time was up"))
        self.assertFalse(allocated_grows([]))
        self.assertEqual(device_rate([]), 0.0)

    def test_few_calls_when_the_device_is_full(self) -> None:
        windows = [Window(1, 0, 0, device=(200 * MIB, 200 * MIB, 0, 0))] * 6
        self.assertIsNone(self.reason(windows[:5], "1000 MiB of GPU memory were held"))
        self.assertIsNotNone(self.reason(windows, "1200 MiB of GPU memory were held"))


class Pool(unittest.TestCase):
    first = Reading(MIB, 20 * MIB, 0, 400 * MIB)

    def outcome(self, last: Reading, released: Reading, reserved: Callable[[int], float]) -> Optional[str]:
        decision = judge_pool(windows_of(NOTHING, reserved), self.first, last, released)
        return decision.outcome if decision else None

    def test_holes_that_emptying_gives_back(self) -> None:
        last = Reading(MIB, 420 * MIB, 10 * MIB, 800 * MIB)
        self.assertEqual(self.outcome(last, self.first, lambda n: n * MIB), "fragmentation")

    def test_pieces_between_tensors(self) -> None:
        last = Reading(3 * MIB, 420 * MIB, 350 * MIB, 800 * MIB)
        self.assertEqual(self.outcome(last, last, lambda n: n * MIB), "fragmentation")

    def test_a_pool_as_large_as_the_work_needs(self) -> None:
        last = Reading(MIB, 420 * MIB, 0, 800 * MIB)
        self.assertIsNone(self.outcome(last, self.first, lambda n: 400 * MIB if n > 16 else 0))

    def test_a_pool_in_use(self) -> None:
        last = Reading(400 * MIB, 420 * MIB, 0, 800 * MIB)
        self.assertIsNone(self.outcome(last, last, lambda n: n * MIB))

    def test_a_small_pool(self) -> None:
        self.assertIsNone(self.outcome(Reading(MIB, 60 * MIB, 0, 440 * MIB), self.first, lambda n: n * MIB))

    def test_notes(self) -> None:
        self.assertEqual(device_notes(self.first, self.first), [])
        self.assertIn("keeps 80 MiB", device_notes(self.first, Reading(MIB, 100 * MIB, 0, 480 * MIB))[0])
        self.assertIn("driver counts 100 MiB", device_notes(self.first, self.first._replace(driver=500 * MIB))[0])


class Torch(unittest.TestCase):
    """The adapter, and whole measurements, on a device with a real caching allocator behind it, if no real device."""

    def setUp(self) -> None:
        self.torch = stand_in()
        self.kept: List[Any] = []
        patch = mock.patch.dict(sys.modules, {"torch": self.torch})
        patch.start()
        self.addCleanup(patch.stop)
        self.addCleanup(tracemalloc.stop)
        self.addCleanup(gc.enable)
        self.addCleanup(gc.unfreeze)

    def measured(self, run: Callable[[int], object]) -> Any:
        devices = Devices(loaded_devices())
        self.assertTrue(devices)
        windows, decision = measure(Calls(run, time.monotonic() + 20), devices=devices)
        return decision, windows, devices

    def test_what_the_first_use_takes_is_there_before(self) -> None:
        device = TorchCuda(self.torch)
        self.assertEqual((device.kind, device.name), ("gpu", "Stand-in"))
        device.settle()
        self.assertEqual(device.read().allocated, 0)
        self.assertEqual(self.torch.cuda.calls, ["manual_seed", "synchronize", "clear"])

    def test_a_reading_after_an_allocation(self) -> None:
        device = TorchCuda(self.torch)
        before = device.read()
        tensor = self.torch.ones(1000, device="cuda")
        after = device.read()
        self.assertEqual(after.allocated - before.allocated, 4096)
        self.assertEqual((after.reserved, after.inactive), (2 * MIB, 2 * MIB - 4096))
        self.assertEqual(after.driver, (300 << 20) + 2 * MIB)
        del tensor
        device.release()
        self.assertEqual(device.read().reserved, 0)

    def test_no_device(self) -> None:
        with mock.patch.dict(sys.modules, {"torch": stand_in(available=False)}):
            self.assertEqual(loaded_devices(), [])

    def test_a_library_that_breaks(self) -> None:
        with mock.patch.object(Cuda, "mem_get_info", side_effect=RuntimeError("driver shut down")):
            self.assertEqual(loaded_devices(), [])

    def test_a_leak(self) -> None:
        decision, windows, devices = self.measured(
            lambda n: self.kept.append(self.torch.ones(256, 1024, device="cuda"))
        )
        self.assertEqual(decision.outcome, "leak", decision.reason)
        self.assertIn("1 MiB of GPU memory stayed per call", decision.reason)
        self.assertEqual(device_rate(windows), MIB)
        found = on_device(devices, True)
        assert found is not None
        self.assertEqual((found.kind, found.name, found.unverified), ("gpu", "Stand-in", False))
        self.assertEqual(found.allocated, MIB * sum(window.calls for window in windows))

    def test_a_large_leak_stops_in_time(self) -> None:
        decision, windows, _ = self.measured(lambda n: self.kept.append(self.torch.ones(100, MIB, device="cuda")))
        self.assertEqual(decision.outcome, "leak", decision.reason)
        self.assertLess(sum(window.calls for window in windows), 40)

    def test_temporaries(self) -> None:
        decision, windows, _ = self.measured(lambda n: self.torch.ones(256, 1024, device="cuda"))
        self.assertNotEqual(decision.outcome, "leak", decision.reason)
        self.assertFalse(allocated_grows(windows))

    def test_a_pool_that_grows_with_nothing_in_it(self) -> None:
        # Every block is a little larger than all before: none that the pool keeps fits. The stand-in's own lists of segments
        # grow in ordinary memory, so the pool's judge is asked itself.
        _, windows, devices = self.measured(
            lambda n: self.torch.ones((20 * MIB + (n - 1000) * 65536) // 4, device="cuda")
        )
        decision = judge_pool(windows, devices.first, devices.last, devices.after_release())
        assert decision is not None
        self.assertEqual(decision.outcome, "fragmentation", decision.reason)
        self.assertIn("emptying the cache gives", decision.reason)
        self.assertEqual(devices.held, 0)

    def test_a_ring_of_tensors(self) -> None:
        def run(index: int) -> None:
            self.kept.append(self.torch.ones(1024, device="cuda"))
            del self.kept[:-20]

        decision, _, _ = self.measured(run)
        self.assertNotEqual(decision.outcome, "leak", decision.reason)

    def test_a_fallback_to_the_cpu_says_so(self) -> None:
        found = on_device(Devices([]), True)
        assert found is not None
        self.assertEqual((found.kind, found.unverified), ("cpu", True))
        self.assertIsNone(on_device(Devices([]), False))

    def test_lines_that_made_what_is_left(self) -> None:
        stacks = TorchStacks(lambda name: name[6:] if name.startswith("/tree/") else None)
        stacks.start()
        frames = [{"filename": "/lib/torch.py", "line": 1}, {"filename": "/tree/app/train.py", "line": 12}]
        block = {"state": "active_allocated", "size": 1024, "frames": frames}
        old = {"state": "active_allocated", "size": 512, "history": [{"frames": frames}]}
        free = {"state": "inactive", "size": 4096, "frames": frames}
        snapshot = {"segments": [{"blocks": [block, block, free, {"state": "active_allocated", "size": 8}]}]}
        with mock.patch.object(self.torch.cuda.memory, "_snapshot", return_value=snapshot):
            self.assertEqual(stacks.surviving(), [(("app/train.py", 12), 2048, 2)])
        with mock.patch.object(self.torch.cuda.memory, "_snapshot", return_value=[{"blocks": [old]}]):
            self.assertEqual(stacks.surviving(), [(("app/train.py", 12), 512, 1)])


def asked(python: str, code: str) -> Optional[Dict[str, Any]]:
    """What another Python prints as JSON; None where it is not there or cannot import what it needs."""
    if not os.path.exists(python):
        return None
    variables = {**os.environ, "PYTHONPATH": SOURCE, "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [python, "-c", code], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    found: Dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class RealLibraries(unittest.TestCase):
    def test_the_stand_in_has_the_signatures_of_pytorch(self) -> None:
        names = [name for name in vars(Cuda) if not name.startswith("_") and name not in ("allocate", "free")]
        code = (
            "import inspect, json, torch\n"
            f"found = {{n: list(inspect.signature(getattr(torch.cuda, n)).parameters) for n in {names!r}}}\n"
            "found['_snapshot'] = list(inspect.signature(torch.cuda.memory._snapshot).parameters)\n"
            "print(json.dumps(found))"
        )
        real = asked("/usr/bin/python3", code)
        if real is None:
            self.skipTest("PyTorch is not installed")
        for name, parameters in real.items():
            mine = list(inspect.signature(getattr(stand_in().cuda, name)).parameters)
            self.assertEqual(mine, parameters[: len(mine)], name)

    def test_pytorch_without_a_device(self) -> None:
        code = (
            "import json, torch\nfrom leakcheck_probe.devices import loaded_devices\n"
            "print(json.dumps({'devices': len(loaded_devices()), 'cuda': torch.cuda.is_available()}))"
        )
        found = asked("/usr/bin/python3", code)
        if found is None or found["cuda"]:
            self.skipTest("PyTorch is not installed, or has a device")
        self.assertEqual(found["devices"], 0)

    def test_jax_on_its_cpu(self) -> None:
        code = (
            "import json, jax, jax.numpy as jnp\nfrom leakcheck_probe.devices.jax_arrays import JaxArrays\n"
            "device = JaxArrays(jax)\ndevice.settle()\nbefore = device.read()\nkept = jnp.ones((256, 1024))\n"
            "device.settle()\nafter = device.read()\ndel kept\ndevice.settle()\n"
            "print(json.dumps([device.kind, device.name, after.allocated - before.allocated,"
            " device.read().allocated - before.allocated]))"
        )
        found = asked(FRAMEWORKS, code)
        if found is None:
            self.skipTest("JAX is not installed")
        self.assertEqual(found, ["cpu", "cpu", MIB, 0])

    def test_tensorflow_without_a_device(self) -> None:
        code = (
            "import json, tensorflow\nfrom leakcheck_probe.devices import loaded_devices\n"
            "gpus = tensorflow.config.list_logical_devices('GPU')\n"
            "told = callable(tensorflow.config.experimental.get_memory_info)\n"
            "wait = callable(tensorflow.test.experimental.sync_devices)\n"
            "tensorflow.test.experimental.sync_devices()\n"
            "print(json.dumps({'gpus': len(gpus), 'devices': len(loaded_devices()), 'told': told, 'wait': wait}))"
        )
        found = asked(FRAMEWORKS, code)
        if found is None or found["gpus"]:
            self.skipTest("TensorFlow is not installed, or has a device")
        self.assertEqual(found, {"gpus": 0, "devices": 0, "told": True, "wait": True})


if __name__ == "__main__":
    unittest.main()
