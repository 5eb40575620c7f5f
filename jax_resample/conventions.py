"""The table of libraries: every difference between two resamplers is a row here, not a branch.

A row says how the samples of one axis are chosen and weighed. Rows so far are PyTorch's; see
https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html for the modes and
README.md for what was measured on the installed package.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

Family = Literal["nearest", "interpolate", "window", "area"]


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How one axis is resampled; hashable, so that taps can be cached by it.

    Attributes:
      family: ``"nearest"`` picks one sample; ``"interpolate"`` weighs a fixed number of samples around
        a coordinate; ``"window"`` weighs every sample in a window; ``"area"`` averages the integer
        window ``[floor(i n / m), ceil((i + 1) n / m))``.
      kernel: row of ``kernels.KERNELS`` ("interpolate" and "window").
      boundary: row of ``boundary.BOUNDARIES`` ("interpolate" and "window").
      rounding: row of ``rounding.ROUNDINGS`` ("nearest").
      align_corners: the step is ``(n - 1) / (m - 1)``; "interpolate" then starts at coordinate 0, while
        "window" keeps half-pixel centres, as PyTorch does.
      stretch: when shrinking, the kernel is stretched by the step (antialiasing).
      nonnegative: half-pixel coordinates below 0 are moved to 0.
      same_size_copies: an axis that keeps its length is copied, even where a scale factor would move it.
    """

    family: Family
    kernel: str | None = None
    boundary: str | None = None
    rounding: str | None = None
    align_corners: bool = False
    stretch: bool = False
    nonnegative: bool = False
    same_size_copies: bool = False


def _window(kernel: str, *, stretch: bool) -> Convention:
    return Convention(family="window", kernel=kernel, boundary="drop", stretch=stretch, same_size_copies=True)


# (method, antialias) -> row; the names are free of the rank: PyTorch's bilinear is "linear" on two axes.
TORCH: dict[tuple[str, bool], Convention] = {
    ("nearest", False): Convention(family="nearest", rounding="floor"),
    ("nearest-exact", False): Convention(family="nearest", rounding="exact"),
    ("linear", False): Convention(
        family="interpolate", kernel="triangle", boundary="clamp", nonnegative=True, same_size_copies=True
    ),
    ("linear", True): _window("triangle", stretch=True),
    ("cubic", False): Convention(family="interpolate", kernel="cubic(-0.75)", boundary="clamp"),
    ("cubic", True): _window("cubic(-0.5)", stretch=True),
    ("lanczos", False): _window("lanczos3", stretch=False),
    ("lanczos", True): _window("lanczos3", stretch=True),
    ("area", False): Convention(family="area"),
}

METHODS: tuple[str, ...] = tuple(dict.fromkeys(method for method, _ in TORCH))

# PyTorch's compact nearest kernel serves 2-D maps up to this sum of output height and width.
_COMPACT_LIMIT = 128


def torch_convention(
    method: str, *, antialias: bool, align_corners: bool, out_sizes: tuple[int, ...]
) -> Convention:
    """The row for a method of PyTorch, for contiguous tensors and several threads."""
    compact = len(out_sizes) == 2 and sum(out_sizes) <= _COMPACT_LIMIT
    return _variant(method, antialias, align_corners, compact)


@cache
def _variant(method: str, antialias: bool, align_corners: bool, compact: bool) -> Convention:
    row = TORCH[method, antialias]
    rounding = f"{row.rounding}-compact" if row.rounding and compact else row.rounding
    return replace(row, rounding=rounding, align_corners=align_corners)
