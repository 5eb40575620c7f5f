"""Measures how close the library comes to PyTorch, over random calls; prints a table in Markdown.

python -m tests.parity.report --calls 200
"""

import argparse
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import hypothesis
import jax
import numpy as np
import torch
from hypothesis import given
from rich.progress import track

from ..tolerances import HALF_UNIT, spacing, unit
from .calls import NEAREST, RANKS, Call, calls
from .test_interpolate import gain, on_jax, on_torch, wide

_HEAD = ("mode", "calls", "float64", "float32", "float16", "bfloat16", "uint8")
_RULE = """Worst difference from PyTorch {torch} over {calls} random calls a cell; JAX {jax} on {device}.
float64 and float32 in units in the last place of the largest magnitude that goes in or comes out; float16
and bfloat16 in float32 units, what exceeds one rounding of PyTorch's float32 answer; uint8 and the nearest
modes in values that differ."""


def measure(call: Call, dtype: str) -> float:
    """The difference of one call, in the table's unit."""
    theirs, x = on_torch(call, dtype)
    mine = wide(on_jax(call, dtype))
    if dtype == "uint8" or call.keywords["mode"] in NEAREST:
        return float((mine != wide(theirs)).sum())
    if dtype in ("float16", "bfloat16"):
        answer = wide(on_torch(call, "float32", wide(x))[0])
        beyond = np.abs(mine - answer) - HALF_UNIT * spacing(answer, dtype)
        return max(float(beyond.max()), 0.0) / unit("float32", wide(x), answer)
    enlarged = wide(x) * gain(call, theirs.shape[2:])
    return float(np.abs(mine - wide(theirs)).max() / unit(dtype, enlarged, wide(theirs)))


def supported(mode: str, dtype: str) -> bool:
    """Whether PyTorch implements the pair (without antialias for the 16-bit types)."""
    if dtype == "uint8":
        return mode in (*NEAREST, "bilinear", "bicubic", "lanczos")
    return mode != "lanczos" or dtype in ("float64", "float32")


def worst(mode: str, dtype: str, examples: int) -> str:
    """The largest difference over random calls, as a cell of the table."""
    if not supported(mode, dtype):
        return ""
    seen: list[float] = []
    plain = False if "16" in dtype else None

    @hypothesis.seed(0)
    @hypothesis.settings(max_examples=examples, deadline=None, database=None)
    @given(call=calls((mode,), antialias=plain))
    def run(call: Call) -> None:
        seen.append(measure(call, dtype))

    run()
    exact = dtype == "uint8" or mode in NEAREST
    return f"{int(sum(seen))}" if exact else f"{max(seen):.1f}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=200, help="random calls for each mode and dtype")
    examples = parser.parse_args().calls
    jax.config.update("jax_enable_x64", True)
    rows = [
        [f"`{mode}`", str(examples), *(worst(mode, dtype, examples) for dtype in _HEAD[2:])]
        for mode in track(RANKS, description="modes")
    ]
    print(_RULE.format(torch=torch.__version__, calls=examples, jax=jax.__version__, device=jax.devices()[0]))
    print()
    for row in (_HEAD, ["---"] * len(_HEAD), *rows):
        print("|", " | ".join(row), "|")


if __name__ == "__main__":
    main()
