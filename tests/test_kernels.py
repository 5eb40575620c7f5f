"""The kernel table: values at the nodes, unit sums, supports, traced evaluation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_resample import coordinates
from jax_resample.arithmetic import fma
from jax_resample.kernels import KERNELS, Kernel, find_kernel

each_kernel = pytest.mark.parametrize("name", sorted(KERNELS))


@each_kernel
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_at_zero_and_nothing_at_other_nodes_or_beyond(name, dtype):
    kernel = KERNELS[name]
    nodes = np.arange(-kernel.reach - 2, kernel.reach + 3).astype(dtype)
    weights = kernel.at_distance(nodes)
    assert weights.dtype == dtype
    zeros = nodes != 0 if kernel.interpolates else abs(nodes) > kernel.radius
    np.testing.assert_allclose(weights[zeros], 0, atol=4 * np.finfo(dtype).eps)
    if kernel.interpolates:  # Pillow's Hamming window within its float32 constants
        np.testing.assert_allclose(weights[nodes == 0], 1, atol=1e-7)
    beyond = kernel.at_distance(
        np.array([kernel.radius + 1e-3, kernel.radius + 0.1, -kernel.radius - 3], dtype)
    )
    np.testing.assert_array_equal(beyond, 0)


@each_kernel
def test_symmetric(name):
    x = np.linspace(0, 4, 401) + 1e-4  # a half-open box is not where it ends
    np.testing.assert_allclose(KERNELS[name].at_distance(x), KERNELS[name].at_distance(-x), atol=1e-15)


@pytest.mark.parametrize("name", [k for k, row in KERNELS.items() if row.at_phase is not None])
def test_phase_weights_are_the_kernel_at_its_nodes(name):
    kernel, phase = KERNELS[name], np.linspace(0, 1, 101)[:-1]
    weights = np.stack(kernel.at_phase(phase))
    places = np.arange(1 - kernel.radius, kernel.radius + 1)
    np.testing.assert_allclose(weights, kernel.at_distance(phase - places[:, None]), atol=1e-15)
    np.testing.assert_allclose(weights.sum(axis=0), 1, atol=1e-15)


def test_kernels_with_parameters():
    x = np.linspace(-2.5, 2.5, 51)
    for name, twin in (("cubic(-0.5)", "mitchell(0, 0.5)"), ("cubic(-0.75)", "cubic( -.75 )")):
        np.testing.assert_allclose(
            find_kernel(name).at_distance(x), find_kernel(twin).at_distance(x), atol=1e-15
        )
    assert find_kernel("lanczos(7)").radius == 7
    assert find_kernel(own := Kernel(1, np.cos)) is own
    for unknown in ("cubic(a)", "cubic(1, 2, 3)", "bicubic", "sinc(3)", None):
        with pytest.raises(ValueError, match=r"`kernel` must be a Kernel or one of 'box'"):
            find_kernel(unknown)


@each_kernel
def test_weights_at_phases_are_those_at_distances(name):
    kernel, phase = KERNELS[name], np.linspace(0, 1, 33)[:-1]
    places = np.arange(1 - kernel.reach, 1 + kernel.reach)
    expected = kernel.at_distance(phase[:, None] - places)
    np.testing.assert_allclose(kernel.weights_at(phase), expected, atol=1e-15)


def test_cubic_literals():
    """Keys's kernel at one half: 1/2 + 1/16 or 1/2 + 3/32, and minus the surplus."""
    half = np.array([0.5, 1.5])
    np.testing.assert_allclose(KERNELS["cubic(-0.5)"].at_distance(half), [0.5625, -0.0625])
    np.testing.assert_allclose(KERNELS["cubic(-0.75)"].at_distance(half), [0.59375, -0.09375])


def test_lanczos_literal():
    expected = np.sinc(1.5) * np.sinc(0.5)
    np.testing.assert_allclose(KERNELS["lanczos3"].at_distance(np.array([1.5])), expected, rtol=1e-15)


@each_kernel
def test_traced_distances_give_the_same_and_differentiate(name):
    x = np.linspace(-3.3, 3.3, 67).astype(np.float32)
    traced = jax.jit(lambda v: KERNELS[name].at_distance(v, xp=jnp))
    np.testing.assert_allclose(traced(x), KERNELS[name].at_distance(x), atol=2e-6)
    slope = jax.vmap(jax.grad(lambda v: KERNELS[name].at_distance(v, xp=jnp)))(x)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("corners", [False, True])
def test_traced_steps_give_the_same_coordinates(corners):
    size = coordinates.step(7, 12, align_corners=corners, factor=None, dtype=np.float32)
    for map_ in (coordinates.half_pixel, coordinates.align_corners, coordinates.window_centre):
        traced = jax.jit(lambda s, map_=map_: map_(s, 12, xp=jnp))(jnp.asarray(size))
        np.testing.assert_allclose(traced, map_(size, 12), rtol=1e-6, atol=1e-7)
    u = coordinates.half_pixel(size, 12)
    np.testing.assert_array_equal(
        coordinates.floor_index(jnp.asarray(u), 7, xp=jnp), coordinates.floor_index(u, 7)
    )


@pytest.mark.parametrize(
    ("n", "factor", "expected"), [(100, 0.29, 28), (10, 2.02, 20), (4, 1.2, 4), (3, 0.1, 0), (7, 1 / 7, 1)]
)
def test_output_sizes_truncate_a_double_product(n, factor, expected):
    assert coordinates.output_size(n, factor) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fma_rounds_once(dtype):
    """(1 + e)(1 - e) - 1 = -e^2, which two roundings lose."""
    e = dtype(np.finfo(dtype).eps)
    a, b, c = dtype(1) + e, dtype(1) - e, dtype(-1)
    assert a * b + c == 0
    assert fma(np.array([a]), b, c)[0] == -e * e
