"""Weights of 8-bit images as integers with a common number of fractional bits: the table of rules."""

from collections.abc import Callable

import numpy as np

# A rule takes float64 weights and the largest weight met while equal taps were added, which can exceed the
# largest that remains, and gives int32 weights and their fractional bits.
Rule = Callable[[np.ndarray, float], tuple[np.ndarray, int]]


def _int16(weights: np.ndarray, peak: float) -> tuple[np.ndarray, int]:
    """PyTorch: as many fractional bits as keep the largest weight in 16 bits; rounded half away from zero."""
    shift = next((p for p in range(22) if int(0.5 + peak * (1 << (p + 1))) >= 1 << 15), 22)
    return _half_away(weights, shift), shift


def _bits22(weights: np.ndarray, _: float) -> tuple[np.ndarray, int]:
    """Pillow: 22 fractional bits, rounded half away from zero."""
    return _half_away(weights, 22), 22


def _bits11(weights: np.ndarray, _: float) -> tuple[np.ndarray, int]:
    """OpenCV: 11 fractional bits of the float32 weight, rounded half to even."""
    return np.rint(weights.astype(np.float32) * np.float32(1 << 11)).astype(np.int32), 11


def _half_away(weights: np.ndarray, shift: int) -> np.ndarray:
    scaled = weights * (1 << shift)
    return np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int32)


FIXED_POINT: dict[str, Rule] = {"int16": _int16, "22 bits": _bits22, "11 bits": _bits11}
