"""compat.tensorflow and compat.keras against recorded values, and what they refuse."""

from pathlib import Path

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import keras
from jax_resample.compat import tensorflow as tf

from .golden.tensorflow_calls import KERAS_CALLS, KERAS_FILE, METHODS, TENSORFLOW_CALLS, TENSORFLOW_FILE
from .tolerances import unit

FOLDER = Path(__file__).parent / "golden"
# TensorFlow's float32 weights equal these within 2.5 units of 1 and are added in another order.
TENSORFLOW_ULPS = 8.0
# jax.image's coordinates, up to 11 here, are a unit off where XLA does not fuse; a cubic's or Lanczos's slope
# is below 2.
KERAS_ULPS = 32.0


@pytest.fixture(scope="module")
def recorded():
    answers = {}
    for file in (TENSORFLOW_FILE, KERAS_FILE):
        with np.load(FOLDER / file) as found:
            answers[file] = dict(found)
    return answers


@pytest.mark.parametrize("call", TENSORFLOW_CALLS, ids=[call.name for call in TENSORFLOW_CALLS])
def test_tensorflow(call, recorded):
    theirs = recorded[TENSORFLOW_FILE][call.name]
    mine = getattr(tf, call.function)(jnp.asarray(call.image()), call.size, **call.keywords)
    chex.assert_shape(mine, theirs.shape)
    chex.assert_type(mine, theirs.dtype)
    allowed = TENSORFLOW_ULPS * unit("float32", theirs, call.image())
    moved = "nearest" in call.name or theirs.dtype == np.uint8
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=0 if moved else allowed)


@pytest.mark.parametrize("call", KERAS_CALLS, ids=[call.name for call in KERAS_CALLS])
def test_keras(call, recorded):
    theirs = recorded[KERAS_FILE][call.name]
    mine = getattr(keras, call.function)(jnp.asarray(call.image()), call.size, **call.keywords)
    chex.assert_shape(mine, theirs.shape)
    chex.assert_type(mine, theirs.dtype)
    exact = "nearest" in call.name or call.dtype == "uint8"
    allowed = 0 if exact else KERAS_ULPS * unit("float32", theirs, call.image())
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=allowed)


def test_rows_are_what_the_functions_compute(rng):
    x = jnp.asarray(rng.normal(size=(2, 9, 7, 3)).astype(np.float32))
    for method in METHODS:
        expected = tf.resize(x, (4, 11), method)
        chex.assert_trees_all_equal(jr.resize(x, (4, 11), convention=f"tf2:{method}"), expected)
    smooth = jr.resize(x, (4, 5), convention="keras:bicubic-antialias")
    chex.assert_trees_all_equal(smooth, keras.resize(x, (4, 5), "bicubic", antialias=True))


def test_gradients_are_the_transpose(rng):
    """A linear map: the gradient of its product with itself is twice the pull-back of the value."""
    x = jnp.asarray(rng.normal(size=(5, 4, 2)).astype(np.float32))
    resize = jax.jit(lambda v: tf.resize(v, (3, 9), "mitchellcubic", antialias=True))
    pulled = jax.vjp(resize, x)[1](resize(x))[0]
    chex.assert_trees_all_close(
        jax.grad(lambda v: (resize(v) ** 2).sum())(x), 2 * pulled, rtol=1e-5, atol=1e-6
    )


X = np.zeros((4, 6, 3), np.float32)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tf.resize(X, (2, 2), "linear"), ValueError, "`method` must be one of 'nearest'"),
        (lambda: tf.resize(X[0], (2, 2)), ValueError, "`images` must have 3 or 4 axes"),
        (lambda: tf.resize(X, 2), ValueError, r"`size` must be \(height, width\)"),
        (lambda: tf.resize(X, (2, 2.0)), TypeError, "`size` must hold static integers"),
        (lambda: tf.resize(X, (2, 2), antialias=1), TypeError, "`antialias` must be True or False"),
        (lambda: tf.resize_v1(X, (2, 2), "lanczos3"), ValueError, "`method` must be one of"),
        (
            lambda: tf.resize_bilinear(X, (2, 2), align_corners=True, half_pixel_centers=True),
            ValueError,
            "`half_pixel_centers` must be False with `align_corners`",
        ),
        (lambda: keras.resize(X, (2, 2), "area"), ValueError, "`interpolation` must be one of 'nearest'"),
        (lambda: keras.resize(X, (2, 2), fill_mode="edge"), ValueError, "`fill_mode` must be one of"),
        (lambda: keras.resize(X, (0, 2)), ValueError, "`size` must give sizes of at least 1"),
        (
            lambda: keras.resize(X, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            ValueError,
            "`pad_to_aspect_ratio` must be False",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
