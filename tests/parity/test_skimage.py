"""Live comparison with scikit-image 0.26: random images, shapes and options."""

import warnings

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jax_resample.compat import skimage as ours

from ..golden.scipy_calls import PADDINGS

skimage = pytest.importorskip("skimage")
transform = pytest.importorskip("skimage.transform")
pytestmark = pytest.mark.skipif(
    tuple(map(int, skimage.__version__.split(".")[:2])) < (0, 26), reason="scikit-image 0.26 or newer"
)

# Nearly every example is a program of its own, which takes half a second to compile.
_settings = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

DTYPES = ("float64", "float32", "uint8", "int16", "bool")


def image(dtype, rng):
    shape = tuple(int(n) for n in rng.integers(1, 12, rng.integers(1, 4)))
    if dtype.startswith("float"):
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(-100 if dtype == "int16" else 0, 200, shape).astype(dtype)


def compare(function, x, *arguments, **keywords):
    """Within rounding of the wider of what goes in and what comes out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a blur of axes that do not shrink
        theirs = getattr(transform, function)(x, *arguments, **keywords)
    mine = np.asarray(getattr(ours, function)(jnp.asarray(x), *arguments, **keywords))
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    largest = max(abs(theirs.astype(float)).max(), 1)
    allowed = {"float64": 1e-12, "float32": 2e-6}.get(mine.dtype.name, 0) * largest
    np.testing.assert_allclose(mine.astype(float), theirs.astype(float), atol=allowed, rtol=0)


@_settings
@given(
    dtype=st.sampled_from(DTYPES),
    order=st.sampled_from([None, 0, 1, 2, 3, 4, 5]),
    mode=st.sampled_from(PADDINGS),
    flags=st.tuples(st.booleans(), st.booleans(), st.sampled_from([None, True, False])),
    sigma=st.sampled_from([None, 0.0, 0.7, 1.9]),
    seed=st.integers(0, 2**32 - 1),
)
def test_resize(x64, dtype, order, mode, flags, sigma, seed):
    rng = np.random.default_rng(seed)
    x = image(dtype, rng)
    clip, preserve_range, blurs = flags
    if dtype == "bool" or (order == 0 and not dtype.startswith("float")):
        order, blurs = 0, None
    keywords = {"order": order, "mode": mode, "cval": round(float(rng.normal()), 1), "clip": clip}
    keywords |= {"preserve_range": preserve_range, "anti_aliasing": blurs}
    if blurs:
        keywords["anti_aliasing_sigma"] = sigma
    size = tuple(int(n) for n in rng.integers(1, 12, x.ndim))
    compare("resize", x, size[:-1] if len(size) > 1 and seed % 3 == 0 else size, **keywords)


@_settings
@given(dtype=st.sampled_from(DTYPES), scale=st.floats(0.3, 2.5), seed=st.integers(0, 2**32 - 1))
def test_rescale(x64, dtype, scale, seed):
    rng = np.random.default_rng(seed)
    x = image(dtype, rng)
    axis = int(rng.integers(x.ndim)) if x.ndim > 1 and seed % 2 else None
    compare("rescale", x, scale, channel_axis=axis)


@_settings
@given(
    dtype=st.sampled_from(DTYPES),
    grid_mode=st.booleans(),
    preserve_range=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_resize_local_mean(x64, dtype, grid_mode, preserve_range, seed):
    rng = np.random.default_rng(seed)
    x = image(dtype, rng)
    grid_mode |= 1 in x.shape
    size = tuple(int(n) for n in rng.integers(1, 12, x.ndim))
    compare("resize_local_mean", x, size, grid_mode=grid_mode, preserve_range=preserve_range)
