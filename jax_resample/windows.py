"""Which samples a stretched kernel weighs, and at what distances: the table of windows.

All of them centre a kernel of half-width ``support = radius * stretch`` on the output's centre. They differ
in where the window is cut, which shows only at its very ends, and in what is rounded on the way.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from .axis import Axis
from .coordinates import window_centre


class Window(NamedTuple):
    """The samples around each output.

    Attributes:
      first: ``(m,)``, the first sample of each window; it may lie outside the input.
      last: ``(m,)``, the sample after the last one, or None where the kernel's own end decides.
      most: samples of the longest window.
      distance: distances of sample indices ``(m, K)`` from the centres, in units of the stretched kernel.
    """

    first: Any
    last: Any
    most: int
    distance: Callable[[Any], Any]


def stretch(axis: Axis, xp: ModuleType) -> Any:
    """By how much the kernel is widened: the step where it shrinks, and else 1."""
    size = axis.step(xp)
    return xp.where(size >= 1, size, xp.ones_like(size)) if axis.convention.stretch else xp.ones_like(size)


def _most(axis: Axis, support: Any, xp: ModuleType, spare: int) -> int:
    if axis.reach is not None:
        return axis.reach
    return 2 * int(np.ceil(support)) + spare


def bounded(axis: Axis, first: Any, xp: ModuleType) -> Any:
    """First samples moved so that ``reach`` samples lie inside, where nothing outside is read."""
    inside = axis.convention.boundary in ("drop", "constant") and axis.reach is not None
    return xp.clip(first, 0, max(axis.n - (axis.reach or 0), 0)) if inside else first


def _round(axis: Axis, xp: ModuleType) -> Window:
    """Samples whose centres round into the window; each step rounded as in PyTorch's tables, and Pillow's."""
    wide = np.float64 if xp is np else axis.real.type
    real, size, widening = axis.real, axis.step(xp), stretch(axis, xp)
    support = (axis.kernel.radius * widening.astype(wide)).astype(real)
    centre = window_centre(size, axis.m, xp)
    if axis.box is not None:
        centre = (axis.box[0] + size.astype(wide) * (xp.arange(axis.m, dtype=wide) + wide(0.5))).astype(real)
    first = xp.floor((centre - support).astype(wide) + 0.5).astype(xp.int32)
    last = xp.floor((centre + support).astype(wide) + 0.5).astype(xp.int32)
    inverse = (1.0 / widening.astype(wide)).astype(real).astype(wide)

    def distance(index: Any) -> Any:
        offset = (index.astype(real) - centre[:, None]).astype(wide) + wide(0.5)
        return (offset * inverse).astype(real)

    return Window(first, last, _most(axis, support, xp, 1), distance)


def _closed(axis: Axis, xp: ModuleType) -> Window:
    """Samples whose centres lie in the closed window, in edge coordinates (TensorFlow)."""
    size, widening = axis.step(xp), stretch(axis, xp)
    half = size.dtype.type(0.5)
    support = widening * size.dtype.type(axis.kernel.radius)
    centre = (xp.arange(axis.m, dtype=size.dtype) + half) * size
    centre = centre if axis.box is None else centre + xp.asarray(axis.box[0], size.dtype)
    first = xp.ceil(centre - support - half).astype(xp.int32)
    last = xp.floor(centre + support - half).astype(xp.int32) + 1
    inverse = size.dtype.type(1) / widening

    def distance(index: Any) -> Any:
        return (index.astype(size.dtype) + half - centre[:, None]) * inverse

    return Window(first, last, _most(axis, support, xp, 1), distance)


def _kernel(axis: Axis, xp: ModuleType) -> Window:
    """Samples that the kernel does not weigh by zero; distances are divided by the stretch (jax.image)."""
    u, widening = axis.coordinates(xp), stretch(axis, xp)
    support = widening * u.dtype.type(axis.kernel.radius)

    def distance(index: Any) -> Any:
        return (u[:, None] - index.astype(u.dtype)) / widening

    return Window(xp.floor(u - support).astype(xp.int32), None, _most(axis, support, xp, 2), distance)


WINDOWS: dict[str, Callable[[Axis, ModuleType], Window]] = {
    "round": _round,
    "closed": _closed,
    "kernel": _kernel,
}
