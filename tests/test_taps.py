"""The operator itself: partition of unity, transposition, caching, size."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax_resample.axis import Axis
from jax_resample.boundary import BOUNDARIES
from jax_resample.build import build
from jax_resample.conventions import METHODS, TORCH, torch_convention
from jax_resample.coordinates import output_size
from jax_resample.kernels import KERNELS
from jax_resample.lowering.gather import table, windows
from jax_resample.taps import Taps

from .modes import as_matrix

ROWS = sorted(TORCH)


def axis(n, m, method, antialias, *, corners=False, dtype="float64", factor=None, fixed_point=False):
    corners = corners and method in ("linear", "cubic")
    row = torch_convention(method, antialias=antialias, align_corners=corners)
    fixed_point = fixed_point and row.family in ("interpolate", "window")
    return Axis(n, m, row, "float64" if fixed_point else dtype, factor, fixed_point)


@st.composite
def axes(draw):
    method, antialias = draw(st.sampled_from(ROWS))
    n, m = draw(st.integers(1, 80)), draw(st.integers(1, 80))
    factor = None
    if draw(st.booleans()):
        factor = draw(st.floats(0.1, 5.0))
        m = max(output_size(n, factor), 1)
    return axis(
        n, m, method, antialias, corners=draw(st.booleans()), factor=factor, fixed_point=draw(st.booleans())
    )


@given(spec=axes())
def test_weights_sum_to_one(spec):
    taps = build(spec)
    # Fixed point: each weight is rounded to within half a unit of its last fractional bit.
    allowed = 1e-14 if taps.shift is None else 0.5 * taps.support / (1 << taps.shift)
    np.testing.assert_allclose(as_matrix(taps).sum(axis=1), 1, atol=allowed, rtol=0)


@given(spec=axes())
def test_every_tap_lies_inside(spec):
    taps = build(spec)
    row, place = np.nonzero(taps.weights)
    read = taps.start[row] + place
    assert taps.start.shape == (spec.m,)
    assert read.min() >= 0
    assert read.max() < spec.n


@given(spec=axes())
def test_transposed_is_the_transpose(spec):
    taps = build(spec)
    np.testing.assert_array_equal(taps.transposed.as_matrix(), taps.as_matrix().T)
    np.testing.assert_array_equal(taps.transposed.transposed.as_matrix(), taps.as_matrix())


@pytest.mark.parametrize("turn", [8, 1 << 20])
@given(spec=axes())
def test_gather_columns_hold_the_same_operator_and_read_only_weighed_samples(turn, spec):
    taps = build(spec)
    for side in (taps, taps.transposed):
        columns = table(side, -(-side.support // turn))
        assert columns.index.shape == columns.weights.shape
        index, weights = (a.reshape(-1, side.m) for a in (columns.index, columns.weights))
        assert columns.index.shape[0] == -(-side.support // turn)
        assert columns.index.shape[1] <= turn
        matrix = np.zeros((side.m, side.n))
        np.add.at(matrix, (np.arange(side.m), index), weights)
        np.testing.assert_allclose(matrix, side.as_matrix(), rtol=1e-15)
        reads = np.zeros((side.m, side.n), bool)
        reads[np.arange(side.m), index] = True
        empty = np.zeros(side.m, bool) if columns.empty is None else columns.empty
        assert not (reads & (side.as_matrix() == 0))[~empty].any()
        np.testing.assert_array_equal(empty, ~(side.as_matrix() != 0).any(axis=1))


@pytest.mark.parametrize("turn", [8, 1 << 20])
@given(spec=axes())
def test_gather_windows_hold_the_same_operator_and_lie_inside(turn, spec):
    taps = build(spec)
    for side in (taps, taps.transposed):
        found = windows(side, -(-side.support // turn))
        turns, width, m = found.weights.shape
        assert found.first.shape == (turns, m) == (-(-side.support // turn), side.m)
        assert width <= turn
        index = found.first[:, None] + np.arange(width)[:, None]
        assert index.min() >= 0
        assert index.max() < side.n
        matrix = np.zeros((side.m, side.n), found.weights.dtype)
        np.add.at(matrix, (np.arange(side.m), index), found.weights)
        np.testing.assert_array_equal(matrix, side.as_matrix())


@pytest.mark.parametrize(("method", "antialias"), ROWS)
def test_same_size_is_the_identity(method, antialias):
    assert build(axis(9, 9, method, antialias)).is_identity
    assert build(axis(9, 9, method, antialias, fixed_point=True)).is_identity


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_align_corners_keeps_the_corners(method):
    matrix = build(axis(7, 19, method, antialias=False, corners=True)).as_matrix()
    np.testing.assert_allclose(matrix[[0, -1]], np.eye(7)[[0, -1]], atol=1e-12)
    np.testing.assert_allclose(matrix[9], np.eye(7)[3], atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 64])
def test_a_linear_ramp_stays_a_ramp_inside(n):
    """The triangle and Keys's cubic with a = -0.5 do so wherever no tap is missing; a = -0.75 does not."""
    m = 3 * n
    for method, antialias in (("linear", False), ("cubic", True)):
        matrix = build(axis(n, m, method, antialias)).as_matrix()
        inner = slice(6, m - 6)
        expected = (np.arange(m)[inner] + 0.5) * n / m - 0.5
        np.testing.assert_allclose((matrix @ np.arange(n))[inner], expected, atol=1e-12)


def test_mirror_symmetry():
    for method, antialias in ROWS:
        if method == "nearest":  # the legacy rule favours one side
            continue
        matrix = build(axis(11, 26, method, antialias)).as_matrix()
        np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-14)


def test_taps_are_built_once_and_hash_by_content():
    spec = axis(13, 29, "cubic", antialias=False)
    assert build(spec) is build(axis(13, 29, "cubic", antialias=False))
    twin = Taps(13, build(spec).start.copy(), build(spec).weights.copy())
    assert twin == build(spec)
    assert hash(twin) == hash(build(spec))
    other = twin.weights.copy()
    other[3, 1] = np.nextafter(other[3, 1], 2)
    assert Taps(13, twin.start, other) != twin
    assert twin != "taps"
    with pytest.raises(ValueError, match="read-only"):
        twin.weights[0, 0] = 2.0


def test_the_cache_is_bounded():
    size = build.cache_info().maxsize
    assert size is not None
    for n in range(1, size + 50):
        build(axis(n, 2, "linear", antialias=False))
    assert build.cache_info().currsize == size


@pytest.mark.parametrize(("method", "antialias"), ROWS)
def test_long_axes_build_in_memory_that_grows_with_them(method, antialias):
    """A dense float64 matrix of 20,000 x 30,000 weights would take 4.8 GB."""
    build.cache_clear()
    tracemalloc.start()
    taps = build(axis(20_000, 30_000, method, antialias))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taps.support <= 8
    assert peak < 100e6


def test_printing():
    text = repr(build(axis(4, 8, "linear", antialias=False, dtype="float32")))
    assert text == "Taps(4->8, K=2, float32)"


def test_tables_are_complete():
    """Every row of the table of conventions names rows that exist."""
    for row in TORCH.values():
        assert row.kernel is None or row.kernel in KERNELS
        assert row.boundary is None or row.boundary in BOUNDARIES
    assert {method for method, _ in TORCH} == set(METHODS)


def test_clamped_taps_add_to_the_edge():
    index, weights = BOUNDARIES["clamp"](np.array([[-1, 0, 3, 4]]), np.array([[1.0, 2.0, 3.0, 4.0]]), 3)
    np.testing.assert_array_equal(index, [[0, 0, 2, 2]])
    np.testing.assert_array_equal(weights, [[1.0, 2.0, 3.0, 4.0]])


def test_dropped_taps_leave_their_weight_to_the_others():
    index, weights = BOUNDARIES["drop"](np.array([[-1, 0, 1, 2]]), np.array([[2.0, 1.0, 3.0, 4.0]]), 2)
    np.testing.assert_array_equal(index, [[0, 0, 1, 1]])
    np.testing.assert_array_equal(weights, [[0.0, 0.25, 0.75, 0.0]])
