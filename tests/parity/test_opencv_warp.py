"""`warpAffine`, `warpPerspective` and `remap` against the installed OpenCV, over random calls."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jax_resample.compat import opencv as ours

from ..opencv_warps import assert_warped

cv2 = pytest.importorskip("cv2")

INTERPOLATIONS = ("NEAREST", "LINEAR", "CUBIC", "AREA", "LANCZOS4")
BORDERS = ("CONSTANT", "REPLICATE", "REFLECT", "REFLECT_101", "WRAP")
# Shapes are few, since each is a program; the numbers are free.
SHAPES = ((7, 9, 1), (12, 8, 3), (5, 16, 4), (9, 9, 2))
SIZE = (11, 10)
REPEATED = 40
# Perspectives are compared where float32 knows a coordinate to this many pixels.
OFF = 2e-5


def image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    if dtype == "float32":
        return rng.random(shape, dtype=np.float32)
    return rng.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


def matrix(rng: np.random.Generator) -> np.ndarray:
    """A shear, turn and scale of about one, moved within and around the image."""
    linear = np.eye(2) + rng.uniform(-0.6, 0.6, (2, 2))
    return np.concatenate([linear, rng.uniform(-6, 6, (2, 1))], axis=1)


calls = given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from(SHAPES),
    dtype=st.sampled_from(["uint8", "float32"]),
    interpolation=st.sampled_from(INTERPOLATIONS),
    border=st.sampled_from(BORDERS),
    inverse=st.booleans(),
)


def drawn(seed, shape, dtype, interpolation, border, inverse):
    """A generator, images, the flags and the keywords of a call."""
    rng = np.random.default_rng(seed)
    flags = getattr(cv2, f"INTER_{interpolation}") | (cv2.WARP_INVERSE_MAP if inverse else 0)
    value = (0.25, 0.5, 0.75, 1.0) if dtype == "float32" else (10, 100, 200, 255)
    keywords = {"borderMode": getattr(cv2, f"BORDER_{border}"), "borderValue": value}
    mine = {**keywords, "borderValue": value[: shape[-1]]}
    return rng, repeated(rng, shape, dtype), flags, keywords, mine


def repeated(rng, shape, dtype):
    """Several images for each program, since making the program is what takes the time."""
    return (image(rng, shape, dtype) for _ in range(REPEATED))


@calls
@settings(max_examples=25)
def test_warp_affine(seed, shape, dtype, interpolation, border, inverse):
    rng, images, flags, theirs, mine = drawn(seed, shape, dtype, interpolation, border, inverse)
    for x in images:
        m = matrix(rng)
        expected = cv2.warpAffine(x, m, SIZE, flags=flags, **theirs)
        y = ours.warpAffine(jnp.asarray(x), m, SIZE, flags=flags, **mine)
        assert_warped(y, expected, interpolation)


def clear_of_the_horizon(m: np.ndarray) -> np.ndarray:
    """Where sums of float32 terms and their quotients are within `OFF` pixels of the coordinates.

    Near the horizon the divisor's terms cancel and coordinates are large.
    """
    places = np.moveaxis(np.mgrid[: SIZE[1], : SIZE[0]], 0, -1)[..., ::-1]
    sums = places @ m[:, :2].T + m[:, 2]
    sizes = abs(places) @ abs(m[:, :2]).T + abs(m[:, 2])
    lost = np.finfo(np.float32).eps * (sizes / abs(sums[..., 2:])).max(axis=-1)
    return lost * (1 + abs(sums[..., :2] / sums[..., 2:]).max(axis=-1)) < OFF


@calls
@settings(max_examples=25)
def test_warp_perspective(seed, shape, dtype, interpolation, border, inverse):
    rng, images, flags, theirs, mine = drawn(seed, shape, dtype, interpolation, border, inverse)
    for x in images:
        m = np.concatenate([matrix(rng), [[*rng.uniform(-0.02, 0.02, 2), 1]]])
        expected = cv2.warpPerspective(x, m, SIZE, flags=flags, **theirs)
        y = ours.warpPerspective(jnp.asarray(x), m, SIZE, flags=flags, **mine)
        told = clear_of_the_horizon(m if inverse else np.linalg.inv(m))
        assert_warped(y, expected, interpolation, told)


@calls
@settings(max_examples=25)
def test_remap(seed, shape, dtype, interpolation, border, inverse):
    rng, images, flags, theirs, mine = drawn(seed, shape, dtype, interpolation, border, False)
    if inverse:
        flags |= cv2.WARP_RELATIVE_MAP
    for x in images:
        maps = rng.uniform(-30, 45, (2, *SIZE)).astype(np.float32)
        expected = cv2.remap(x, *maps, flags, **theirs)
        y = ours.remap(jnp.asarray(x), *map(jnp.asarray, maps), flags, **mine)
        assert_warped(y, expected, interpolation)
