"""Calls of ``cv2.resize`` whose answers are recorded, and the images that they take."""

import zlib
from typing import Any, NamedTuple

import numpy as np

FILE = "opencv-5.0.0.npz"

INTERPOLATIONS = {
    "NEAREST": 0,
    "LINEAR": 1,
    "CUBIC": 2,
    "AREA": 3,
    "LANCZOS4": 4,
    "LINEAR_EXACT": 5,
    "NEAREST_EXACT": 6,
}


class Call(NamedTuple):
    """``cv2.resize`` of an image of a shape and dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    keywords: dict[str, Any]

    def image(self) -> np.ndarray:
        """Noise; 8-bit images with saturated squares; the same for every machine."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        if self.dtype.startswith("float"):
            return (rng.integers(-(2**20), 2**20, self.shape) / 2**20).astype(self.dtype)
        limits = np.iinfo(self.dtype)
        pixels = rng.integers(limits.min, limits.max + 1, self.shape)
        extreme = np.where(pixels > limits.max // 2, limits.max, limits.min)
        squares = np.indices(self.shape[:2]).sum(0) // 4 % 2 == 0
        squares = squares.reshape(*self.shape[:2], *(1,) * (len(self.shape) - 2))
        return np.where(squares, extreme, pixels).astype(self.dtype)


_GEOMETRIES: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "up": ((9, 13), {"dsize": (32, 24)}),
    "down": ((40, 31, 3), {"dsize": (17, 9)}),
    "half": ((18, 24, 3), {"dsize": (12, 9)}),
    "mixed": ((21, 12, 4), {"dsize": (30, 8)}),
    "factors": ((17, 23), {"dsize": None, "fx": 0.6, "fy": 1.7}),
}


def _call(name: str, what: str, dtype: str, shape: tuple[int, ...], keywords: dict[str, Any]) -> Call:
    keywords = {**keywords, "interpolation": INTERPOLATIONS[name]}
    return Call(f"resize {dtype} {name} {what}", shape, dtype, keywords)


CALLS: list[Call] = [
    *(
        _call(name, what, dtype, *geometry)
        for name in INTERPOLATIONS
        for dtype in ("uint8", "float32")
        for what, geometry in _GEOMETRIES.items()
    ),
    *(
        _call(
            "AREA", f"by {rows} and {columns}", dtype, (12 * rows, 8 * columns, channels), {"dsize": (8, 12)}
        )
        for dtype in ("uint8", "float32")
        for rows, columns, channels in ((3, 2, 3), (2, 2, 2), (1, 4, 1))
    ),
    *(
        _call(name, "words", dtype, (15, 20), {"dsize": (13, 23)})
        for name in ("LINEAR", "CUBIC", "AREA")
        for dtype in ("uint16", "int16", "float64")
    ),
    # Names that draw images with sums near a half, where a fused product or a merged weight is another level.
    _call("AREA", "near halves 1", "uint16", (35, 32), {"dsize": (16, 14)}),
    _call("AREA", "near halves 1", "int16", (35, 32), {"dsize": (16, 14)}),
    _call("LINEAR", "repeated rows 12", "uint16", (2, 41), {"dsize": (40, 63)}),
    _call("AREA", "long sums", "uint8", (164, 40, 4), {"dsize": (40, 6)}),
    *(_call(name, "columns only", "uint8", (15, 20), {"dsize": (31, 15)}) for name in INTERPOLATIONS),
]
