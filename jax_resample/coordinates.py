"""Where output samples land in the input: output sizes, steps and coordinate maps of one axis.

Coordinates are in input pixels. Sample ``i`` of the input sits at coordinate ``i``; its pixel covers
``[i - 1/2, i + 1/2]``. A *box* ``(b0, b1)`` is the part of the input that is resampled, in pixel edges
counted from the first one: ``(0, n)`` is all of it. Every map is affine, ``u(i) = step * i + offset``:

=======================  ===========================  ===========================================
map                      step                         offset
=======================  ===========================  ===========================================
half-pixel               ``(b1 - b0) / m``            ``b0 + (step - 1) / 2``
asymmetric               ``(b1 - b0) / m``            ``b0``
align-corners            ``(b1 - b0 - 1) / (m - 1)``  ``b0``
=======================  ===========================  ===========================================

for ``n`` input and ``m`` output samples. ONNX's maps divide by a *scale* instead, which need not make a whole
number of samples: the output is ``scale * n`` wide, of which ``m`` whole samples remain. The functions take
the array namespace as ``xp``, so that the same lines build a static table with NumPy and trace with
``jax.numpy``.
"""

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from .arithmetic import fma

MultiplyAdd = Callable[..., Any]

_WHOLE = 1e-12  # a relative difference that only rounding makes


def output_size(n: int, factor: float) -> int:
    """Samples after scaling ``n`` by ``factor``: one double product, truncated (PyTorch's rule)."""
    return int(float(n) * float(factor))


OUTPUT_SIZES: dict[str, Callable[[int, float], int]] = {
    "truncate": output_size,
    "round half even": lambda n, factor: round(float(n) * float(factor)),
    "round half up": lambda n, factor: math.floor(float(n) * float(factor) + 0.5),
    "ceil": lambda n, factor: math.ceil(float(n) * float(factor)),
}


def step(
    n: Any,
    m: int,
    *,
    align_corners: bool,
    factor: Any,
    dtype: Any,
    reciprocal: bool = False,
    xp: ModuleType = np,
) -> Any:
    """Distance between neighbouring output samples in input pixels.

    ``n`` is the input's length, or its box's. ``factor`` is the caller's scale where it steps the map instead
    of the size ratio, else None. With ``align_corners`` the factor is ignored, and a single output sample
    gets step 0. ``reciprocal`` rounds the scale ``m / n`` before it is inverted.
    """
    real = np.dtype(dtype).type if xp is np else lambda value: xp.asarray(value, dtype)
    if align_corners:
        return real(n - 1) / real(m - 1) if m > 1 else real(0)
    if factor is not None and (xp is not np or factor > 0):
        return real(1) / real(factor) if reciprocal or xp is not np else real(1.0 / float(factor))
    if m == 0:
        return real(0)
    return real(1) / (real(m) / real(n)) if reciprocal else real(n) / real(m)


def half_pixel(
    step: Any, m: int, xp: ModuleType = np, first: Any = 0, multiply_add: MultiplyAdd = fma
) -> Any:
    """``step * (i + 1/2) + first - 1/2``: the pixel grids share their outer edges."""
    half = step.dtype.type(0.5)
    return multiply_add(step, _ramp(step, m, xp) + half, _real(first, step) - half, xp)


def align_corners(step: Any, m: int, xp: ModuleType = np) -> Any:
    """``step * i``: first and last samples of both grids coincide."""
    return step * _ramp(step, m, xp)


def asymmetric(step: Any, m: int, xp: ModuleType = np) -> Any:
    """``step * i`` with the size ratio as step: the first samples coincide, the last ones do not."""
    return step * _ramp(step, m, xp)


def window_centre(step: Any, m: int, xp: ModuleType = np) -> Any:
    """Half-pixel centre in edge coordinates, ``step * (i + 1/2)``: one double product, then one cast."""
    if xp is np:
        return (np.float64(step) * (np.arange(m) + 0.5)).astype(step.dtype)
    return step * (_ramp(step, m, xp) + step.dtype.type(0.5))


class Place(NamedTuple):
    """One axis as a map sees it: lengths, box and step, and the caller's factor where there is one."""

    n: int
    m: int
    box: tuple[Any, Any]
    step: Any
    multiply_add: MultiplyAdd
    xp: ModuleType
    factor: Any = None

    @property
    def ramp(self) -> Any:
        """The numbers of the output samples."""
        return _ramp(self.step, self.m, self.xp)

    @property
    def scale(self) -> Any:
        """Output samples for an input sample: the factor, or the ratio of the lengths."""
        if self.factor is not None:
            return _real(self.factor, self.step)
        return _real(self.m, self.step) / (_real(self.box[1], self.step) - self.first)

    @property
    def width(self) -> Any:
        """Samples of the output before it is cut to whole ones; whole if only rounding makes a fraction."""
        if self.factor is None:
            return _real(self.m, self.step)
        wide = self.scale * _real(self.n, self.step)
        whole = self.xp.round(wide)
        return self.xp.where(abs(wide - whole) <= _WHOLE * wide, whole, wide)

    @property
    def first(self) -> Any:
        """Where the box begins, in the step's type."""
        return _real(self.box[0], self.step)


class Map(NamedTuple):
    """A row of the table of maps.

    Attributes:
      corners: the step spans the centres of the corner samples, and not the outer edges.
      at: coordinates of the output samples.
      all_for_one: a single output sample steps by the box's length, where corners would leave it no step.
    """

    corners: bool
    at: Callable[[Place], Any]
    all_for_one: bool = False


def _half_pixel(place: Place) -> Any:
    return half_pixel(place.step, place.m, place.xp, place.first, place.multiply_add)


def _from_first(place: Place) -> Any:
    ramp = asymmetric(place.step, place.m, place.xp)
    return ramp if place.xp is np and place.first == 0 else ramp + place.first


def _half_pixel_symmetric(place: Place) -> Any:
    """Centres of box and output coincide, whatever the factor."""
    span = _real(place.box[1], place.step) - place.first
    return _half_pixel(place) + (span - _real(place.m, place.step) * place.step) / 2


def _half_pixel_centred(place: Place) -> Any:
    """The same, less the first coordinate's distance from 0, which is computed in double."""
    span = place.box[1] - place.box[0]
    exact = place.step
    if place.xp is np:
        exact = np.float64(span) / place.m if place.factor is None else 1 / np.float64(place.factor)
    before = ((place.m - 1) * exact - span + 1) / 2 - place.box[0]
    return place.ramp * place.step - _real(before, place.step)


def _half_pixel_by_scale(place: Place) -> Any:
    half = _real(0.5, place.step)
    return (place.ramp + half) / place.scale - half + place.first


def _half_pixel_symmetric_by_scale(place: Place) -> Any:
    """Centres the output: what is cut off its width is lost in equal parts at both ends."""
    half = _real(0.5, place.step)
    lost = 1 - _real(place.m, place.step) / place.width
    shift = _real(place.n, place.step) / 2 * lost
    return shift + (place.ramp + half) / place.scale - half + place.first


def _pytorch_half_pixel_by_scale(place: Place) -> Any:
    return _half_pixel_by_scale(place) if place.m > 1 else place.ramp + place.first


def _asymmetric_by_scale(place: Place) -> Any:
    return place.ramp / place.scale + place.first


def _corners_by_scale(place: Place) -> tuple[Any, Any, Any]:
    """Coordinates between the centres of the box's corner samples, their span, and whether the width is 1."""
    span = _real(place.box[1], place.step) - place.first - 1
    single = place.width == 1
    steps = place.xp.where(single, place.xp.ones_like(place.width), place.width - 1)
    return place.ramp * span / steps + place.first, span, single


def _align_corners_by_scale(place: Place) -> Any:
    return _corners_by_scale(place)[0]


def _crop_and_resize_by_scale(place: Place) -> Any:
    """A single sample reads the middle of the box."""
    u, span, single = _corners_by_scale(place)
    return u + place.xp.where(single, span / 2, place.xp.zeros_like(span))


MAPS: dict[str, Map] = {
    "half-pixel": Map(corners=False, at=_half_pixel),
    # OpenCV computes it in double and rounds it once.
    "half-pixel in float32": Map(corners=False, at=lambda place: _half_pixel(place).astype("float32")),
    "half-pixel-symmetric": Map(corners=False, at=_half_pixel_symmetric),
    "half-pixel, centred": Map(corners=False, at=_half_pixel_centred),
    "asymmetric": Map(corners=False, at=_from_first),
    "align-corners": Map(corners=True, at=_from_first),
    "align-corners, all for one": Map(corners=True, at=_from_first, all_for_one=True),
    # PyTorch's antialias takes only the step from align_corners.
    "half-pixel, corner step": Map(corners=True, at=_half_pixel),
    "half-pixel by scale": Map(corners=False, at=_half_pixel_by_scale),
    "half-pixel-symmetric by scale": Map(corners=False, at=_half_pixel_symmetric_by_scale),
    "pytorch-half-pixel by scale": Map(corners=False, at=_pytorch_half_pixel_by_scale),
    "align-corners by scale": Map(corners=False, at=_align_corners_by_scale),
    "asymmetric by scale": Map(corners=False, at=_asymmetric_by_scale),
    "crop-and-resize by scale": Map(corners=False, at=_crop_and_resize_by_scale),
}


def floor_index(u: Any, n: int, xp: ModuleType = np) -> Any:
    """Sample at or below ``u``, at most ``n - 1``.

    The floor is taken of ``u`` in float32 even where ``u`` is float64, as PyTorch's ``floorf`` does: on
    axes beyond about 4,000 samples a float64 coordinate just below an integer can be lifted onto it.
    """
    return xp.minimum(xp.floor(u.astype(xp.float32)).astype(xp.int32), n - 1)


def _ramp(step: Any, m: int, xp: ModuleType) -> Any:
    return xp.arange(m, dtype=step.dtype)


def _real(value: Any, like: Any) -> Any:
    """A number in the type of ``like``; traced ones are cast."""
    return value.astype(like.dtype) if hasattr(value, "astype") else like.dtype.type(value)
