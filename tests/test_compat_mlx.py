"""MLX's Upsample: recorded values of MLX 0.32.4, rows, gradients, refusals."""

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import mlx

from .golden.mlx_calls import CALLS, FILE, ROWS
from .golden.recording import FOLDER
from .tolerances import MLX_CUBIC_ULPS, MLX_ULPS, unit


@pytest.mark.parametrize("row", ROWS)
def test_mlx(row):
    calls = [call for call in CALLS if call.row == row]

    @jax.jit
    def every(images):
        return [mlx.upsample(x, call.factors, **call.options) for call, x in zip(calls, images, strict=True)]

    answers = every([jnp.asarray(call.image()) for call in calls])
    with np.load(FOLDER / FILE) as recorded:
        for call, mine in zip(calls, answers, strict=True):
            theirs = recorded[call.name]
            chex.assert_shape(mine, theirs.shape)
            chex.assert_type(mine, theirs.dtype)
            units = 0 if "nearest" in row else MLX_CUBIC_ULPS if "cubic" in row else MLX_ULPS
            allowed = units * unit("float32", theirs, call.image()) if units else 0
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=allowed, err_msg=call.name)


def test_rows_are_what_the_function_computes(rng):
    x = jnp.asarray(rng.normal(size=(1, 6, 4, 2)).astype(np.float32))
    for row, options in (
        ("mlx:nearest", {}),
        ("mlx:cubic-antialias", {"mode": "cubic", "antialias": True}),
    ):
        mine = mlx.upsample(x, (0.5, 1.5), **options)
        chex.assert_trees_all_equal(jr.resize(x, (3, 6), convention=row), mine)


def test_what_is_cut_off_is_lost_in_equal_parts():
    """Five samples by 1.5 are seven and a half: the middle ones coincide, and the line is symmetric."""
    line = jnp.arange(5.0).reshape(1, 5, 1)
    y = mlx.upsample(line, 1.5, mode="linear").ravel()
    chex.assert_trees_all_close(y, 2 + (jnp.arange(7.0) - 3) / 1.5, atol=1e-6)


def test_gradients_are_the_transpose(rng):
    x = jnp.asarray(rng.normal(size=(1, 5, 2)).astype(np.float32))
    scale = jax.jit(lambda v: mlx.upsample(v, 1.7, mode="cubic"))
    y, pull = jax.vjp(scale, x)
    chex.assert_trees_all_close(jnp.vdot(y, y), jnp.vdot(x, pull(y)[0]), rtol=1e-5)


def test_float64_keeps_its_type(x64):
    y = mlx.upsample(jnp.arange(4.0, dtype=jnp.float64).reshape(1, 4, 1), 2, mode="linear")
    chex.assert_type(y, jnp.float64)


X = np.zeros((1, 4, 6, 3), np.float32)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mlx.upsample(X, 2, mode="area"), ValueError, "`mode` must be one of 'nearest'"),
        (lambda: mlx.upsample(X, 2, antialias=True), ValueError, "`antialias` must be False with mode"),
        (
            lambda: mlx.upsample(X, 2, mode="cubic", align_corners=True, antialias=True),
            ValueError,
            "`antialias` must be False with mode",
        ),
        (lambda: mlx.upsample(X[0, 0], 2), ValueError, "`x` must have a batch axis"),
        (lambda: mlx.upsample(X, (2, 2, 2)), ValueError, "`scale_factor` must be one value or 2"),
        (lambda: mlx.upsample(X, -1.0), ValueError, "`scale_factor` must be above 0"),
        (lambda: mlx.upsample(X, 0.2), ValueError, "`scale_factor` must give sizes of at least 1"),
        (lambda: mlx.upsample(X, "2"), TypeError, "`scale_factor` must hold static real numbers"),
        (lambda: mlx.upsample(X, 2, align_corners=1), TypeError, "`align_corners` must be True or False"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
