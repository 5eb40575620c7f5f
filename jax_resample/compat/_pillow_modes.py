"""Pillow's modes: what each says about an array, and which one an array has."""

from typing import Any, NamedTuple

import jax
import numpy as np

from .. import checks


class Mode(NamedTuple):
    """What a mode says about an array: its bands, its dtype, and whether the last band is opacity."""

    bands: int
    dtype: str = "uint8"
    alpha: bool = False


MODES: dict[str, Mode] = {
    "1": Mode(1, "bool"),
    "L": Mode(1),
    "P": Mode(1),
    "I": Mode(1, "int32"),
    "I;16": Mode(1, "uint16"),
    "F": Mode(1, "float32"),
    "LA": Mode(2, alpha=True),
    "La": Mode(2),
    "RGB": Mode(3),
    "YCbCr": Mode(3),
    "LAB": Mode(3),
    "HSV": Mode(3),
    "RGBA": Mode(4, alpha=True),
    "RGBa": Mode(4),
    "RGBX": Mode(4),
    "CMYK": Mode(4),
}

# What an array is taken for where no mode is given: by dtype and, of three axes or more, by the last one.
_PLAIN = {"bool": "1", "uint8": "L", "int32": "I", "uint16": "I;16", "float32": "F"}
_BANDED = {2: "LA", 3: "RGB", 4: "RGBA"}
# Modes whose numbers are no intensities: they are only moved.
MOVED = ("1", "P")
PREMULTIPLIED = {"LA": "La", "RGBA": "RGBa"}
IRREDUCIBLE = ("1", "P", "I;16")


def checked_image(image: Any, mode: str | None) -> tuple[jax.Array, str]:
    """The array and the name of its mode."""
    x = checks.as_array(image, "image")
    dtype = np.dtype(x.dtype).name
    if dtype not in _PLAIN:
        checks.refuse("image", f"have one of the dtypes {', '.join(_PLAIN)}", dtype, TypeError)
    if mode is None:
        banded = _BANDED.get(x.shape[-1]) if x.ndim > 2 and dtype == "uint8" else None
        found = _PLAIN[dtype] if x.ndim == 2 else banded
        if found is None:
            rule = "be given for an image that is neither two axes nor uint8 with 2, 3 or 4 bands last"
            checks.refuse("mode", rule, f"None for {dtype} of shape {x.shape}")
        return x, found
    checks.one_of(mode, MODES, "mode")
    wanted = MODES[mode]
    if dtype != wanted.dtype:
        checks.refuse("image", f"have dtype {wanted.dtype} in mode {mode!r}", dtype, TypeError)
    banded = wanted.bands > 1
    if x.ndim < 2 + banded or (banded and x.shape[-1] != wanted.bands):
        shape = f"(..., height, width{f', {wanted.bands}' if banded else ''})"
        checks.refuse("image", f"have shape {shape} in mode {mode!r}", f"shape {x.shape}")
    return x, mode


def axes_of(x: jax.Array, mode: str) -> tuple[int, int]:
    """The axes of height and width."""
    last = x.ndim - (MODES[mode].bands > 1)
    return last - 2, last - 1
