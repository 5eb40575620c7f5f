"""Rows of bytes as words of four: what a word holds, which words a window is, and what they add up to."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jax_resample as jr
from jax_resample.lowering.quads import as_words, quads, takes
from jax_resample.taps import Taps

from .modes import taps as torch_taps


def image(rng, *shape):
    return jnp.asarray(rng.integers(0, 256, shape).astype(np.uint8))


@st.composite
def operators(draw):
    """Windows of a few taps that lie inside, in any order."""
    n, m = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    support = draw(st.integers(1, min(n, 9)))
    start = draw(st.lists(st.integers(0, n - support), min_size=m, max_size=m))
    weights = draw(st.lists(st.integers(-3, 3), min_size=m * support, max_size=m * support))
    return Taps(n, np.array(start, np.int32), np.array(weights, np.int32).reshape(m, support))


@given(taps=operators(), seed=st.integers(0, 9))
def test_windows_of_words_hold_the_same_operator_and_lie_inside(taps, seed):
    found = quads(taps)
    if found is None:
        assert taps.support + 3 > taps.n - 4  # a row of hardly more than a window
        return
    row = np.random.default_rng(seed).integers(0, 256, (1, taps.n)).astype(np.uint8)
    words = np.asarray(as_words(jnp.asarray(row), taps))
    assert words.shape == (1, found.words)
    held = words[0].view(np.uint8).reshape(found.words, 4)  # the lowest byte is the first
    expected = np.pad(row[0], (0, 4))[
        np.minimum(found.step * np.arange(found.words)[:, None] + np.arange(4), taps.n)
    ]
    np.testing.assert_array_equal(held, expected)
    reads = found.first[:, None] + np.arange(found.count) * (4 // found.step)
    assert reads.min() >= 0
    assert reads.max() < found.words
    samples = held[reads].reshape(taps.m, -1).astype(np.int64)
    total = (samples * found.weights.T).sum(axis=1)
    np.testing.assert_array_equal(total, taps.as_matrix().astype(np.int64) @ row[0])


@pytest.mark.parametrize("size", [(9, 11), (30, 47), (7, 90), (15, 8), (40, 23)])
@pytest.mark.parametrize(
    "convention", ["torch:bicubic", "torch:bicubic-antialias", "pillow:lanczos", "pillow:box"]
)
@pytest.mark.parametrize("trailing", [False, True])
def test_rows_of_words_are_those_of_pixels(size, convention, trailing, rng, stored):
    """Channels first, or the only channel last, and beside others, where samples are read one by one."""
    x = image(rng, 2, 3, 15, 23)
    f = functools.partial(jr.resize, size=size, axes=(2, 3), convention=convention)
    given = x[..., None] if trailing else x
    pixels = jnp.stack([x, 255 - x, x // 2, x, x], axis=-1)
    np.testing.assert_array_equal(f(given).reshape(2, 3, *size), f(pixels)[..., 0])
    np.testing.assert_array_equal(jax.vmap(f)(given[:, None])[:, 0], f(given))


def test_what_is_read_by_words(rng):
    taps = torch_taps(11, 30, "cubic", dtype="float64", fixed_point=True)
    x = image(rng, 3, 11)
    assert takes(x, taps, 1, x.dtype)
    assert takes(x[..., None], taps, 1, x.dtype)
    assert not takes(x[..., None].repeat(3, axis=-1), taps, 1, x.dtype), "of pixels"
    assert not takes(x.astype("float32"), taps, 1, np.dtype("float32"))
