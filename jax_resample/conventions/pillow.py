"""Pillow 13: ``PIL.Image.Image.resize``."""

from functools import partial

from ..kernels_in_double import DOUBLE_KERNELS
from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float64",
    library="Pillow 13.0.0",
    source="https://pillow.readthedocs.io/en/stable/handbook/concepts.html#filters",
)

_KERNELS = {
    "box": "box(-1/2, 1/2]",
    "bilinear": "triangle",
    "hamming": "hamming",
    "bicubic": DOUBLE_KERNELS["cubic"],
    "lanczos": "lanczos3",
    "mks2013": DOUBLE_KERNELS["mks2013"],
    "mks2021": DOUBLE_KERNELS["mks2021"],
}

ROWS: dict[str, Convention] = {
    "pillow:nearest": _row(family="nearest", rounding="running sum"),
    **{
        f"pillow:{name}": _row(
            family="window",
            window="round",
            kernel=kernel,
            boundary="drop",
            stretch=True,
            same_size_copies=True,
            fixed_point="22 bits",
            pass_order="Pillow's",
        )
        for name, kernel in _KERNELS.items()
    },
}
