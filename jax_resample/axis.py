"""One axis of one resampling: what its taps are built from, and the first numbers that follow."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from .arithmetic import ARITHMETICS, Arithmetic
from .conventions import Convention
from .coordinates import MAPS, Place, step
from .fixed_point import FIXED_POINT, FixedPoint
from .kernels import Kernel, find_kernel


@dataclass(frozen=True)
class Axis:
    """One axis; hashable, so that taps are cached by it, unless its factor or box are traced.

    Attributes:
      n: input samples.
      m: output samples.
      convention: the row that says how.
      dtype: name of the real type in which weights meet samples.
      factor: the caller's scale where it steps the coordinates instead of ``m / n``.
      fixed_point: weighed and added as the convention's rule for the image's dtype says.
      box: the part of the input that is resampled, in pixel edges; None is ``(0, n)``.
      image: name of the image's dtype, by which a rule of fixed point is found.
      reach: taps per output at most, where the step is traced and cannot say.
    """

    n: int
    m: int
    convention: Convention
    dtype: str = "float32"
    factor: Any = None
    fixed_point: bool = False
    box: tuple[Any, Any] | None = None
    reach: int | None = None
    image: str = "uint8"

    @property
    def rule(self) -> FixedPoint | None:
        """How the library weighs and adds this dtype, or None: in floating point, rounded once."""
        return FIXED_POINT[self.convention.fixed_point or ""][self.image] if self.fixed_point else None

    @property
    def arithmetic(self) -> Arithmetic:
        """How coordinates and weights are rounded."""
        return ARITHMETICS[self.convention.arithmetic]

    @property
    def real(self) -> np.dtype:
        """The type of coordinates and of weights before they meet samples."""
        return np.dtype(self.arithmetic.dtype or self.dtype)

    @property
    def kernel(self) -> Kernel:
        """The kernel, unstretched."""
        return find_kernel(self.convention.kernel)

    @property
    def is_whole(self) -> bool:
        """Whether the box is all of the input."""
        return self.box is None or tuple(self.box) == (0, self.n)

    def step(self, xp: ModuleType = np) -> Any:
        """Distance between neighbouring output samples, in input pixels."""
        first, last = self.box or (0, self.n)
        grid = MAPS[self.convention.coordinates]
        return step(
            last - first,
            self.m,
            align_corners=grid.corners and not (grid.all_for_one and self.m == 1),
            factor=self.factor,
            dtype=self.real,
            reciprocal=self.convention.reciprocal,
            xp=xp,
        )

    def coordinates(self, xp: ModuleType = np) -> Any:
        """Where the output samples land, in input pixels: ``(m,)``."""
        place = Place(
            self.n,
            self.m,
            self.box or (0, self.n),
            self.step(xp),
            self.arithmetic.multiply_add,
            xp,
            self.factor,
        )
        u = MAPS[self.convention.coordinates].at(place)
        return xp.maximum(u, u.dtype.type(0)) if self.convention.nonnegative else u
