"""OpenCV's weights at a phase, in float32 and rounded after every operation."""

from types import ModuleType
from typing import Any

import numpy as np

from .kernels import KERNELS, Kernel, find_kernel

# Sine and cosine of (t + 3 - i) pi / 4 for i = 0 ... 7, as multiples of those of (t + 3) pi / 4.
_HALF = 0.70710678118654752440
_ROTATIONS = np.array(
    [(1, 0), (-_HALF, -_HALF), (0, 1), (_HALF, -_HALF), (-1, 0), (_HALF, _HALF), (0, -1), (-_HALF, _HALF)]
)


def _cubic_at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
    """Keys's cubic with a = -3/4; the last weight is what the others leave of 1."""
    first, second = _outer(t + 1), _inner(t)
    third = _inner(1 - t)
    return first, second, third, 1 - first - second - third


def _inner(x: Any) -> Any:
    return (1.25 * x - 2.25) * x * x + 1


def _outer(x: Any) -> Any:
    return ((-0.75 * x + 3.75) * x - 6) * x + 3


def _lanczos4_at_phase(t: Any, xp: ModuleType = np) -> tuple[Any, ...]:
    """Windowed sinc over eight samples, divided by the sum; a phase of 0 outweighs all others 1e30 times."""
    wide = xp.float64 if xp is np else t.dtype
    reach = t + 3
    angle = -reach.astype(wide) * (np.pi / 4)
    sine, cosine = xp.sin(angle), xp.cos(angle)
    weights = []
    for i, (a, b) in enumerate(_ROTATIONS.tolist()):
        distance = reach - i
        near = abs(distance) < 1e-6
        y = xp.where(near, xp.ones_like(angle), -distance.astype(wide) * (np.pi / 4))
        weight = ((a * sine + b * cosine) / (y * y)).astype(t.dtype)
        weights.append(xp.where(near, xp.full_like(t, 1e30), weight))
    total = weights[0]
    for weight in weights[1:]:
        total = total + weight
    return tuple(weight * (1 / total) for weight in weights)


FLOAT_KERNELS: dict[str, Kernel] = {
    "cubic": Kernel(
        2, KERNELS["cubic(-0.75)"].at_distance, _cubic_at_phase, "Keys (1981), a = -3/4; as OpenCV rounds it"
    ),
    "lanczos4": Kernel(
        4, find_kernel("lanczos(4)").at_distance, _lanczos4_at_phase, "Duchon (1979); divided by the sum"
    ),
}
