"""Families: the ways of choosing and weighing the samples of an output.

A family is a function ``(axis, xp) -> (index, weights)``, both ``(m, K)``: the samples that each output
reads, any integers, and their weights in the axis's real type, from the array namespace ``xp``. Boundary
rules, fixed point and trimming come afterwards (``build.py``). To add one, write it in a module here with
a table ``FAMILIES`` and name the module below.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..axis import Axis
from . import area, interpolate, nearest, opencv_area, spline, window

Family = Callable[[Axis, ModuleType], tuple[Any, Any]]

FAMILIES: dict[str, Family] = {
    name: family
    for module in (nearest, interpolate, window, area, opencv_area, spline)
    for name, family in module.FAMILIES.items()
}
