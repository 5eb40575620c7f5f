"""Where output samples land in the input: output sizes, steps and coordinate maps of one axis.

Coordinates are in input pixels. Sample ``i`` of the input sits at coordinate ``i``; its pixel covers
``[i - 1/2, i + 1/2]``. Every map is affine, ``u(i) = step * i + offset``:

========================  =======================  ==================
map                       step                     offset
========================  =======================  ==================
half-pixel                ``n / m``                ``(step - 1) / 2``
align-corners             ``(n - 1) / (m - 1)``    0
asymmetric                ``n / m``                0
========================  =======================  ==================

for ``n`` input and ``m`` output samples. The functions take the array namespace as ``xp``, so that the
same lines build a static table with NumPy and trace with ``jax.numpy``.
"""

from types import ModuleType
from typing import Any

import numpy as np

from .arithmetic import fma


def output_size(n: int, factor: float) -> int:
    """Samples after scaling ``n`` by ``factor``: one double product, truncated (PyTorch's rule)."""
    return int(float(n) * float(factor))


def step(n: int, m: int, *, align_corners: bool, factor: float | None, dtype: Any) -> np.floating:
    """Distance between neighbouring output samples in input pixels, rounded as PyTorch 2.13 rounds it.

    ``factor`` is the caller's scale where it steps the map instead of the size ratio, else None. With
    ``align_corners`` the factor is ignored, and a single output sample gets step 0: it reads sample 0.
    """
    real = np.dtype(dtype).type
    if align_corners:
        return real(n - 1) / real(m - 1) if m > 1 else real(0)
    if factor is not None and factor > 0:
        return real(1.0 / float(factor))
    return real(n) / real(m) if m else real(0)


def half_pixel(step: Any, m: int, xp: ModuleType = np) -> Any:
    """``step * (i + 1/2) - 1/2``: the pixel grids share their outer edges."""
    return fma(step, _ramp(step, m, xp) + step.dtype.type(0.5), step.dtype.type(-0.5), xp)


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
    return step * (_ramp(step, m, xp) + 0.5)


def floor_index(u: Any, n: int, xp: ModuleType = np) -> Any:
    """Sample at or below ``u``, at most ``n - 1``.

    The floor is taken of ``u`` in float32 even where ``u`` is float64, as PyTorch's ``floorf`` does: on
    axes beyond about 4,000 samples a float64 coordinate just below an integer can be lifted onto it.
    """
    return xp.minimum(xp.floor(u.astype(xp.float32)).astype(xp.int32), n - 1)


def _ramp(step: Any, m: int, xp: ModuleType) -> Any:
    return xp.arange(m, dtype=step.dtype)
