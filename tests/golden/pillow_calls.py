"""Calls of Pillow's ``resize`` and ``reduce`` whose answers are recorded, and the images that they take."""

import zlib
from typing import Any, NamedTuple

import numpy as np

FILE = "pillow-13.0.0.npz"

FILTERS = {
    "NEAREST": 0,
    "LANCZOS": 1,
    "BILINEAR": 2,
    "BICUBIC": 3,
    "BOX": 4,
    "HAMMING": 5,
    "MKS2013": 6,
    "MKS2021": 7,
}
_BANDS = {"LA": 2, "RGB": 3, "RGBA": 4}
_DTYPES = {"I": "int32", "F": "float32", "I;16": "uint16"}


class Call(NamedTuple):
    """``image.resize`` or ``image.reduce`` of an image of a mode, ``(height, width)`` large."""

    name: str
    function: str
    mode: str
    lengths: tuple[int, int]
    keywords: dict[str, Any]

    def image(self) -> np.ndarray:
        """Noise with saturated squares; the same for every machine."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        bands = () if self.mode not in _BANDS else (_BANDS[self.mode],)
        shape = (*self.lengths, *bands)
        if self.mode == "F":
            return (rng.integers(-(2**20), 2**20, shape) / 2**10).astype(np.float32)
        if self.mode in ("I", "I;16"):
            dtype = np.dtype(_DTYPES[self.mode])
            low = 0 if self.mode == "I;16" else -(2**24)
            return rng.integers(low, 2**16 if self.mode == "I;16" else 2**24, shape).astype(dtype)
        pixels = rng.integers(0, 256, shape)
        extreme = np.where(pixels > 127, 255, 0)
        squares = np.indices(self.lengths).sum(0) // 4 % 2 == 0
        return np.where(squares.reshape(*self.lengths, *(1,) * len(bands)), extreme, pixels).astype(np.uint8)


def _resize(what: str, mode: str, lengths: tuple[int, int], name: str, **keywords: Any) -> Call:
    keywords["resample"] = FILTERS[name]
    return Call(f"resize {mode} {name} {what}", "resize", mode, lengths, keywords)


def _reduce(mode: str, lengths: tuple[int, int], factor: Any, box: Any = None) -> Call:
    keywords = {"factor": factor, "box": box}
    return Call(f"reduce {mode} {lengths} {factor} {box}", "reduce", mode, lengths, keywords)


CALLS: list[Call] = [
    *(
        _resize(what, mode, lengths, name, size=size)
        for name in FILTERS
        for mode, what, lengths, size in (
            ("L", "up", (9, 13), (31, 22)),
            ("RGB", "down", (31, 40), (17, 9)),
            ("F", "across", (23, 11), (19, 10)),
            ("I", "half", (18, 24), (12, 9)),
        )
    ),
    *(
        _resize("vertical first", mode, (60, 20), name, size=(12, 7))
        for mode in ("L", "RGBA", "LA", "F", "I;16")
        for name in ("BICUBIC", "LANCZOS")
    ),
    *(
        _resize("box", mode, (25, 33), name, size=(14, 19), box=(1.5, 0.25, 30.3, 21.0))
        for mode in ("L", "RGBA", "I", "I;16")
        for name in ("NEAREST", "BILINEAR", "HAMMING")
    ),
    _resize("crop", "RGB", (16, 20), "MKS2021", size=(9, 8), box=(3, 4, 12, 12)),
    _resize("same width", "LA", (16, 20), "BICUBIC", size=(20, 30)),
    _resize("to one", "RGBA", (16, 20), "LANCZOS", size=(1, 1)),
    *(
        _resize(f"gap {gap}", mode, (61, 83), "BICUBIC", size=(9, 7), reducing_gap=gap)
        for mode in ("L", "RGBA", "I", "F")
        for gap in (1.0, 2.0)
    ),
    *(_reduce(mode, (23, 31), factor) for mode in ("RGB", "LA", "I", "F") for factor in (2, (3, 5), (1, 4))),
    _reduce("L", (23, 31), (30, 2)),
    _reduce("F", (40, 33), (5, 4), (2, 3, 33, 37)),
]
