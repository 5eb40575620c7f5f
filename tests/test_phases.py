"""Slices instead of gathers: what the programs look like, short rows, ends, and repeated samples."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.lowering import passes
from jax_resample.lowering.phases import merged_rows, pattern, repeats
from jax_resample.lowering.schedule import Schedule, _candidates

from .modes import taps


def phases(x, size, **options):
    return jr.resize(x, size, lowering="phases", **options)


def test_ends_of_strided_slices_are_gathered():
    found = pattern(taps(64, 32, "cubic", antialias=True))
    assert found.stride == 2
    assert (found.before, found.ends.m) == (2, 4)
    assert found.phases[0].weights.shape == (8, 28)
    assert found.phases[0].offset == 1, "slices begin inside"
    assert pattern(taps(64, 16, "area")).ends is None, "no window reaches beyond the input"
    assert pattern(taps(32, 64, "cubic")).ends is None, "enlarging pads"


@pytest.mark.parametrize("factor", [3, 5])
@pytest.mark.parametrize("transposed", [False, True])
def test_windows_that_rounding_moves_have_a_pattern(factor, transposed):
    """A third has no float32: of outputs that land on a sample some weigh a neighbour by nothing."""
    found = taps(96, 96 * factor, "linear")
    assert pattern(found.transposed if transposed else found) is not None


@pytest.mark.parametrize("length", [2, 5, 7, 14])
@pytest.mark.parametrize(
    ("factor", "method", "antialias"),
    [
        (2, "linear", False),
        (3, "cubic", False),
        (2, "lanczos", True),
        (4, "nearest", False),
        (2, "area", False),
    ],
)
def test_short_rows_do_not_see_their_neighbours(length, factor, method, antialias, rng, x64):
    """Several rows are resampled as one; a NaN stays in its own, forwards and backwards."""
    clean = rng.standard_normal((6, 4, length))
    bad = clean.copy()
    bad[2, 1, -1] = bad[4, 3, 0] = np.nan
    options = {"axes": 2, "method": method, "antialias": antialias}
    for size in (length * factor, length // factor):
        if not size or (size < length and length % factor):
            continue
        f = functools.partial(phases, size=size, **options)
        by_gather = functools.partial(jr.resize, size=size, lowering="gather", **options)
        chex.assert_trees_all_close(
            f(jnp.asarray(clean)), by_gather(jnp.asarray(clean)), rtol=1e-13, atol=1e-14
        )
        y, expected = f(jnp.asarray(bad)), by_gather(jnp.asarray(bad))
        np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
        rows = np.argwhere(np.isnan(y).any(axis=2))
        assert {tuple(row) for row in rows} <= {(2, 1), (4, 3)}
        (pulled,) = jax.linear_transpose(f, clean)(jnp.where(jnp.isnan(y), jnp.nan, 1.0))
        assert {tuple(row) for row in np.argwhere(np.isnan(pulled).any(axis=2))} <= {(2, 1), (4, 3)}


def test_rows_are_merged_until_they_are_long():
    short = taps(14, 28)
    shape, merged, axis = merged_rows((8, 512, 14, 14), short, 3)
    assert (shape, axis) == ((8 * 512 * 14 // 4, 4 * 14), 1)
    assert (merged.n, merged.m) == (4 * 14, 4 * 28)
    for same in ((8, 64, 64), 2), ((8, 14, 3), 1):  # long rows; channels
        kept = taps(same[0][same[1]], 2 * same[0][same[1]])
        assert merged_rows(same[0], kept, same[1]) == (same[0], kept, same[1])
    assert merged_rows((5, 7), taps(7, 14), 1)[0] == (1, 35)
    assert merged_rows((1, 7), taps(7, 14), 1)[0] == (1, 7), "there is no other row"
    assert merged_rows((10007, 7), taps(7, 14), 1)[0] == (10007, 7), "a prime number of rows has no groups"


def test_what_repeats_samples():
    assert repeats(taps(8, 24, "nearest"))
    assert repeats(taps(24, 8, "area").transposed), "each is an eighth"
    assert repeats(taps(5, 1, "area").transposed)
    assert not repeats(taps(8, 24, "linear"))
    assert not repeats(taps(8, 20, "nearest"))
    assert not repeats(taps(24, 8, "nearest"))
    assert not repeats(taps(8, 8, "nearest"))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "uint8", "int32", "bool"])
@pytest.mark.parametrize("axes", [(1,), (0, 2), (0, 1, 2), (1, 2)])
def test_repeated_samples(axes, dtype, rng):
    x = jnp.asarray(rng.integers(0, 2, (3, 40, 33)).astype(dtype))
    y = jr.resize(x, tuple(2 * x.shape[a] for a in axes), axes=axes, method="nearest")
    expected = functools.reduce(lambda v, a: np.repeat(v, 2, axis=a), axes, np.asarray(x))
    np.testing.assert_array_equal(y, expected)


def test_rows_are_doubled_in_a_single_program():
    program = jax.jit(lambda x: jr.resize(x, (64, 128), axes=(2, 3), method="nearest"))
    text = program.lower(jnp.zeros((2, 3, 32, 64))).as_text()
    assert "stablehlo.gather" not in text
    assert text.count('"stablehlo.case"') == 1


CASES = [
    ((2, 6, 40), (12, 80), "linear", False),
    ((2, 12, 40), (6, 20), "cubic", True),
    ((2, 6, 40), (12, 80), "nearest", False),
    ((2, 12, 40), (3, 20), "area", False),
    ((2, 6, 40), (3, 80), "linear", True),
    ((2, 6, 12, 3), (12, 36), "cubic", False),
    ((2, 4, 6, 20), (8, 3, 40), "linear", False),
    ((1, 4, 6, 20, 2), (8, 12, 10), "nearest", False),
]


@pytest.mark.parametrize(("shape", "size", "method", "antialias"), CASES)
def test_every_schedule_computes_the_same(shape, size, method, antialias, rng, x64, monkeypatch):
    """All orders, lowerings and storage, of which prices take one; every seventh of those in three axes."""
    x = jnp.asarray(rng.standard_normal(shape))
    axes = tuple(range(1, 1 + len(size)))
    given = tuple((a, taps(shape[a], m, method, antialias)) for a, m in zip(axes, size, strict=True))
    run = functools.partial(passes.apply_passes, passes=given, lowering="auto", platform="cpu")
    expected = jr.resize(x, size, axes=axes, method=method, antialias=antialias, lowering="matrix")
    candidates = list(_candidates(given, "cpu", "auto"))[:: 7 if len(size) > 2 else 1]
    assert len(candidates) > 5
    for steps in candidates:
        monkeypatch.setattr(passes, "schedule", lambda *_, steps=steps: Schedule(steps, 0.0))
        # Weights are float32, as taps of the table are made here.
        chex.assert_trees_all_close(jax.jit(lambda x: run(x))(x), expected, rtol=0, atol=1e-5)
