"""Live comparison with SciPy 1.17: random arrays, coordinates, maps and options."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jax_resample.compat import scipy as ours

from ..golden.scipy_calls import MODES
from ..tolerances import spline_units

scipy = pytest.importorskip("scipy")
ndimage = pytest.importorskip("scipy.ndimage")
# SciPy 1.18 starts the prefilter of "reflect" otherwise on short axes; the rows are those of 1.17.
pytestmark = pytest.mark.skipif(not scipy.__version__.startswith("1.17."), reason="SciPy 1.17 is imitated")

# Nearly every example is a program of its own, which takes half a second to compile.
_settings = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Few shapes, so that programs are compiled once and serve many examples.
SHAPES = [(2,), (13,), (4, 7), (3, 4, 5)]


@st.composite
def options(draw, orders=range(6)):
    return {
        "order": draw(st.sampled_from(list(orders))),
        "mode": draw(st.sampled_from(MODES)),
        "cval": draw(st.sampled_from([0.0, -2.5, 1e3])),
        "prefilter": draw(st.booleans()),
    }


def both(function, x, *arguments, **keywords):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # modes that SciPy thinks surprising with grid_mode
        theirs = getattr(ndimage, function)(x, *arguments, **keywords)
    mine = np.asarray(getattr(ours, function)(jnp.asarray(x), *arguments, **keywords))
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    return mine, theirs


def assert_close(mine, theirs):
    np.testing.assert_allclose(mine, theirs, atol=1e-11 * max(1, abs(theirs).max(initial=0)), rtol=0)


@_settings
@given(st.sampled_from(SHAPES), options(), st.integers(0, 2**32 - 1))
def test_map_coordinates(x64, shape, keywords, seed):
    rng = np.random.default_rng(seed)
    far = 10.0 ** rng.uniform(0, 5)
    u = np.stack([rng.uniform(-far, n + far, 64) for n in shape])
    u[:, :24] = np.stack([rng.uniform(-1, n, 24) for n in shape])
    u[:, 24:40] = np.round(u[:, 24:40] * 2) / 2
    assert_close(*both("map_coordinates", rng.standard_normal(shape), u, **keywords))


@_settings
@given(st.sampled_from(SHAPES[:3]), options(), st.booleans(), st.integers(0, 2**32 - 1))
def test_zoom_and_shift(x64, shape, keywords, grid_mode, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    sizes = [int(rng.integers(1, 3 * n + 1)) for n in shape]
    assert_close(
        *both("zoom", x, [m / n for n, m in zip(shape, sizes, strict=True)], grid_mode=grid_mode, **keywords)
    )
    assert_close(*both("shift", x, rng.uniform(-9, 9, len(shape)).round(int(rng.integers(0, 3))), **keywords))


@_settings
@given(options(), st.integers(0, 2**32 - 1), st.booleans())
def test_affine_and_rotate(x64, keywords, seed, diagonal):
    rng = np.random.default_rng(seed)
    x, matrix, offset = rng.standard_normal((5, 6)), rng.standard_normal((2, 2)), rng.uniform(-4, 8, 2)
    matrix = np.diag(matrix) if diagonal else matrix
    assert_close(*both("affine_transform", x, matrix, offset, output_shape=(4, 5), **keywords))
    if not diagonal:
        assert_close(*both("rotate", x, rng.uniform(-400, 400), reshape=False, **keywords))


@_settings
@given(st.sampled_from(SHAPES[:3]), options(), st.integers(0, 2**32 - 1))
def test_float32(shape, keywords, seed):
    """Coordinates are float32 numbers, so that both libraries read at the same places."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape).astype(np.float32)
    u = np.stack([rng.uniform(-n, 2 * n, 64) for n in shape]).astype(np.float32)
    keywords["cval"] = min(keywords["cval"], 0.0)
    order, axes = keywords["order"], len(shape)
    mine, theirs = both("map_coordinates", x, u, **keywords)
    # Half-way between samples, folding in float32 may pick the other one.
    far = [order == 0 and abs((v + 0.5) - np.round(v + 0.5)) < 1e-4 for v in u.ravel()]
    kept = ~np.reshape(far, u.shape).any(axis=0)
    allowed = spline_units(order, axes, "float32", x, np.float64(keywords["cval"]), span=3 * max(shape))
    np.testing.assert_allclose(mine[kept], theirs[kept], atol=allowed, rtol=0)


@_settings
@given(st.sampled_from(["uint8", "int8", "uint16", "int16"]), options(), st.integers(0, 2**32 - 1))
def test_integers(dtype, keywords, seed):
    """Equal, or one apart where SciPy's own value lies near a half."""
    rng, limits = np.random.default_rng(seed), np.iinfo(dtype)
    x = rng.integers(limits.min, limits.max, (4, 7), dtype=dtype, endpoint=True)
    filters = keywords["prefilter"] and keywords["order"] > 1
    if filters and keywords["mode"] == "grid-constant":  # SciPy pads what it filters in the dtype of x
        keywords["cval"] = 7.0
    mine, theirs = both("zoom", x, (2, 1.5), **keywords)
    wide = ndimage.zoom(x.astype(np.float64), (2, 1.5), **keywords)
    apart = abs(mine.astype(int) - theirs.astype(int))
    near = abs(wide - np.floor(wide) - 0.5) < spline_units(
        keywords["order"], 2, "float32", x.astype(float), wide
    )
    assert (apart[~near] == 0).all()
    assert apart.max(initial=0) <= 1


def test_worst_slope_of_the_adjoint(x64):
    """The gradient to the samples is SciPy's matrix, transposed."""
    n, u = 9, np.random.default_rng(0).uniform(-12, 20, 30)
    for mode in MODES:
        matrix = np.stack([ndimage.map_coordinates(e, [u], order=3, mode=mode) for e in np.eye(n)], axis=1)
        found = jax.jacrev(lambda x, mode=mode: ours.map_coordinates(x, jnp.asarray(u[None]), mode=mode))(
            jnp.zeros(n)
        )
        np.testing.assert_allclose(found, matrix, atol=1e-13)
