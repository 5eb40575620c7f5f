"""What keeps XLA's CPU compiler from fusing programs and from writing loops out changes no number."""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import jax_resample as jr
from jax_resample.lowering.apart import apart, in_vectors, stored

# A sum of one product is made longer, for rows of so many numbers, and not for those.
SHORT, OTHERS = (16, 17, 37, 63), (1, 3, 15, 100, 1000)
KINDS = [("float32", "uint32"), ("int32", "uint32"), ("float64", "uint64")]


@pytest.mark.parametrize("length", SHORT + OTHERS)
@pytest.mark.parametrize(("kind", "of_bits"), KINDS)
def test_every_bit_passes(length, kind, of_bits, rng, x64):
    bits = rng.integers(0, np.iinfo(of_bits).max, (50, length), of_bits, endpoint=True)
    bits[0, 0], bits[-1, -1] = 0, 1 << (bits.itemsize * 8 - 1)  # the two zeros; the others are of all kinds
    x = jax.lax.bitcast_convert_type(jnp.asarray(bits), kind)
    y = jax.jit(functools.partial(in_vectors, products=1))(x)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(jax.lax.bitcast_convert_type(y, of_bits), bits)


@pytest.mark.parametrize(
    ("shape", "kind", "products", "longer"),
    [
        *[((2, n), "float32", 1, True) for n in SHORT],
        *[((2, n), "float32", 1, False) for n in OTHERS],
        ((2, 37), "float32", 9, False),
        ((2, 37), "bfloat16", 1, False),
        ((2, 37), "uint8", 1, False),
        ((2, 37), "complex64", 1, False),
        ((), "float32", 1, False),
    ],
)
def test_which_loops_are_made_longer(shape, kind, products, longer):
    program = str(jax.make_jaxpr(functools.partial(in_vectors, products=products))(jnp.zeros(shape, kind)))
    assert ("bitcast_convert_type" in program) == longer


def test_float64_inside_a_lowering_only():
    """Where float64 is switched off there is no integer to hold its bits."""
    with jax.enable_x64(True):
        x = jnp.zeros((2, 37), "float64")
    assert in_vectors(x, 1) is x


def test_compiled_programs_are_longer():
    """XLA has not seen through the zero: what was added is in the program that LLVM receives."""
    resize = jax.jit(lambda x: jr.resize(x, 37, axes=1))
    for channels, added in ((32, True), (128, False)):
        text = resize.lower(jnp.zeros((9, 16, channels))).compile().as_text()
        assert bool(re.search(rf"s32\[.*,{channels}\]\S* or\(", text)) == added


def test_kept_apart_and_stored_are_the_same(rng):
    x = jnp.asarray(rng.standard_normal((5, 7)).astype(np.float32))
    np.testing.assert_array_equal(jax.jit(lambda x: apart(jnp.sin, jnp.cos, x))(x), jnp.sin(x))
    np.testing.assert_array_equal(jax.jit(stored)(x), x)


def test_export_and_vmap(rng):
    f = jax.jit(lambda x: jr.resize(x, (9, 37), axes=(1, 2)))
    (batch,) = export.symbolic_shape("b")
    exported = export.export(f)(jax.ShapeDtypeStruct((batch, 7, 16, 32), jnp.float32))
    x = jnp.asarray(rng.standard_normal((3, 7, 16, 32)).astype(np.float32))
    np.testing.assert_array_equal(export.deserialize(exported.serialize()).call(x), f(x))
    np.testing.assert_array_equal(jax.vmap(f)(x[:, None])[:, 0], f(x))
