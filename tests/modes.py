"""The modes as the tests sweep them: every method, option and rank that has its own tables."""

from typing import Any, NamedTuple

import numpy as np

from jax_resample.axis import Axis
from jax_resample.build import build
from jax_resample.conventions import torch_convention
from jax_resample.taps import Taps


class Case(NamedTuple):
    """One call of ``jr.resize`` on a channels-last batch."""

    name: str
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    options: dict[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        return (2, *self.lengths, 3)


def _case(lengths: tuple[int, ...], sizes: tuple[int, ...], method: str, **options: Any) -> Case:
    name = "-".join([method, *(k for k, v in options.items() if v), "x".join(map(str, lengths))])
    return Case(name, lengths, sizes, {"method": method, **options})


CASES: list[Case] = [
    _case((7,), (12,), "nearest"),
    _case((7, 5), (4, 12), "nearest"),
    _case((7, 5), (10, 3), "nearest-exact"),
    _case((5,), (9,), "linear"),
    _case((7, 5), (4, 11), "linear"),
    _case((7, 5), (4, 11), "linear", align_corners=True),
    _case((7, 9), (3, 4), "linear", antialias=True),
    _case((7, 5), (4, 11), "cubic"),
    _case((7, 5), (4, 11), "cubic", align_corners=True),
    _case((9, 5), (3, 7), "cubic", antialias=True),
    _case((9, 5), (4, 7), "lanczos", antialias=True),
    _case((9, 5), (4, 7), "area"),
    _case((4, 6), (8, 18), "nearest"),
    _case((4, 6), (8, 18), "linear"),
    _case((12, 6), (4, 12), "cubic"),
    _case((12, 8), (4, 2), "linear", antialias=True),
    _case((12, 8), (6, 2), "area"),
    _case((3, 4, 5), (5, 2, 7), "linear"),
    _case((3, 4, 5), (2, 3, 2), "area"),
]
IDS: list[str] = [case.name for case in CASES]

LINEAR_CASES: list[Case] = [case for case in CASES if not case.options["method"].startswith("nearest")]


def taps(n: int, m: int, method: str = "linear", antialias: bool = False, **options: Any) -> Taps:
    """PyTorch's taps of one axis; ``options`` are other fields of `Axis`."""
    row = torch_convention(method, antialias=antialias, align_corners=False)
    return build(Axis(n, m, row, **options))


def as_matrix(taps: Taps) -> np.ndarray:
    """The operator as a dense float64 matrix, fixed-point weights scaled back."""
    matrix = taps.as_matrix().astype(np.float64)
    return matrix if taps.shift is None else matrix / (1 << taps.shift)
