"""One sample per output, picked by a rounding rule."""

from types import ModuleType
from typing import Any

from ..axis import Axis
from ..rounding import ROUNDINGS


def _nearest(axis: Axis, xp: ModuleType) -> tuple[Any, Any]:
    index = xp.clip(ROUNDINGS[axis.convention.rounding or ""](axis, xp), 0, axis.n - 1)[:, None]
    return index, xp.ones(index.shape, axis.dtype)


FAMILIES = {"nearest": _nearest}
