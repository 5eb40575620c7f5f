"""Records what libraries answer to ``identify_calls.py``: the outputs that `identify` has to name.

    python -m tests.golden.record_identify [--check]

``--check`` lets floating values differ by two units in the last place, since libraries choose kernels by CPU.
"""

import sys

import cv2
import jax
import numpy as np
import PIL
import scipy
import skimage
import torch

from ..tolerances import unit
from .calls import samples
from .identify_calls import CALLS, CASES, FILE, SHAPE, SIZE
from .recording import Answers, command

_CHECK_ULPS = 2.0


def record() -> Answers:
    """Every answer, by name and dtype."""
    return {
        f"{name} {dtype}": np.asarray(CALLS[name](samples(SHAPE, dtype).astype(dtype), SIZE))
        for name, dtype in CASES
    }


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers, two units in the last place elsewhere."""
    return _CHECK_ULPS * unit(value.dtype.name, value) if value.dtype.kind == "f" else 0.0


def installed() -> str:
    """Versions as the file's name has them."""
    found = {"torch": torch, "jax": jax, "pillow": PIL, "opencv": cv2, "scipy": scipy, "skimage": skimage}
    return "-".join(f"{name}-{module.__version__.split('+')[0]}" for name, module in found.items())


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="identify's calls", installed=installed(), allowance=allowance))
