"""Where the outputs of an axis land in the input, as people are told: before any rule for the edge."""

from dataclasses import replace

import numpy as np

from ..axis import Axis


def landing(axis: Axis) -> np.ndarray:
    """``(m,)`` float64 coordinates in input pixels; those below 0 stay, even where the row moves them."""
    row = replace(axis.convention, nonnegative=False)
    return np.asarray(replace(axis, convention=row).coordinates(), np.float64)
