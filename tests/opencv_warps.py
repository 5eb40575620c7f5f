"""How near a warp must be to OpenCV's."""

import numpy as np

# Float32 coordinates are a rounding or two from OpenCV's: this much of the difference of neighbouring pixels.
FLOAT_DIFFERENCE = 4e-5
# A rounded coordinate is another step where the two sides of a half are told apart by the last bit.
SHARE_OF_OTHER_STEPS = 0.03


def assert_warped(mine, theirs: np.ndarray, interpolation: str, told: np.ndarray | None = None) -> None:
    """Integers within a level, half of one and the other rounding of it; floats as near as coordinates are.

    OpenCV rounds coordinates of two channels and for Lanczos; nearest neighbours do too. ``told`` says where
    to look, by default everywhere.
    """
    mine = np.asarray(mine, np.float64).reshape(theirs.shape)
    difference = np.abs(mine - theirs.astype(np.float64))
    channels = theirs.shape[2] if theirs.ndim == 3 else 1
    if told is not None:
        difference = difference[told]
    off = difference > (FLOAT_DIFFERENCE if theirs.dtype.kind == "f" else 1)
    rounded = channels == 2 or interpolation in ("LANCZOS4", "NEAREST")
    # One tie may touch all channels of a pixel.
    allowed = SHARE_OF_OTHER_STEPS if rounded else 0
    assert off.sum() <= allowed * off.size, (difference.max(), off.mean())
