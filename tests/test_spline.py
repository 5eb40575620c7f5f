"""B-splines, and the prefilter that finds their coefficients."""

from pathlib import Path

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.splines import bsplines
from jax_resample.splines.spline_taps import coefficient_taps, spline_taps

from .golden.scipy_calls import MODES, ORDERS, SCIPY_CALLS, SCIPY_FILE

RECORDED = np.load(Path(__file__).parent / "golden" / SCIPY_FILE)
FILTERS = [call for call in SCIPY_CALLS if call.function == "spline_filter1d"]


def filter_matrix(n, order, mode, dtype="float64"):
    """The prefilter without SciPy's padding, as a dense matrix on the samples."""
    taps = coefficient_taps(n, order, mode, 0, dtype, padded=False)
    continued = np.eye(n)[np.arange(-(taps.n - n) // 2, n + (taps.n - n) // 2) % n]
    return taps.as_matrix().astype(np.float64) @ continued


@pytest.mark.parametrize("degree", bsplines.DEGREES)
def test_weights_are_a_partition_of_unity_and_reproduce_moments(degree):
    u = np.linspace(-3, 4, 141)
    first, phase = bsplines.first_tap(u, degree)
    weights = np.stack(bsplines.weights(phase, degree), axis=1)
    places = first[:, None] + np.arange(degree + 1)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-15)
    if degree:
        np.testing.assert_allclose((weights * places).sum(axis=1), u, atol=1e-14)
    np.testing.assert_allclose(bsplines.at_distance(u[:, None] - places, degree), weights, atol=1e-14)


@pytest.mark.parametrize("degree", bsplines.DEGREES[2:])
def test_poles_are_roots_inside_the_unit_circle(degree):
    reach = degree // 2
    values = bsplines.at_distance(np.arange(-reach, reach + 1.0), degree)
    for pole in bsplines.POLES[degree]:
        assert -1 < pole < 0
        assert abs(np.polyval(values / values[0], pole)) < 1e-13 * values.max() / values[0]


@pytest.mark.parametrize("order", ORDERS[2:])
@pytest.mark.parametrize("mode", MODES)
def test_prefilter_has_scipys_coefficients(mode, order):
    for call in FILTERS:
        if call.keywords["mode"] == mode and call.keywords["order"] == order:
            expected = RECORDED[call.name]
            for dtype, allowed in (("float64", 1e-13), ("float32", 1e-6)):
                found = filter_matrix(call.shape[0], order, mode, dtype) @ call.array()
                np.testing.assert_allclose(found, expected, atol=allowed, rtol=0, err_msg=call.name)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mode", ["mirror", "reflect", "nearest", "grid-constant"])
def test_the_spline_goes_through_the_samples(mode, order):
    """On 40 samples; SciPy's "reflect" misses those of short axes, and padded modes keep to 1e-7."""
    near = np.arange(40) + 1e-14  # not quite the samples, which are moved
    matrix = spline_taps(near, 40, order, mode, "float64").as_matrix()
    np.testing.assert_allclose(matrix, np.eye(40), atol=1e-12)
    assert spline_taps(np.arange(40.0), 40, order, mode, "float64").is_identity


def test_a_cubic_is_reproduced_where_the_boundary_is_far():
    u = np.linspace(30, 50, 77)
    matrix = spline_taps(u, 80, 3, "mirror", "float64").as_matrix()
    samples = (np.arange(80.0) / 40 - 1) ** 3
    np.testing.assert_allclose(matrix @ samples, (u / 40 - 1) ** 3, atol=1e-13)


@pytest.mark.parametrize("sigma", [0.4, 1.5])
def test_a_blur_keeps_constants_and_widens_the_band(sigma):
    taps = spline_taps(np.linspace(0, 49, 20), 50, 1, "mirror", "float64", sigma=sigma)
    np.testing.assert_allclose(taps.as_matrix().sum(axis=1), 1, atol=1e-14)
    assert taps.support > spline_taps(np.linspace(0, 49, 20), 50, 1, "mirror", "float64").support


def test_bands_are_as_short_as_a_dtype_can_tell():
    for order, (single, double) in {2: (21, 43), 3: (27, 57), 4: (35, 75), 5: (43, 91)}.items():
        assert coefficient_taps(300, order, "mirror", 0, "float32").support == single
        assert coefficient_taps(300, order, "mirror", 0, "float64").support == double


def test_filter_of_arrays(rng, x64):
    x = jnp.asarray(rng.standard_normal((6, 5)))
    both = jr.spline_filter(x, 3)
    chex.assert_trees_all_close(
        both, jr.spline_filter(jr.spline_filter(x, 3, axes=0), 3, axes=-1), atol=1e-13
    )
    chex.assert_trees_all_equal(jr.spline_filter(x, 1), x)
    chex.assert_trees_all_close(
        jr.spline_filter(jax.lax.complex(x, 2 * x), 3), jax.lax.complex(both, 2 * both), atol=1e-13
    )
    chex.assert_type(jr.spline_filter(x.astype(jnp.bfloat16), 3), jnp.bfloat16)
    _, pull = jax.vjp(jr.spline_filter, x)
    y = jnp.asarray(rng.standard_normal(x.shape))
    chex.assert_trees_all_close(jnp.vdot(both, y), jnp.vdot(x, pull(y)[0]), rtol=1e-13)


def test_the_program_has_no_loop_and_no_scatter(rng):
    x = jnp.zeros((4, 64, 64), jnp.float32)
    text = jax.jit(jax.grad(lambda v: (jr.spline_filter(v, 3, axes=(1, 2)) ** 2).sum())).lower(x).as_text()
    assert "scatter" not in text
    assert "dot_general" not in text


def test_a_nan_stays_within_the_band():
    x = jnp.zeros(60).at[30].set(jnp.nan)
    spoilt = np.flatnonzero(np.isnan(jr.spline_filter(x, 3)))
    assert (spoilt[0], spoilt[-1]) == (17, 43)


@pytest.mark.parametrize(
    ("keywords", "error", "words"),
    [
        ({"order": 6}, ValueError, "`order` must be from 0 to 5; received 6"),
        ({"order": 3.0}, TypeError, "`order` must hold static integers"),
        ({"mode": "edge"}, ValueError, "`mode` must be one of 'reflect', 'grid-mirror'"),
        ({"axes": 2}, ValueError, "`axes` must lie in"),
    ],
)
def test_refusals(keywords, error, words):
    with pytest.raises(error, match=words):
        jr.spline_filter(jnp.zeros((3, 4)), **keywords)
    with pytest.raises(TypeError, match="`x` must be a floating array; received dtype int32"):
        jr.spline_filter(jnp.zeros((3, 4), jnp.int32))
    with pytest.raises(ValueError, match="`x` must have no empty axis"):
        jr.spline_filter(jnp.zeros((3, 0)))
