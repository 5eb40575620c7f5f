"""A convention: every choice that tells one library's resampling of an axis from another's.

Each attribute of `Convention` is a column of the table `jax_resample.conventions`; a library's mode is a
row. Attributes that name a rule are keys of the table that holds such rules, so that a new rule is a new
entry there and no branch anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..kernels import Kernel

Lengths = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How an axis is resampled; frozen and hashable. Where it comes from does not count in comparisons.

    Attributes:
      family: how samples are chosen, a key of ``families.FAMILIES``: ``"nearest"`` picks one sample;
        ``"interpolate"`` weighs a fixed number of samples around a coordinate; ``"window"`` weighs every
        sample in a window that may be stretched; ``"overlap"`` weighs by the overlap of pixels;
        ``"area"`` averages the integer window ``[floor(i n / m), ceil((i + 1) n / m))``.
      kernel: weight by distance, a name that ``kernels.find_kernel`` knows or a `Kernel` of your own.
      boundary: what a tap outside reads, a key of ``boundary.BOUNDARIES``.
      cval: what lies outside, where the boundary leaves weight to it.
      rounding: which sample a nearest lookup picks, a key of ``rounding.ROUNDINGS``.
      coordinates: where outputs land in the input, a key of ``coordinates.MAPS``.
      reciprocal: the step is ``1 / (m / n)`` and not ``n / m``, which may round otherwise.
      arithmetic: type and rounding of coordinates and weights, a key of ``arithmetic.ARITHMETICS``.
      phases: an interpolating kernel is tabulated at this many phases per pixel, and the nearest is taken;
        None evaluates it.
      window: the window's place and how distances in it are rounded, a key of ``windows.WINDOWS``.
      stretch: when shrinking, the kernel is stretched by the step (antialiasing).
      normalise: weights are divided by their sum before the boundary rule meets them.
      margin: outputs whose coordinate lies more than this many pixels beyond the centres of the first and
        last samples read nothing and are ``cval``; None reads wherever they lie.
      nonnegative: coordinates below 0 are moved to 0.
      same_size_copies: an axis that keeps its length, and its box, is copied, even where a scale factor
        would move it.
      fixed_point: weights of 8-bit images as integers, a key of ``fixed_point.FIXED_POINT``; None computes
        integers in floating point and rounds them once.
      pass_order: which axis is resampled first where each pass rounds, a key of ``order.PASS_ORDERS``.
      output_size: samples after scaling by a factor, a key of ``coordinates.OUTPUT_SIZES``.
      factor_steps: a scale factor steps the coordinates; else the ratio of the sizes does.
      across: a rule that depends on all axes at once: ``across(row, lengths, sizes)`` gives a row per axis.
      library: whose numbers these are, with the version that was measured.
      source: where that library defines it.
    """

    family: str
    kernel: "str | Kernel | None" = None
    boundary: str | None = None
    cval: float = 0.0
    rounding: str | None = None
    coordinates: str = "half-pixel"
    reciprocal: bool = False
    arithmetic: str = "image"
    phases: int | None = None
    window: str | None = None
    stretch: bool = False
    normalise: bool = False
    margin: float | None = None
    nonnegative: bool = False
    same_size_copies: bool = False
    fixed_point: str | None = None
    pass_order: str = "last axis first"
    output_size: str = "truncate"
    factor_steps: bool = True
    across: "Callable[[Convention, Lengths, Lengths], tuple[Convention, ...]] | None" = None
    library: str = field(default="", compare=False)
    source: str = field(default="", compare=False)

    def per_axis(self, lengths: Lengths, sizes: Lengths) -> "tuple[Convention, ...]":
        """The row of each axis, for all input and output lengths at once."""
        return (self,) * len(sizes) if self.across is None else self.across(self, lengths, sizes)
