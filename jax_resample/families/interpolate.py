"""A fixed number of samples around a coordinate, weighed by its phase."""

from types import ModuleType
from typing import Any

import numpy as np

from ..axis import Axis


def _interpolate(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    u, kernel = axis.coordinates(xp), axis.kernel
    below = xp.floor(u.astype(axis.arithmetic.floor_dtype or u.dtype)).astype(xp.int32)
    if axis.convention.boundary == "clamp":
        below = xp.minimum(below, axis.n - 1)  # the edge is repeated: any phase beyond it gives the edge
    phase = u - below.astype(u.dtype)
    zero, one = u.dtype.type(0), u.dtype.type(1)
    # Not `clip`, whose derivative at a phase of exactly 0 is one half.
    phase = xp.where(phase < zero, zero, xp.where(phase > one, one, phase))
    if axis.convention.phases is not None:
        phase = xp.round(phase * axis.convention.phases) / axis.convention.phases
    index = below[:, None] + np.arange(1 - kernel.reach, 1 + kernel.reach, dtype=np.int32)[None]
    return index, kernel.weights_at(phase, xp)


FAMILIES = {"interpolate": _interpolate}
