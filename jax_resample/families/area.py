"""Means over the part of the input that an output covers: whole samples, or fractions of them."""

from types import ModuleType
from typing import Any

import numpy as np

from ..axis import Axis
from ..windows import bounded


def _area(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The mean over ``[floor(i n / m), ceil((i + 1) n / m))`` in integer arithmetic (PyTorch)."""
    i = np.arange(axis.m, dtype=np.int64)
    first = i * axis.n // max(axis.m, 1)
    count = -(-(i + 1) * axis.n // max(axis.m, 1)) - first
    place = np.arange(count.max(initial=1))
    real = axis.real.type
    weights = np.where(place < count[:, None], real(1) / count[:, None].astype(real), real(0))
    return xp.asarray(np.minimum(first[:, None] + place[None], axis.n - 1)), xp.asarray(weights)


def _overlap(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    """The share of ``[i step + b0, (i + 1) step + b0)`` that each pixel covers (jax.image, TensorFlow)."""
    step = axis.step(xp)
    edges = xp.arange(axis.m + 1, dtype=step.dtype) * step
    edges = edges if axis.box is None else edges + xp.asarray(axis.box[0], step.dtype)
    left, right = edges[:-1], edges[1:]
    most = axis.reach if axis.reach is not None else int(np.ceil(step)) + 2
    first = bounded(axis, xp.floor(left).astype(xp.int32), xp)
    index = first[:, None] + np.arange(most, dtype=np.int32)[None]
    edge = index.astype(step.dtype)
    left, right = left[:, None], right[:, None]
    shared = xp.maximum(xp.minimum(right, edge + 1) - xp.maximum(left, edge), step.dtype.type(0))
    # A pixel that holds all of the output, or its one point, has all the weight whatever the step is.
    whole = xp.where(step == 0, left == edge, (left > edge) & (right < edge + 1))
    return index, xp.where(
        whole, xp.ones_like(shared), shared / xp.where(step == 0, xp.ones_like(step), step)
    )


FAMILIES = {"area": _area, "overlap": _overlap}
