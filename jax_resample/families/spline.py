"""Splines through the samples, and scikit-image's blur before them."""

from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from .. import checks
from ..axis import Axis
from ..splines.spline_taps import spline_taps

# The mode of `extensions.EXTENSIONS` that continues a signal as a boundary rule does.
_MODES = {
    "constant": "grid-constant",
    "clamp": "nearest",
    "reflect": "reflect",
    "mirror": "mirror",
    "wrap": "grid-wrap",
}


def _spline(axis: Axis, xp: ModuleType, *, blurred: bool) -> tuple[Any, Any]:
    """The spline of the kernel's degree; the blur, when shrinking, is of ``(n / m - 1) / 2`` pixels."""
    row = axis.convention
    degree = int((row.kernel if isinstance(row.kernel, str) else "").removeprefix("bspline"))
    if xp is not np:
        checks.refuse("convention", "not be a spline's where a factor or box is traced", row.family)
    sigma = max(axis.n / axis.m - 1, 0.0) / 2 if blurred else 0.0
    kind = "float32" if axis.fixed_point else axis.dtype
    taps = spline_taps(axis.coordinates(), axis.n, degree, _MODES[row.boundary or ""], kind, sigma=sigma)
    reach = (taps.n - axis.n) // 2
    return taps.start[:, None] - reach + np.arange(taps.support), taps.weights.astype(axis.real)


FAMILIES = {"spline": partial(_spline, blurred=False), "blurred spline": partial(_spline, blurred=True)}
