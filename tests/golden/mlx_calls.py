"""Calls of MLX's Upsample whose answers are recorded beside this file."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .calls import samples

FILE = "mlx-0.32.4.npz"


class Call(NamedTuple):
    """The row that answers, the array, and the factor of each spatial axis."""

    row: str
    shape: tuple[int, ...]
    factors: tuple[float, ...]
    dtype: str = "float32"

    @property
    def name(self) -> str:
        """What the call is recorded as."""
        return " ".join(map(str, self))

    @property
    def options(self) -> dict[str, Any]:
        """MLX's own arguments."""
        mode, _, option = self.row.removeprefix("mlx:").partition("-")
        return {"mode": mode, option.replace("-", "_"): True} if option else {"mode": mode}

    def image(self) -> np.ndarray:
        """What goes in."""
        return samples(self.shape, self.dtype).astype(self.dtype)


_OPTIONS = ("", "-align-corners", "-antialias")
ROWS = ("mlx:nearest", *(f"mlx:{mode}{option}" for mode in ("linear", "cubic") for option in _OPTIONS))
# Factors that divide and that do not, both ways at once, an axis of one sample, one to three axes.
_PLACES = (
    ((2, 9, 2), (2.0,)),
    ((2, 9, 2), (0.34,)),
    ((1, 6, 8, 2), (1.5, 0.5)),
    ((1, 7, 11, 1), (0.45, 2.83)),
    ((1, 1, 5, 1), (3.0, 1.1)),
    ((1, 3, 4, 5, 1), (1.5, 0.7, 2.2)),
)


def _calls() -> Iterator[Call]:
    for row in ROWS:
        yield from (Call(row, *place) for place in _PLACES)
    yield from (Call(row, (1, 7, 1), (1.7,), "uint8") for row in ("mlx:nearest", "mlx:cubic-antialias"))
    yield Call("mlx:linear", (1, 7, 1), (1.7,), "float16")


CALLS: list[Call] = list(_calls())
