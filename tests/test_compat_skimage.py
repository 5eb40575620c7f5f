"""``compat.skimage`` against scikit-image's recorded answers."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_resample.compat import skimage as transform

from .golden.scipy_calls import SKIMAGE_CALLS, SKIMAGE_FILE, Call
from .tolerances import spline_units

RECORDED = np.load(Path(__file__).parent / "golden" / SKIMAGE_FILE)
X = jnp.arange(12.0).reshape(3, 4)


def answer(call: Call) -> np.ndarray:
    array = jnp.asarray(call.array())
    return np.asarray(getattr(transform, call.function)(array, *call.arguments, **call.keywords))


@pytest.mark.parametrize("call", SKIMAGE_CALLS, ids=lambda call: call.name)
def test_in_double_precision(call, x64):
    found, expected = answer(call), RECORDED[call.name]
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    if found.dtype == np.float64:
        largest = max(abs(expected).max(), 1)
        np.testing.assert_allclose(found, expected, atol=1e-12 * largest, rtol=0)
    else:
        allowed = spline_units(1, 2, "float32", expected) if found.dtype == np.float32 else 0
        np.testing.assert_allclose(found, expected, atol=allowed, rtol=0)


@pytest.mark.parametrize("call", SKIMAGE_CALLS[:8], ids=lambda call: call.name)
def test_in_single_precision(call):
    found, expected = answer(call), RECORDED[call.name]
    order = call.keywords.get("order", 1)
    allowed = spline_units(order, len(call.shape), "float32", call.array(), np.float64(1.75))
    np.testing.assert_allclose(found, expected, atol=allowed, rtol=0)


def test_gradients_stop_where_the_result_is_clipped(x64):
    x = jnp.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    free = transform.resize(x, (21,), order=3, clip=False)
    held = transform.resize(x, (21,), order=3)
    np.testing.assert_allclose(held, np.clip(free, 0, 1), atol=1e-14)
    outside = int(jnp.argmax(free))
    assert free[outside] > 1

    def one(v, clip):
        return transform.resize(v, (21,), order=3, clip=clip)[outside]

    # Clipped to the largest sample: the gradient is the maximum's, shared by the samples that reach it.
    np.testing.assert_allclose(jax.grad(one)(x, True).sum(), 1, atol=1e-12)
    np.testing.assert_allclose((jax.grad(one)(x, True) != 0), x == 1)
    assert (jax.grad(one)(x, False) != 0).sum() == 7


REFUSALS = [
    (lambda: transform.resize(X, (2, 0)), ValueError, "`output_shape` must give sizes of at least 1"),
    (lambda: transform.resize(X, ()), ValueError, "`output_shape` must have 2 entries"),
    (lambda: transform.resize(X, (2.5, 2)), TypeError, "`output_shape` must hold static integers"),
    (lambda: transform.resize(X, (2, 2), mode="nearest"), ValueError, "`mode` must be one of"),
    (lambda: transform.resize(X, (2, 2), order=7), ValueError, "`order` must be from 0 to 5"),
    (lambda: transform.resize(X > 0, (2, 2), order=1), ValueError, "`order` must be 0 for booleans"),
    (
        lambda: transform.resize(X > 0, (2, 2), anti_aliasing=True),
        ValueError,
        "`anti_aliasing` must be False",
    ),
    (
        lambda: transform.resize(X, (2, 2), anti_aliasing_sigma=-1.0),
        ValueError,
        "`anti_aliasing_sigma` must not be negative",
    ),
    (lambda: transform.resize(X.astype(complex), (2, 2)), TypeError, "`image` must be real"),
    (lambda: transform.rescale(X, -1), ValueError, "`scale` must be positive"),
    (lambda: transform.rescale(X, (1, 2), channel_axis=0), ValueError, "`scale` must be one value or 1"),
    (
        lambda: transform.resize_local_mean(X, (2, 2), channel_axis=0),
        ValueError,
        "`output_shape` must keep the channels",
    ),
    (
        lambda: transform.resize_local_mean(X[:1], (2, 2), grid_mode=False),
        ValueError,
        "`image` must have no axis of length 1",
    ),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSALS, ids=range(len(REFUSALS)))
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
