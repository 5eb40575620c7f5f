"""Means over the part of the input that an output covers: whole samples, or fractions of them."""

from types import ModuleType
from typing import Any

import numpy as np

from ..axis import Axis


def _area(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The mean over ``[floor(i n / m), ceil((i + 1) n / m))`` in integer arithmetic (PyTorch)."""
    i = np.arange(axis.m, dtype=np.int64)
    first = i * axis.n // max(axis.m, 1)
    count = -(-(i + 1) * axis.n // max(axis.m, 1)) - first
    place = np.arange(count.max(initial=1))
    real = axis.real.type
    weights = np.where(place < count[:, None], real(1) / count[:, None].astype(real), real(0))
    return xp.asarray(np.minimum(first[:, None] + place, axis.n - 1)), xp.asarray(weights)


def _overlap(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The lengths that pixels share with ``[i step + b0, (i + 1) step + b0)`` (jax.image, TensorFlow)."""
    step = axis.step(xp)
    left = xp.arange(axis.m, dtype=step.dtype) * step
    left = left if axis.box is None else left + xp.asarray(axis.box[0], step.dtype)
    right = left + step
    most = axis.reach if axis.reach is not None else int(np.ceil(step)) + 2
    index = xp.floor(left).astype(xp.int32)[:, None] + np.arange(most)
    edge = index.astype(step.dtype)
    shared = xp.minimum(right[:, None], edge + 1) - xp.maximum(left[:, None], edge)
    return index, xp.maximum(shared, step.dtype.type(0))


FAMILIES = {"area": _area, "overlap": _overlap}
