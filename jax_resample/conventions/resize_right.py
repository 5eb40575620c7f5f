"""ResizeRight: its ``resize`` of NumPy arrays with interpolation by weights (``by_convs=False``).

It centres the output on the input whatever the scale; with the scale of the sizes that is half-pixel. Weights
are normalised before samples outside, which are zero, are left out.
"""

from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from ..kernels import Kernel
from .convention import Convention

_EPS = float(np.finfo(np.float32).eps)


def _lanczos(radius: int) -> Kernel:
    """A Lanczos kernel that adds the epsilon of float32 to numerator and denominator, in any dtype."""

    def at_distance(x: Any, xp: ModuleType = np) -> Any:
        pi, eps = x.dtype.type(np.pi), x.dtype.type(_EPS)
        sines = xp.sin(pi * x) * xp.sin(pi * x / radius)
        weight = (sines + eps) / (pi * pi * x * x / radius + eps)
        return xp.where(abs(x) < radius, weight, x.dtype.type(0))

    return Kernel(radius, at_distance, None, "ResizeRight's interp_methods")


_row = partial(
    Convention,
    family="window",
    window="kernel",
    normalise=True,
    boundary="constant",
    coordinates="half-pixel-symmetric",
    arithmetic="float64",
    output_size="ceil",
    library="ResizeRight 510d4d5",
    source="https://github.com/assafshocher/ResizeRight/blob/master/resize_right.py",
)

_KERNELS: dict[str, str | Kernel] = {
    "linear": "triangle",
    "cubic": "cubic(-0.5)",
    "lanczos2": _lanczos(2),
    "lanczos3": _lanczos(3),
}

ROWS: dict[str, Convention] = {
    f"resize-right:{name}{'' if antialias else '-no-antialias'}": _row(kernel=kernel, stretch=antialias)
    for name, kernel in _KERNELS.items()
    for antialias in (True, False)
}
