"""The calls of ``scipy.ndimage`` and ``skimage.transform`` whose answers are recorded, by name."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

SCIPY_FILE = "scipy-1.17.1.npz"
SKIMAGE_FILE = "skimage-0.26.0.npz"

MODES = ("reflect", "grid-mirror", "mirror", "constant", "wrap", "grid-wrap", "nearest", "grid-constant")
ORDERS = tuple(range(6))
PADDINGS = ("constant", "edge", "symmetric", "reflect", "wrap")
CVAL = 1.75


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
      function: its name in ``scipy.ndimage`` or ``skimage.transform``.
      shape: the array's.
      arguments: what comes after the array; coordinates are made by `points`.
      keywords: its keywords.
      dtype: the array's.
    """

    function: str
    shape: tuple[int, ...]
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    dtype: str = "float64"

    @property
    def name(self) -> str:
        """What the call is recorded under."""
        options = " ".join(f"{key}={value}" for key, value in self.keywords.items())
        return f"{self.function} {self.dtype} {self.shape} {self.arguments} {options}"

    def array(self) -> np.ndarray:
        """The same samples for the same shape and dtype."""
        rng = np.random.default_rng([20261123, *self.shape])
        if self.dtype.startswith("float"):
            return rng.standard_normal(self.shape).astype(self.dtype)
        limits = np.iinfo(self.dtype)
        return rng.integers(limits.min, limits.max, self.shape, dtype=self.dtype, endpoint=True)

    def all_arguments(self) -> tuple[Any, ...]:
        """The arguments, coordinates included."""
        return (points(self.shape), *self.arguments) if self.function == "map_coordinates" else self.arguments


def points(shape: tuple[int, ...]) -> np.ndarray:
    """Coordinates within the array and far outside, on samples and halfway between: ``(ndim, 48)``."""
    rng = np.random.default_rng([20261123, *shape])
    return np.stack(
        [
            np.concatenate(
                [
                    rng.uniform(-1.5, n + 0.5, 16),
                    rng.uniform(-4 * n - 20, 5 * n + 20, 12),
                    rng.integers(-3 * n, 4 * n, 8),
                    rng.integers(-3 * n, 4 * n, 6) + 0.5,
                    [0.0, n - 1, -0.5, n - 0.5, -1e-9, n - 1 + 1e-9],
                ]
            )
            for n in shape
        ]
    )


def _maps() -> list[Call]:
    one = [
        Call("map_coordinates", (11,), keywords={"order": order, "mode": mode, "cval": CVAL})
        for order in ORDERS
        for mode in MODES
    ]
    short = [
        Call(
            "map_coordinates", (3,), keywords={"order": 5, "mode": mode, "cval": CVAL, "prefilter": prefilter}
        )
        for mode, prefilter in (("reflect", True), ("nearest", False), ("grid-wrap", True))
    ]
    two = [
        Call("map_coordinates", (7, 9), keywords={"order": order, "mode": mode, "cval": CVAL})
        for order, mode in zip((1, 2, 3, 3, 4, 5), MODES[2:], strict=True)
    ]
    three = [Call("map_coordinates", (5, 4, 6), keywords={"order": 2, "mode": "mirror"})]
    return one + short + two + three


def _filters() -> list[Call]:
    return [
        Call("spline_filter1d", (length, 2), keywords={"order": order, "mode": mode, "axis": 0})
        for length in (1, 4, 37)
        for order in ORDERS[2:]
        for mode in MODES
    ]


def _transforms() -> list[Call]:
    turn = ((0.9, -0.3), (0.4, 1.2))
    return [
        Call("spline_filter", (6, 5), keywords={"order": 4, "mode": "grid-wrap"}),
        Call("zoom", (7, 9), (1.7,)),
        Call("zoom", (7, 9), ((2, 0.6),), {"order": 1, "mode": "reflect", "grid_mode": True}),
        Call("zoom", (7, 9), ((1, 2.3),), {"order": 5, "mode": "grid-wrap", "grid_mode": True}),
        Call("zoom", (7, 9, 3), ((2, 2, 1),), {"order": 3, "mode": "grid-constant", "cval": CVAL}),
        Call("zoom", (7, 9), (1.3,), {"order": 3, "mode": "nearest", "prefilter": False}),
        Call("zoom", (7, 9), (1.6,), dtype="uint8"),
        Call("zoom", (7, 9), (1.6,), {"order": 0}, dtype="int32"),
        Call("zoom", (7, 9), (0.7,), {"order": 1, "output": "int16"}, dtype="float64"),
        Call("shift", (7, 9), ((1.25, -3.5),), {"order": 3, "mode": "wrap"}),
        Call("shift", (7, 9), (2,), {"order": 2, "cval": CVAL}),
        Call("affine_transform", (7, 9), (turn, (1.5, -0.5)), {"order": 3, "mode": "mirror"}),
        Call("affine_transform", (7, 9), ((0.5, -2.0), (1.0, 8.0)), {"order": 1, "output_shape": (5, 6)}),
        Call("affine_transform", (7, 9), (((0.9, -0.3, 1.0), (0.4, 1.2, -1.0)),), {"order": 0, "cval": CVAL}),
        Call("affine_transform", (6, 5), (((1.0,), (0.5,)),), {"order": 3, "output_shape": (6,)}),
        Call("rotate", (7, 9), (30,), {"mode": "reflect"}),
        Call("rotate", (7, 9, 2), (-90,), {"order": 1}),
        Call("rotate", (3, 7, 9), (211.5,), {"axes": (2, 1), "reshape": False, "order": 2, "cval": CVAL}),
    ]


SCIPY_CALLS: tuple[Call, ...] = (*_maps(), *_filters(), *_transforms())


def _resizes() -> list[Call]:
    modes = [
        Call("resize", (11, 9), ((5, 14),), {"order": order, "mode": mode, "cval": CVAL, "clip": clip})
        for order, mode, clip in zip((1, 2, 3, 4, 5), PADDINGS, (True, False, True, False, True), strict=True)
    ]
    return [
        *modes,
        Call("resize", (11, 9, 3), ((5, 4),)),
        Call("resize", (11, 9), ((5, 4, 2),), {"anti_aliasing": False}),
        Call("resize", (11, 9), ((8, 9),), {"anti_aliasing": True, "anti_aliasing_sigma": 0.8}),
        Call("resize", (11, 9), ((4, 5),), dtype="float32"),
        Call("resize", (11, 9), ((4, 5),), {"preserve_range": True}, dtype="uint8"),
        Call("resize", (11, 9), ((4, 5),), dtype="int16"),
        Call("resize", (11, 9), ((4, 15),), {"order": 0}, dtype="uint8"),
        Call("rescale", (11, 9, 3), (0.5,), {"channel_axis": -1}),
        Call("rescale", (3, 11, 9), ((0.5, 1.5),), {"channel_axis": 0, "order": 3}),
        Call("resize_local_mean", (11, 9), ((4, 13),)),
        Call("resize_local_mean", (11, 9), ((4, 13),), {"grid_mode": False}),
        Call("resize_local_mean", (3, 11, 9), ((4, 13),), {"channel_axis": 0}, dtype="uint8"),
    ]


SKIMAGE_CALLS: tuple[Call, ...] = tuple(_resizes())
