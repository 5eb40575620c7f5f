"""The question the project began with, as literal tables."""

import chex
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.coordinates import align_corners, half_pixel, step

# torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=...) of PyTorch 2.13,
# for x = [[1, 2, 0], [3, 4, 0], [0, 0, 0]].
IMAGE = [[1.0, 2.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 0.0]]
HALF_PIXEL = [
    [1.0, 1.25, 1.75, 1.5, 0.5, 0.0],
    [1.5, 1.75, 2.25, 1.875, 0.625, 0.0],
    [2.5, 2.75, 3.25, 2.625, 0.875, 0.0],
    [2.25, 2.4375, 2.8125, 2.25, 0.75, 0.0],
    [0.75, 0.8125, 0.9375, 0.75, 0.25, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
]
ALIGN_CORNERS = [
    [1.0, 1.4, 1.8, 1.6, 0.8, 0.0],
    [1.8, 2.2, 2.6, 2.24, 1.12, 0.0],
    [2.6, 3.0, 3.4, 2.88, 1.44, 0.0],
    [2.4, 2.72, 3.04, 2.56, 1.28, 0.0],
    [1.2, 1.36, 1.52, 1.28, 0.64, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
]


@pytest.mark.parametrize(("corners", "expected"), [(False, HALF_PIXEL), (True, ALIGN_CORNERS)])
def test_three_by_three_doubled(corners, expected):
    x, expected = jnp.array(IMAGE), np.array(expected, np.float32)
    near = {"rtol": 3e-7, "atol": 0}
    chex.assert_trees_all_close(jr.resize(x, 6, align_corners=corners), expected, **near)
    chex.assert_trees_all_close(
        jr.interpolate(x[None, ..., None], scale_factor=2, mode="bilinear", align_corners=corners)[0, ..., 0],
        expected,
        **near,
    )
    chex.assert_trees_all_close(
        jr.compat.torch.interpolate(x[None, None], (6, 6), mode="bilinear", align_corners=corners)[0, 0],
        expected,
        **near,
    )


def test_where_two_samples_become_four():
    half = step(2, 4, align_corners=False, factor=None, dtype=np.float32)
    corner = step(2, 4, align_corners=True, factor=None, dtype=np.float32)
    np.testing.assert_array_equal(half_pixel(half, 4), np.float32([-0.25, 0.25, 0.75, 1.25]))
    np.testing.assert_allclose(align_corners(corner, 4), [0, 1 / 3, 2 / 3, 1], rtol=1e-7)
    x = jnp.array([0.0, 1.0])
    chex.assert_trees_all_equal(jr.resize(x, 4), jnp.array([0.0, 0.25, 0.75, 1.0]))
    thirds = np.array([0, 1 / 3, 2 / 3, 1], np.float32)
    chex.assert_trees_all_close(jr.resize(x, 4, align_corners=True), thirds, rtol=2e-7)


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_one_sample_out_reads_the_first_with_align_corners(method):
    x = jnp.array([3.0, 5.0, 9.0, 1.0, 2.0])
    chex.assert_trees_all_equal(jr.resize(x, 1, method=method, align_corners=True), jnp.array([3.0]))


@pytest.mark.parametrize("method", ["nearest", "nearest-exact", "linear", "cubic", "area", "lanczos"])
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("corners", [False, True])
def test_one_sample_in_is_repeated(method, antialias, corners):
    if antialias and (method in ("area",) or method.startswith("nearest")):
        pytest.skip("the method takes no antialias")
    if corners and method not in ("linear", "cubic"):
        pytest.skip("the method takes no align_corners")
    y = jr.resize(jnp.array([7.0]), 4, method=method, antialias=antialias, align_corners=corners)
    chex.assert_trees_all_equal(y, jnp.full(4, 7.0))


def test_a_factor_steps_the_coordinates_unless_recomputed():
    """n = 4, factor 1.7 -> 6 samples: the step is 1 / 1.7 by factor and 4 / 6 by size."""
    x = jnp.arange(4.0).reshape(1, 4, 1)
    kept = jr.interpolate(x, scale_factor=1.7, mode="linear").ravel()
    recomputed = jr.interpolate(x, scale_factor=1.7, mode="linear", recompute_scale_factor=True).ravel()
    i = np.arange(6)
    chex.assert_trees_all_close(kept, np.clip((i + 0.5) / 1.7 - 0.5, 0, 3).astype("f"), rtol=1e-6)
    chex.assert_trees_all_close(recomputed, np.clip((i + 0.5) * 4 / 6 - 0.5, 0, 3).astype("f"), rtol=1e-6)
    chex.assert_trees_all_equal(recomputed, jr.interpolate(x, size=6, mode="linear").ravel())
