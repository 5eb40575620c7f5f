"""OpenCV's INTER_AREA: shares of pixels where both axes shrink, and two samples where one of them grows."""

from types import ModuleType
from typing import Any

import numpy as np

from ..axis import Axis

# Shares of a pixel up to this are left out.
_NEGLIGIBLE = 1e-3


def _shares(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The part of each pixel inside ``[i step, (i + 1) step)`` over the whole, in double, then float32."""
    step = axis.step(xp)
    begin = xp.arange(axis.m, dtype=step.dtype) * step
    end = begin + step
    cell = xp.minimum(step, axis.n - begin)[:, None]
    last = xp.minimum(xp.floor(end), axis.n - 1)
    whole = xp.minimum(xp.ceil(begin), last)
    most = axis.reach if axis.reach is not None else int((last - whole).max(initial=0)) + 2
    place = np.arange(most)
    index = (whole - 1)[:, None] + place
    one, none = xp.ones_like(index), xp.zeros_like(index)
    beyond = xp.where(index == last[:, None], (end - last)[:, None], none)
    length = xp.where(place == 0, (whole - begin)[:, None], xp.where(index < last[:, None], one, beyond))
    length = xp.where(length > _NEGLIGIBLE, xp.minimum(xp.minimum(length, one), cell), none)
    return xp.clip(index, 0, axis.n - 1).astype(xp.int32), (length / cell).astype(xp.float32)


def _blocks(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """As many whole pixels as the step says."""
    size = round(1 if axis.m == 0 else axis.n / axis.m)
    index = np.arange(axis.m)[:, None] * size + np.arange(size)
    return xp.asarray(index), xp.full(index.shape, 1.0 / size, axis.real)


def _two_samples(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The pixel under the output's left edge and the next, by how much of the output lies beyond it."""
    step = axis.step(xp)
    scale = axis.m / axis.n if axis.factor is None else axis.factor
    i = xp.arange(axis.m, dtype=step.dtype)
    below = xp.floor(i * step)
    t = ((i + 1) - (below + 1) * scale).astype(xp.float32)
    t = xp.where(t <= 0, xp.zeros_like(t), t - xp.floor(t))
    index = below.astype(xp.int32)[:, None] + np.arange(2)
    return index, xp.stack([1 - t, t], axis=-1)


FAMILIES = {"opencv-shares": _shares, "opencv-blocks": _blocks, "opencv-two-samples": _two_samples}
