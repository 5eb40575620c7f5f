"""Every sample in a window, weighed by its distance from the window's centre."""

from types import ModuleType
from typing import Any

import numpy as np

from ..axis import Axis
from ..windows import WINDOWS, bounded


def _window(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    window = WINDOWS[axis.convention.window or ""](axis, xp)
    first = window.first if axis.reach is None else bounded(axis, window.first, xp)
    index = first[:, None] + np.arange(window.most, dtype=np.int32)[None]
    weights = axis.kernel.at_distance(window.distance(index), xp)
    if window.last is not None:
        weights = xp.where(index < window.last[:, None], weights, weights.dtype.type(0))
    return index, weights


FAMILIES = {"window": _window}
