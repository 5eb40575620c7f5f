"""Calls of OpenCV's ``warpAffine``, ``warpPerspective`` and ``remap`` whose answers are recorded."""

import zlib
from typing import Any, NamedTuple

import numpy as np

from .opencv_calls import INTERPOLATIONS

FILE = "opencv-warp-5.0.0.npz"

FUNCTIONS = ("warpAffine", "warpPerspective", "remap")
BORDERS = {"CONSTANT": 0, "REPLICATE": 1, "REFLECT": 2, "WRAP": 3, "REFLECT_101": 4}
INVERSE_MAP, RELATIVE_MAP = 16, 32

# What OpenCV's warps take; shapes whose programs differ: two channels go through rounded coordinates.
_WARPED = ("NEAREST", "LINEAR", "CUBIC", "AREA", "LANCZOS4")
_SHAPES = ((7, 9, 1), (12, 8, 3), (5, 16, 4), (9, 9, 2))
_SIZE = (11, 10)


class Call(NamedTuple):
    """One warp of an image of a shape and dtype; ``inverse`` is ``remap``'s relative map."""

    function: str
    shape: tuple[int, ...]
    dtype: str
    interpolation: str
    border: str
    inverse: bool

    @property
    def name(self) -> str:
        """Unique."""
        return " ".join(str(value) for value in self)

    def image(self) -> np.ndarray:
        """Noise, the same for every machine; floats in [0, 1)."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        if self.dtype == "float32":
            return (rng.integers(0, 2**20, self.shape) / 2**20).astype(self.dtype)
        return rng.integers(0, np.iinfo(self.dtype).max + 1, self.shape).astype(self.dtype)

    def arguments(self) -> tuple[Any, ...]:
        """What comes after the image: a matrix near one and the size, or maps within and around the image."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()) + 1)
        flags = INTERPOLATIONS[self.interpolation]
        if self.function == "remap":
            maps = rng.uniform(-30, 45, (2, *_SIZE)).astype(np.float32)
            return (*maps, flags | (RELATIVE_MAP if self.inverse else 0))
        matrix = np.concatenate(
            [np.eye(2) + rng.uniform(-0.3, 0.3, (2, 2)), rng.uniform(-4, 4, (2, 1))], axis=1
        )
        if self.function == "warpPerspective":
            matrix = np.concatenate([matrix, [[*rng.uniform(-0.01, 0.01, 2), 1]]])
        return matrix, _SIZE, flags | (INVERSE_MAP if self.inverse else 0)

    def keywords(self) -> dict[str, Any]:
        """The border, with a value for each channel."""
        values = (0.25, 0.5, 0.75, 1.0) if self.dtype == "float32" else (10, 100, 200, 255)
        return {"borderMode": BORDERS[self.border], "borderValue": values[: self.shape[-1]]}


# Every interpolation with every border, whose functions, shapes, dtypes and flags take turns.
_EVERY = [
    Call(
        FUNCTIONS[(i + b) % 3],
        _SHAPES[(i + 2 * b) % 4],
        ("uint8", "float32")[(i + b) // 2 % 2],
        interpolation,
        border,
        (i + b) % 2 == 0,
    )
    for i, interpolation in enumerate(_WARPED)
    for b, border in enumerate(BORDERS)
]
_PLAIN = [
    Call(function, (12, 8, 3), dtype, "LINEAR", "CONSTANT", inverse)
    for function in FUNCTIONS
    for dtype, inverse in (("uint8", False), ("float32", True), ("uint16", False))
]
CALLS: list[Call] = list(dict.fromkeys(_EVERY + _PLAIN))
