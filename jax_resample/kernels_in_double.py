"""Kernels whose every operation is rounded by itself, as C without fused operations computes them.

``kernels.py`` rounds where PyTorch's float32 kernels do; Pillow's tables are of doubles, and a mean of whole
numbers that should end in one half is rounded as its last bit says.
"""

from types import ModuleType
from typing import Any

import numpy as np

from .kernels import Kernel


def _cubic(x: Any, xp: ModuleType = np) -> Any:
    """Keys's cubic with a = -1/2."""
    x = abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * -0.5
    return xp.where(x < 1, near, xp.where(x < 2, far, xp.zeros_like(x)))


def _mks2013(x: Any, xp: ModuleType = np) -> Any:
    """A parabola and its sharpener."""
    x = abs(x)
    pieces = [17 / 16 - 7 / 4 * (x * x), (1 - x) * (7 / 4 - x), -1 / 8 * ((x - 5 / 2) * (x - 5 / 2))]
    return _piecewise(x, pieces, xp)


def _mks2021(x: Any, xp: ModuleType = np) -> Any:
    """The same, sharpened once more."""
    x = abs(x)
    pieces = [
        577 / 576 - 239 / 144 * (x * x),
        35 / 36 * (x - 1) * (x - 239 / 140),
        1 / 6 * (x - 2) * (65 / 24 - x),
        1 / 36 * (x - 3) * (x - 15 / 4),
        -1 / 288 * ((x - 9 / 2) * (x - 9 / 2)),
    ]
    return _piecewise(x, pieces, xp)


def _piecewise(x: Any, pieces: list[Any], xp: ModuleType) -> Any:
    """The first piece up to a distance of 1/2, and each of the others up to 1 further."""
    weight = xp.zeros_like(x)
    for place, piece in reversed(list(enumerate(pieces))):
        weight = xp.where(x < place + 0.5, piece, weight)
    return weight


DOUBLE_KERNELS: dict[str, Kernel] = {
    "cubic": Kernel(2, _cubic, None, "Keys (1981), eq. 4, a = -1/2; as Pillow rounds it"),
    "mks2013": Kernel(2.5, _mks2013, None, "Costella (2013), Magic Kernel Sharp", interpolates=False),
    "mks2021": Kernel(4.5, _mks2021, None, "Costella (2021), Magic Kernel Sharp", interpolates=False),
}
