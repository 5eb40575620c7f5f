"""Functions of ``jax_resample.compat`` against their packages: the same random call of both.

A function's calls come from ``random_calls.py``, from the strategies of the live tests, or, where those say
all there is to say, from recorded values (``recorded_calls.py``). A public function of a compat module that
is in none of them shows as not measured.
"""

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import hypothesis
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from jax_resample import compat

from .conventions import portable_opencv
from .measure import Pair, gather
from .packages import told
from .random_calls import CALLS, Random, Rng
from .recorded_calls import RECORDED


def names() -> list[str]:
    """``module.function`` of every public function of every compat module."""
    modules = sorted(m.name for m in pkgutil.iter_modules(compat.__path__) if not m.name.startswith("_"))
    found = []
    for module in modules:
        imported = importlib.import_module(f"{compat.__name__}.{module}")
        home = {name: getattr(imported, name) for name in getattr(imported, "__all__", ())}
        found += [f"{module}.{name}" for name, value in home.items() if inspect.isroutine(value)]
    return found


def measure(name: str, count: int) -> dict[str, Any] | None:
    """The figures of a function, or None where nothing compares it."""
    module, function = name.split(".")
    if module == "opencv":
        portable_opencv()
    if name in CALLS:
        real, random = CALLS[name]
        return gather(told(module), _both(name, real, random, count))
    if name in DRAWN:
        return gather(told(module), DRAWN[name](count))
    if module in RECORDED and (pairs := list(RECORDED[module].pairs(function, ours(name)))):
        return gather(f"{RECORDED[module].source or told(module)}, recorded", pairs)
    return None


def ours(name: str) -> Callable[..., Any]:
    """The function by its name on the page."""
    module, function = name.split(".")
    return getattr(importlib.import_module(f"{compat.__name__}.{module}"), function)


def _both(name: str, real: str, random: Callable[[Rng], Random], count: int) -> Iterator[Pair]:
    package, function = real.rsplit(".", 1)
    theirs = getattr(importlib.import_module(package), function)
    for number in range(count):
        arrays, options = random(np.random.default_rng(number))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = theirs(*arrays, **options)
        yield Pair(np.asarray(ours(name)(*map(jnp.asarray, arrays), **options)), expected, arrays[0])


# -- calls of the live tests


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Examples of a strategy, the same ones at every run."""
    seen: list[Any] = []

    @hypothesis.seed(0)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(strategy)
    def collect(example: Any) -> None:
        seen.append(example)

    collect()
    return seen


def _interpolate(count: int) -> Iterator[Pair]:
    from ..calls import calls
    from ..test_interpolate import gain, on_jax, on_torch, wide

    for call in drawn(calls(), count):
        for dtype in ("float64", "float32"):
            theirs, x = on_torch(call, dtype)
            yield Pair(np.asarray(on_jax(call, dtype)), wide(theirs), wide(x) * gain(call, theirs.shape[2:]))


def _torch_grid_sample(count: int) -> Iterator[Pair]:
    import torch

    for number in range(count):
        rng = np.random.default_rng(number)
        rank, dtype = int(rng.integers(2, 4)), str(rng.choice(["float64", "float32"]))
        x = rng.standard_normal((2, 3, *rng.integers(1, 9, rank))).astype(dtype)
        grid = rng.uniform(-1.5, 1.5, (2, *rng.integers(1, 7, rank), rank)).astype(dtype)
        options = {
            "mode": str(rng.choice(["bilinear", "nearest", "bicubic"][: 5 - rank])),
            "padding_mode": str(rng.choice(["zeros", "border", "reflection"])),
            "align_corners": bool(rng.integers(2)),
        }
        theirs = torch.nn.functional.grid_sample(torch.from_numpy(x), torch.from_numpy(grid), **options)
        yield Pair(
            np.asarray(ours("torch.grid_sample")(jnp.asarray(x), jnp.asarray(grid), **options)),
            theirs.numpy(),
            x,
        )


def _torch_affine_grid(count: int) -> Iterator[Pair]:
    import torch

    for number in range(count):
        rng = np.random.default_rng(number)
        rank, dtype = int(rng.integers(2, 4)), str(rng.choice(["float64", "float32"]))
        theta = rng.standard_normal((2, rank, rank + 1)).astype(dtype)
        size, corners = [2, 3, *rng.integers(1, 9, rank).tolist()], bool(rng.integers(2))
        theirs = torch.nn.functional.affine_grid(torch.from_numpy(theta), size, align_corners=corners).numpy()
        mine = ours("torch.affine_grid")(jnp.asarray(theta), size, align_corners=corners)
        yield Pair(np.asarray(mine), theirs, theta)


def _onnx_resize(count: int) -> Iterator[Pair]:
    from ..onnx_calls import resizes
    from ..test_onnx import mended, on_jax

    for call in drawn(resizes(("float32", "uint8", "float64")), count):
        yield Pair(on_jax(call), mended(call), call.inputs["X"])


def _pillow(count: int, *, reduce: bool) -> Iterator[Pair]:
    from ..test_pillow import BYTES, back, calls, on_pillow

    for call in drawn(calls((*BYTES, "I;16")), count):
        image, factors = call.image(), (2 + call.seed % 3, 1 + call.seed % 5)
        real = on_pillow(image, call.mode)
        if reduce and call.mode != "I;16":
            mine = ours("pillow.reduce")(jnp.asarray(image), factors, mode=call.mode)
            yield Pair(np.asarray(mine), back(real.reduce(factors), call.mode), image)
        elif not reduce:
            mine = ours("pillow.resize")(jnp.asarray(image), **call.keywords, mode=call.mode)
            yield Pair(np.asarray(mine), back(real.resize(**call.keywords), call.mode), image)


def _opencv_resize(count: int) -> Iterator[Pair]:
    from ..test_opencv_resize import both, calls

    for call in drawn(calls(), count):
        for dtype in ("float32", "uint8"):
            image, mine, theirs = both(call, dtype)
            yield Pair(mine, theirs, image)


DRAWN: dict[str, Callable[[int], Iterator[Pair]]] = {
    "torch.interpolate": _interpolate,
    "torch.grid_sample": _torch_grid_sample,
    "torch.affine_grid": _torch_affine_grid,
    "onnx.resize": _onnx_resize,
    "pillow.resize": partial(_pillow, reduce=False),
    "pillow.reduce": partial(_pillow, reduce=True),
    "opencv.resize": _opencv_resize,
}
