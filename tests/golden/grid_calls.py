"""The calls of ``grid_sample`` and ``affine_grid`` whose PyTorch values are recorded, and their inputs."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .calls import samples

FILE = "grids-torch-2.13.0.npz"

_LENGTHS = {2: (4, 5), 3: (2, 3, 4)}
_POINTS = {2: (4, 7), 3: (2, 3, 5)}
_SPECIAL = (np.nan, np.inf, -np.inf, 1e10, -1e10, 1.0, -1.0, 0.0)


class GridCall(NamedTuple):
    """``torch.nn.functional.grid_sample(*call.inputs(), ...)``."""

    rank: int
    mode: str
    padding_mode: str
    align_corners: bool
    dtype: str = "float32"
    gradient: bool = False  # whether the pull-back of a cotangent is recorded too

    @property
    def name(self) -> str:
        return "grid_sample(" + " ".join(map(str, self[:5])) + ")"

    @property
    def keywords(self) -> dict[str, str | bool]:
        return {"mode": self.mode, "padding_mode": self.padding_mode, "align_corners": self.align_corners}

    def inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Images, grids and a cotangent. The first grid lies inside and around the image.

        The second lies on the lattice of quarters. With a gradient that is all, and hostile points are in
        the last one's place otherwise.
        """
        points = _POINTS[self.rank]
        around = 1.3 * samples((2, *points, self.rank), "float64", seed=3)
        around[1] = np.round(around[1] * 16) / 4
        if not self.gradient:
            flat = around[1].reshape(-1)
            flat[: 3 * len(_SPECIAL) : 3] = _SPECIAL
        x = samples((2, 2, *_LENGTHS[self.rank]), "float64", seed=2)
        cotangent = samples((2, 2, *points), "float64", seed=4)
        return x.astype(self.dtype), around.astype(self.dtype), cotangent.astype(self.dtype)


class AffineCall(NamedTuple):
    """``torch.nn.functional.affine_grid(call.theta(), call.size, call.align_corners)``."""

    size: tuple[int, ...]
    align_corners: bool
    dtype: str

    @property
    def name(self) -> str:
        return f"affine_grid({'x'.join(map(str, self.size))} {self.align_corners} {self.dtype})"

    def theta(self) -> np.ndarray:
        """Random maps."""
        rank = len(self.size) - 2
        return samples((self.size[0], rank, rank + 1), "float64", seed=5).astype(self.dtype)


def _grid_calls() -> Iterator[GridCall]:
    for rank in (2, 3):
        for mode in ("bilinear", "nearest", "bicubic"):
            if (rank, mode) == (3, "bicubic"):
                continue
            for padding in ("zeros", "border", "reflection"):
                for corners in (False, True):
                    yield GridCall(rank, mode, padding, corners)
    for rank, mode, padding, corners in (
        (2, "bilinear", "zeros", False),
        (2, "bilinear", "border", True),
        (2, "bilinear", "reflection", False),
        (2, "bicubic", "reflection", True),
        (2, "nearest", "zeros", False),
        (3, "bilinear", "reflection", False),
    ):
        yield GridCall(rank, mode, padding, corners, "float64", gradient=True)


GRID_CALLS: list[GridCall] = list(_grid_calls())
AFFINE_CALLS: list[AffineCall] = [
    AffineCall(size, corners, dtype)
    for size in ((2, 1, 3, 5), (1, 1, 1, 4), (2, 1, 2, 3, 4))
    for corners in (False, True)
    for dtype in ("float32", "float64")
]
