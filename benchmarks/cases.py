"""What is timed: one table of cases, which every command shares."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import prod
from typing import Literal

import numpy as np

Layout = Literal["channels_first", "channels_last"]
LAYOUTS: tuple[Layout, ...] = ("channels_first", "channels_last")

_SEED = 20261122


@dataclass(frozen=True)
class Case:
    """One resize of one batch.

    Args:
      name: unique, without spaces.
      group: heading under which the case is shown.
      batch: number of images, signals or volumes.
      channels: channels of each.
      lengths: input length of each spatial axis, in samples, outermost first.
      sizes: output length of each spatial axis, in samples.
      mode: ``mode`` of ``torch.nn.functional.interpolate``.
      antialias: ``antialias`` of ``torch.nn.functional.interpolate``.
      dtype: NumPy's name of the samples' type.
    """

    name: str
    group: str
    batch: int
    channels: int
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    mode: str
    antialias: bool = False
    dtype: str = "float32"

    def shape(self, layout: Layout) -> tuple[int, ...]:
        """Shape of the input."""
        return self._arranged(self.lengths, layout)

    def out_shape(self, layout: Layout) -> tuple[int, ...]:
        """Shape of the output."""
        return self._arranged(self.sizes, layout)

    @property
    def in_bytes(self) -> int:
        """Bytes of the input."""
        return prod(self.shape("channels_first")) * np.dtype(self.dtype).itemsize

    @property
    def out_bytes(self) -> int:
        """Bytes of the output."""
        return prod(self.out_shape("channels_first")) * np.dtype(self.dtype).itemsize

    @property
    def has_gradient(self) -> bool:
        """Whether the samples are real numbers, so that there is a backward pass to time."""
        return self.dtype != "uint8"

    @property
    def shrinks(self) -> bool:
        """Whether some axis becomes shorter."""
        return any(m < n for n, m in zip(self.lengths, self.sizes, strict=True))

    def input(self, layout: Layout) -> np.ndarray:
        """The input, C-contiguous: standard normal, or all 256 values for uint8; the same each time."""
        return self._samples(self.lengths, layout, _SEED)

    def cotangent(self, layout: Layout) -> np.ndarray:
        """An array of the output's shape to pull back."""
        return self._samples(self.sizes, layout, _SEED + 1)

    def _arranged(self, spatial: tuple[int, ...], layout: Layout) -> tuple[int, ...]:
        if layout == "channels_first":
            return (self.batch, self.channels, *spatial)
        return (self.batch, *spatial, self.channels)

    def _samples(self, spatial: tuple[int, ...], layout: Layout, seed: int) -> np.ndarray:
        shape = self._arranged(spatial, "channels_first")
        rng = np.random.default_rng(seed)
        if self.dtype == "uint8":
            values = rng.integers(0, 256, shape, dtype=np.uint8)
        else:
            values = rng.standard_normal(shape, dtype=np.float32).astype(self.dtype)
        return values if layout == "channels_first" else np.ascontiguousarray(np.moveaxis(values, 1, -1))


CASES: tuple[Case, ...] = (
    Case("bilinear-2x-photo", "bilinear", 1, 3, (512, 512), (1024, 1024), "bilinear"),
    Case("bilinear-2x-decoder", "bilinear", 8, 64, (64, 64), (128, 128), "bilinear"),
    Case("bilinear-2x-features", "bilinear", 64, 256, (14, 14), (28, 28), "bilinear"),
    Case("bilinear-vit-features", "bilinear", 1, 768, (16, 16), (37, 37), "bilinear"),
    Case("bilinear-photo", "bilinear", 1, 3, (333, 500), (480, 640), "bilinear"),
    Case("bicubic-photo-to-hd", "bicubic", 1, 3, (333, 500), (1080, 1920), "bicubic"),
    Case("bicubic-2x-decoder", "bicubic", 8, 64, (64, 64), (128, 128), "bicubic"),
    Case("bicubic-vit-positions", "bicubic", 1, 384, (37, 37), (16, 16), "bicubic"),
    Case("nearest-2x-decoder", "nearest", 8, 64, (64, 64), (128, 128), "nearest"),
    Case("nearest-2x-photo", "nearest", 1, 3, (512, 512), (1024, 1024), "nearest"),
    Case("nearest-photo", "nearest", 1, 3, (500, 375), (640, 480), "nearest"),
    Case("area-quarter-photo", "area", 1, 3, (1024, 1024), (256, 256), "area"),
    Case("area-pool-7", "area", 8, 64, (56, 56), (7, 7), "area"),
    Case("area-pool-1", "area", 8, 512, (14, 14), (1, 1), "area"),
    Case("area-photo-to-224", "area", 1, 3, (500, 375), (224, 224), "area"),
    Case("antialias-bilinear-hd-to-224", "antialias", 1, 3, (1080, 1920), (224, 224), "bilinear", True),
    Case("antialias-bicubic-batch-to-224", "antialias", 16, 3, (500, 375), (224, 224), "bicubic", True),
    Case("antialias-bicubic-12mp-to-224", "antialias", 1, 3, (3000, 4000), (224, 224), "bicubic", True),
    Case("lanczos-hd-to-360", "antialias", 1, 3, (1080, 1920), (360, 640), "lanczos", True),
    Case("linear-2x-signal", "1-D and 3-D", 8, 64, (4096,), (8192,), "linear"),
    Case("trilinear-2x-volume", "1-D and 3-D", 2, 8, (32, 64, 64), (64, 128, 128), "trilinear"),
    Case("trilinear-half-volume", "1-D and 3-D", 1, 32, (16, 32, 32), (8, 16, 16), "trilinear"),
    Case("uint8-antialias-hd-to-224", "uint8", 1, 3, (1080, 1920), (224, 224), "bilinear", True, "uint8"),
    Case("uint8-antialias-12mp-to-224", "uint8", 1, 3, (3000, 4000), (224, 224), "bicubic", True, "uint8"),
    Case("uint8-bicubic-photo-to-hd", "uint8", 1, 3, (333, 500), (1080, 1920), "bicubic", False, "uint8"),
    Case("uint8-bilinear-photo", "uint8", 1, 3, (333, 500), (480, 640), "bilinear", False, "uint8"),
    Case("uint8-lanczos-hd-to-360", "uint8", 1, 3, (1080, 1920), (360, 640), "lanczos", True, "uint8"),
)


def select(patterns: list[str] | None) -> tuple[Case, ...]:
    """Cases whose name or group matches a pattern, in the table's order; all of them without patterns.

    Args:
      patterns: shell patterns such as ``bicubic*``; one without wildcards also matches inside a name.

    Raises:
      ValueError: a pattern matches nothing.
    """
    if not patterns:
        return CASES
    for pattern in patterns:
        if not any(_matches(case, pattern) for case in CASES):
            names = ", ".join(case.name for case in CASES)
            msg = f"`case` must match a case or a group; received {pattern!r}, cases are {names}"
            raise ValueError(msg)
    return tuple(case for case in CASES if any(_matches(case, pattern) for pattern in patterns))


def _matches(case: Case, pattern: str) -> bool:
    inside = pattern if any(sign in pattern for sign in "*?[") else f"*{pattern}*"
    return fnmatchcase(case.name, inside) or fnmatchcase(case.group, pattern)
