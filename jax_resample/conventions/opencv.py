"""OpenCV 5: ``cv2.resize``, in its portable code (without Intel's IPP, which the x86 wheels use for some)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from ..kernels_in_float import FLOAT_KERNELS
from .convention import Convention, Lengths

_row = partial(
    Convention,
    arithmetic="float64",
    reciprocal=True,
    output_size="round half even",
    library="OpenCV 5.0.0",
    source="https://docs.opencv.org/5.x/da/d54/group__imgproc__transform.html",
)

# A step this near to a whole number is one.
_EPSILON = 2.0**-52


def across(row: Convention, lengths: Lengths, sizes: Lengths) -> tuple[Convention, ...]:
    """OpenCV's choice among its kinds of area, and between linear and area, which depends on all axes."""
    return (chosen(row, lengths, sizes, (None,) * len(sizes)),) * len(sizes)


def chosen(row: Convention, lengths: Lengths, sizes: Lengths, factors: Sequence[float | None]) -> Convention:
    """The row that OpenCV takes for a row, by the steps of all axes in input pixels."""
    if row.across is None:
        return row
    axes = list(zip(lengths, sizes, factors, strict=True))
    steps = [1.0 / (m / n if factor is None else factor) for n, m, factor in axes]
    whole = all(abs(step - round(step)) < _EPSILON for step in steps)
    whole = whole and all(n == m * round(step) for (n, m, _), step in zip(axes, steps, strict=True))
    if row.family == "interpolate":
        halves = whole and len(steps) > 1 and all(round(step) == 2 for step in steps)
        return _AREA_OF_WHOLE if halves else _alone(row)
    if any(step < 1 for step in steps):
        return _AREA_OF_TWO
    return _AREA_OF_WHOLE if whole else _alone(row)


@cache
def _alone(row: Convention) -> Convention:
    return replace(row, across=None)


_interpolating = partial(_row, family="interpolate", coordinates="half-pixel in float32", boundary="clamp")
_AREA_OF_WHOLE = _row(family="opencv-blocks", fixed_point="OpenCV blocks")
_AREA_OF_TWO = _row(family="opencv-two-samples", boundary="clamp", fixed_point="OpenCV linear")

ROWS: dict[str, Convention] = {
    "opencv:nearest": _row(family="nearest", coordinates="asymmetric", rounding="floor"),
    "opencv:nearest-exact": _row(
        family="nearest", rounding="running sum", reciprocal=False, factor_steps=False
    ),
    "opencv:linear": _interpolating(kernel="triangle", fixed_point="OpenCV linear", across=across),
    "opencv:linear-exact": _interpolating(
        kernel="triangle", coordinates="half-pixel", fixed_point="OpenCV linear exact"
    ),
    "opencv:cubic": _interpolating(kernel=FLOAT_KERNELS["cubic"], fixed_point="OpenCV cubic"),
    "opencv:lanczos4": _interpolating(kernel=FLOAT_KERNELS["lanczos4"], fixed_point="OpenCV lanczos4"),
    "opencv:area": _row(family="opencv-shares", fixed_point="OpenCV shares", across=across),
}
