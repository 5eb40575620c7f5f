"""``compat.scipy`` against SciPy's recorded answers."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_resample.compat import scipy as ndimage

from .golden.scipy_calls import SCIPY_CALLS, SCIPY_FILE, Call
from .tolerances import spline_units

RECORDED = np.load(Path(__file__).parent / "golden" / SCIPY_FILE)
CALLS = [call for call in SCIPY_CALLS if call.function != "spline_filter1d"]
# In float32 a coordinate may round to the other side of a halfway, so that order 0 is left out.
SOME = [call for call in CALLS if call.function in ("zoom", "shift") and call.dtype == "float64"]
X = jnp.arange(12.0).reshape(3, 4)


def answer(call: Call, dtype: str | None = None) -> np.ndarray:
    array = jnp.asarray(call.array().astype(dtype or call.dtype))
    return np.asarray(getattr(ndimage, call.function)(array, *call.all_arguments(), **call.keywords))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_float64_and_integers_equal_scipys(call, x64):
    found, expected = answer(call), RECORDED[call.name]
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    if found.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, atol=1e-12, rtol=0)
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("call", [c for c in SOME if "output" not in c.keywords], ids=lambda call: call.name)
def test_float32_is_near(call):
    found, expected = answer(call, "float32"), RECORDED[call.name]
    order = call.keywords.get("order", 3)
    allowed = spline_units(order, len(call.shape), "float32", call.array(), np.float64(1.75))
    np.testing.assert_allclose(found, expected, atol=allowed, rtol=0)


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_integers_round_halves_away_from_zero_and_saturate(dtype):
    limits = np.iinfo(dtype)
    x = jnp.array([limits.min, limits.min + 3, limits.max - 3, limits.max, limits.max], dtype)
    found = ndimage.map_coordinates(x, jnp.array([[0.5, 2.5, 3.25, -5.0]]), order=1, cval=1e9)
    low = limits.min + 2 if limits.min == 0 else limits.min + 1
    assert found.tolist() == [low, limits.max - 1, limits.max, limits.max]
    # Cubic overshoot beyond the type's range.
    assert int(ndimage.zoom(x, 3, mode="mirror").max()) == limits.max


def test_a_constant_that_an_integer_cannot_hold_stays_what_it_is(rng):
    """As with the same image in float32; SciPy filters with 254 for -2.5."""
    x, options = rng.integers(0, 256, (4, 7), np.uint8), {"mode": "grid-constant", "cval": -2.5}
    wide = np.asarray(ndimage.zoom(jnp.asarray(x, jnp.float32), (2, 1.5), **options))
    assert np.abs(wide - np.floor(wide) - 0.5).min() > 1e-3  # no halves: rounding is the same anyhow
    mine = np.asarray(ndimage.zoom(jnp.asarray(x), (2, 1.5), **options))
    np.testing.assert_array_equal(mine, np.clip(np.rint(wide), 0, 255))


def test_traced_numbers_are_differentiated(rng, x64):
    x = jnp.asarray(rng.standard_normal((5, 6)))

    def total(angle):
        return (ndimage.rotate(x, angle, reshape=False, order=2, mode="mirror") ** 2).sum()

    value, slope = jax.jit(jax.value_and_grad(total))(jnp.float64(20.0))
    forward = jax.jit(total)
    difference = (forward(jnp.float64(20.0001)) - forward(jnp.float64(19.9999))) / 2e-4
    np.testing.assert_allclose(slope, difference, rtol=1e-6)
    np.testing.assert_allclose(
        value, (ndimage.rotate(x, 20, reshape=False, order=2, mode="mirror") ** 2).sum()
    )


def test_static_and_traced_numbers_agree(rng, x64):
    x = jnp.asarray(rng.standard_normal((6, 7)))
    static = ndimage.shift(x, (0.7, -1.3), order=2, mode="reflect")
    traced = jax.jit(lambda s: ndimage.shift(x, s, order=2, mode="reflect"))
    np.testing.assert_allclose(traced(jnp.array([0.7, -1.3])), static, atol=1e-13)
    matrix, offset = np.array([[0.5, 0.0], [0.0, -1.0]]), np.array([0.2, 6.0])
    static = ndimage.affine_transform(x, matrix, offset, mode="wrap", order=1)
    traced = ndimage.affine_transform(x, jnp.asarray(matrix), jnp.asarray(offset), mode="wrap", order=1)
    np.testing.assert_allclose(traced, static, atol=1e-13)


@pytest.mark.parametrize("turns", [-3, -1, 2, 4])
def test_quarter_turns_are_exact(turns):
    expected = np.rot90(np.asarray(X), turns)
    np.testing.assert_allclose(ndimage.rotate(X, 90 * turns, order=1), expected, atol=0)


def test_zoom_keeps_what_it_does_not_change():
    assert ndimage.zoom(X, 1) is X
    rgb = jnp.arange(24.0).reshape(2, 4, 3)
    np.testing.assert_array_equal(ndimage.zoom(rgb, (1, 2, 1))[..., 1], ndimage.zoom(rgb[..., 1], (1, 2)))


REFUSALS = [
    (lambda: ndimage.zoom(X, 0.1), ValueError, "`zoom` must give sizes of at least 1"),
    (lambda: ndimage.zoom(X, (2, 2, 2)), ValueError, "`zoom` must be one value or 2"),
    (lambda: ndimage.zoom(X, jnp.float32(2)), TypeError, "`zoom` must hold static real numbers"),
    (lambda: ndimage.zoom(X, 2, np.zeros((6, 8))), TypeError, "`output` must be a dtype"),
    (lambda: ndimage.zoom(X, 2, mode="edge"), ValueError, "`mode` must be one of"),
    (lambda: ndimage.zoom(X, 2, order=9), ValueError, "`order` must be from 0 to 5"),
    (lambda: ndimage.zoom(X, 2, prefilter=1), TypeError, "`prefilter` must be True or False"),
    (lambda: ndimage.zoom(X.astype(jnp.int32), 2), TypeError, "`x` must be floating"),
    (lambda: ndimage.zoom(jnp.float32(1), 2), ValueError, "`x` must have an axis"),
    (lambda: ndimage.shift(X, (1, 2, 3)), ValueError, "`shift` must be one number or have shape"),
    (lambda: ndimage.shift(X, np.inf), ValueError, "`shift` must be finite"),
    (lambda: ndimage.shift(X, 1j), TypeError, "`shift` must be real numbers"),
    (lambda: ndimage.shift(X, 1, cval=1j), TypeError, "`cval` must be real"),
    (lambda: ndimage.shift(X.astype(complex), 1, "float32"), TypeError, "`output` must be a complex dtype"),
    (lambda: ndimage.affine_transform(X, [1.0, 0.0]), ValueError, "`matrix` must have no zero"),
    (lambda: ndimage.affine_transform(X, np.eye(4)), ValueError, "`matrix` must have shape"),
    (
        lambda: ndimage.affine_transform(X, np.ones((3, 3))),
        ValueError,
        "`matrix` must have a bottom row of 0 .. 0 1",
    ),
    (lambda: ndimage.rotate(X[0], 30), ValueError, "`axes` must lie in"),
    (lambda: ndimage.rotate(X, 30, (0, 0)), ValueError, "`axes` must name each axis once"),
    (lambda: ndimage.rotate(X, 30, (0,)), ValueError, "`axes` must name two axes"),
    (lambda: ndimage.rotate(X, jnp.float32(3)), TypeError, "`angle` must be a static number where"),
    (lambda: ndimage.spline_filter(X, 1), ValueError, "`order` must be from 2 to 5"),
    (lambda: ndimage.spline_filter(X, output=int), TypeError, "`output` must be a floating dtype"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSALS, ids=range(len(REFUSALS)))
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
