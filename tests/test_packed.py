"""Channels of 8 bits as words: the bytes of channel after channel, and only where it pays."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import pillow
from jax_resample.lowering.packed import pack, unpack_apart


def image(rng, *shape):
    return jnp.asarray(rng.integers(0, 256, shape).astype(np.uint8))


def words(f, x):
    """Whether a program computes with words."""
    return "stablehlo.shift_left" in jax.jit(f).lower(x).as_text()


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_bytes_survive_words(channels, rng):
    x = image(rng, 3, 5, channels)
    packed = pack(x)
    assert packed.dtype == ("uint16" if channels == 2 else "uint32")
    np.testing.assert_array_equal(unpack_apart(packed, channels), x)


@pytest.mark.parametrize("channels", [2, 3, 4])
@pytest.mark.parametrize("size", [(9, 11), (30, 46), (7, 46), (15, 69)])
@pytest.mark.parametrize(
    "convention",
    ["torch:bicubic", "torch:bicubic-antialias", "torch:bilinear-antialias", "pillow:lanczos"],
)
def test_channels_do_not_meet(channels, size, convention, rng, stored):
    x = image(rng, 2, 15, 23, channels)
    f = functools.partial(jr.resize, size=size, convention=convention)
    alone = jnp.stack([f(x[..., c : c + 1])[..., 0] for c in range(channels)], axis=-1)
    np.testing.assert_array_equal(f(x), alone)
    np.testing.assert_array_equal(jax.vmap(f)(x[:, None])[:, 0], alone)


def test_what_is_packed(rng, stored):
    f = functools.partial(jr.resize, size=(20, 30), method="cubic")
    assert words(f, image(rng, 1, 9, 11, 3))
    assert not words(f, image(rng, 1, 9, 11, 5)), "they are no word"
    assert not words(functools.partial(f, method="linear"), image(rng, 1, 9, 11, 3)), "of two taps"
    assert not words(f, image(rng, 1, 9, 11, 3).astype("float32"))


def test_pixels_of_an_image_without_a_batch(rng, stored):
    x = image(rng, 40, 50, 3)
    together = pillow.resize(x, (17, 90), pillow.Resampling.BICUBIC)
    alone = [pillow.resize(x[..., c], (17, 90), pillow.Resampling.BICUBIC) for c in range(3)]
    np.testing.assert_array_equal(together, np.stack(alone, axis=-1))
