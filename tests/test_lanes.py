"""Pixels as four lanes: the channels of every pixel, to the ends of the rows, in long sums of bytes."""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax import export

import jax_resample as jr
from jax_resample.lowering.lanes import resample_rows, takes
from jax_resample.taps import Taps

from .modes import taps as torch_taps

SHIFT = 9


def image(rng, *shape):
    return jnp.asarray(rng.integers(0, 256, shape).astype(np.uint8))


@st.composite
def operators(draw):
    """Windows of many taps that lie inside, in any order."""
    n, m = draw(st.integers(2, 60)), draw(st.integers(1, 40))
    support = draw(st.integers(1, min(n - 1, 40)))
    start = draw(st.lists(st.integers(0, n - support), min_size=m, max_size=m))
    weights = np.random.default_rng(draw(st.integers(0, 99))).integers(-60, 120, (m, support))
    return Taps(n, np.array(start, np.int32), weights.astype(np.int32), SHIFT)


@pytest.mark.parametrize("channels", [3, 4])
@given(taps=operators(), seed=st.integers(0, 9))
def test_rows_are_weighed_and_rounded_as_integers(channels, taps, seed):
    x = np.random.default_rng(seed).integers(0, 256, (2, taps.n, channels)).astype(np.uint8)
    total = np.einsum("mn,rnc->rmc", taps.as_matrix().astype(np.int64), x.astype(np.int64))
    expected = ((total + (1 << SHIFT - 1)) >> SHIFT).clip(0, 255)
    np.testing.assert_array_equal(resample_rows(jnp.asarray(x), taps, np.dtype("uint8")), expected)


def has_pixels_of_lanes(f, x):
    """Whether a program loads four bytes at once."""
    return bool(re.search(r"slice_sizes = array<i64: 1, \d+, 4>", jax.jit(f).lower(x).as_text()))


CONVENTIONS = ["torch:bicubic-antialias", "torch:bilinear-antialias", "pillow:lanczos", "pillow:box"]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("height", "width"), [(9, 300), (16, 299), (40, 305)])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_channels_do_not_meet(channels, height, width, convention, rng, stored):
    x = image(rng, 2, height, width, channels)
    f = functools.partial(jr.resize, size=16, convention=convention)
    assert has_pixels_of_lanes(f, x)
    alone = jnp.stack([f(x[..., c : c + 1])[..., 0] for c in range(channels)], axis=-1)
    np.testing.assert_array_equal(f(x), alone)
    np.testing.assert_array_equal(jax.vmap(f)(x[:, None])[:, 0], alone)


def test_what_is_read_by_lanes(rng):
    taps = functools.partial(torch_taps, antialias=True, dtype="float64", fixed_point=True)
    x, kind = image(rng, 5, 200, 3), np.dtype("uint8")
    assert takes(x, taps(200, 20), 1, kind)
    assert takes(image(rng, 5, 200, 4), taps(200, 20), 1, kind)
    assert not takes(image(rng, 5, 200, 2), taps(200, 20), 1, kind), "they are no vector"
    assert not takes(x, taps(200, 30), 1, kind), "of few taps"
    assert not takes(x, taps(200, 3), 1, kind), "of too many"
    assert not takes(image(rng, 5, 19, 3), taps(19, 1), 1, kind), "a window is the row"
    assert not takes(image(rng, 200, 3, 3), taps(200, 20), 0, kind), "along columns"
    assert not takes(x.astype("float32"), taps(200, 20), 1, np.dtype("float32"))


def test_export_with_a_symbolic_batch(rng):
    f = jax.jit(functools.partial(jr.resize, size=(5, 9), convention="pillow:lanczos"))
    (batch,) = export.symbolic_shape("b")
    exported = export.export(f)(jax.ShapeDtypeStruct((batch, 20, 100, 3), jnp.uint8))
    x = image(rng, 2, 20, 100, 3)
    np.testing.assert_array_equal(export.deserialize(exported.serialize()).call(x), f(x))
