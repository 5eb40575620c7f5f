"""Calls of TensorFlow and Keras whose answers are recorded beside this file."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .calls import samples

TENSORFLOW_FILE = "tensorflow-2.21.0.npz"
KERAS_FILE = "keras-3.15.1.npz"
METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
METHODS_V1 = METHODS[:4]


class Call(NamedTuple):
    """A function's name in `jax_resample.compat.tensorflow` or ``keras``, the image and the arguments."""

    function: str
    shape: tuple[int, ...]
    dtype: str
    size: tuple[int, int]
    keywords: dict[str, Any]

    @property
    def name(self) -> str:
        """What the call is recorded as."""
        options = [f"{k}={v}" for k, v in self.keywords.items()]
        return " ".join(map(str, (self.function, self.shape, self.dtype, self.size, *options)))

    def image(self) -> np.ndarray:
        """What goes in."""
        return samples(self.shape, self.dtype).astype(self.dtype)


def allowance(name: str, value: np.ndarray) -> float:
    """Two units in the last place of the largest value, as libraries choose kernels by CPU."""
    return 2.0**-22 * float(np.abs(value).max(initial=0)) if value.dtype.kind == "f" else 0.0


_GRIDS = ({}, {"align_corners": True}, {"half_pixel_centers": True})
_SMALLER, _LARGER, _MIXED = (4, 5), (17, 21), (11, 3)


def _tensorflow() -> Iterator[Call]:
    image = (2, 9, 11, 3)
    for method in METHODS:
        for size in (_SMALLER, _LARGER):
            for antialias in (False, True):
                yield Call("resize", image, "float32", size, {"method": method, "antialias": antialias})
        yield Call("resize", (1, 1, 7, 1), "float32", (3, 1), {"method": method})
        yield Call("resize", image[1:], "uint8", _MIXED, {"method": method})
    yield Call("resize", image, "float32", (9, 11), {"method": "gaussian"})
    yield Call("resize", image, "float32", (6, 6), {"preserve_aspect_ratio": True})
    for method in METHODS_V1:
        for align in (False, True):
            for size in (_SMALLER, _LARGER, (1, 1)):
                yield Call("resize_v1", image, "float32", size, {"method": method, "align_corners": align})
    yield Call("resize_v1", image, "uint8", (9, 11), {"method": "bilinear"})
    for function in ("resize_bilinear", "resize_bicubic", "resize_nearest_neighbor"):
        for grid in _GRIDS:
            yield Call(function, image, "float32", _MIXED, grid)
    yield Call("resize_area", image, "float32", _MIXED, {"align_corners": True})


def _keras() -> Iterator[Call]:
    image = (2, 9, 11, 3)
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
        for antialias in (False, True):
            keywords = {"interpolation": interpolation, "antialias": antialias}
            yield Call("resize", image, "float32", _MIXED, keywords)
    yield Call("resize", image[1:], "uint8", _LARGER, {})
    yield Call("resize", (2, 3, 9, 11), "float32", _SMALLER, {"data_format": "channels_first"})
    for size in ((4, 8), (8, 4), (6, 6)):
        yield Call("resize", image, "float32", size, {"crop_to_aspect_ratio": True})
        yield Call("resize", image, "float32", size, {"pad_to_aspect_ratio": True, "fill_value": 0.5})


TENSORFLOW_CALLS: list[Call] = list(_tensorflow())
KERAS_CALLS: list[Call] = list(_keras())
