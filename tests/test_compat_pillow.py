"""`jax_resample.compat.pillow`: Pillow 13's recorded bytes, JAX's transforms, and what is refused."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import jax_resample as jr
from jax_resample.alpha import premultiply, unpremultiply
from jax_resample.block_mean import block_mean
from jax_resample.compat import pillow
from jax_resample.compat.pillow import Resampling

from .golden.pillow_calls import CALLS, FILE, FILTERS


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_bytes(call, recorded):
    """Every byte, in float64 sums too although JAX has float64 switched off."""
    mine = getattr(pillow, call.function)(jnp.asarray(call.image()), **call.keywords, mode=call.mode)
    theirs = recorded[call.name]
    assert mine.dtype == theirs.dtype
    np.testing.assert_array_equal(np.asarray(mine), theirs)


def test_filters_have_pillows_numbers():
    assert {one.name: one.value for one in Resampling} == FILTERS


@pytest.mark.usefixtures("x64")
def test_double_precision_changes_nothing(recorded):
    for call in CALLS:
        if call.mode == "F" and "LANCZOS" in call.name:
            mine = pillow.resize(jnp.asarray(call.image()), **call.keywords)
            np.testing.assert_array_equal(np.asarray(mine), recorded[call.name])


def test_modes_are_found(rng):
    """Without a name: by dtype and, of more than two axes, by the number of bands."""
    for shape, mode in (((6, 5), "L"), ((6, 5, 2), "LA"), ((6, 5, 3), "RGB"), ((2, 6, 5, 4), "RGBA")):
        image = jnp.asarray(rng.integers(0, 256, shape, np.uint8))
        found, named = (pillow.resize(image, (3, 4), mode=m) for m in (None, mode))
        np.testing.assert_array_equal(np.asarray(found), np.asarray(named))


def test_moved_modes_take_the_nearest(rng):
    bits = jnp.asarray(rng.integers(0, 2, (7, 9)) > 0)
    expected = pillow.resize(bits, (5, 4), Resampling.NEAREST)
    np.testing.assert_array_equal(np.asarray(pillow.resize(bits, (5, 4), Resampling.LANCZOS)), expected)
    palette = jnp.asarray(rng.integers(0, 256, (7, 9), np.uint8))
    nearest = pillow.resize(palette, (5, 4), Resampling.NEAREST)
    np.testing.assert_array_equal(np.asarray(pillow.resize(palette, (5, 4), mode="P")), np.asarray(nearest))


@pytest.mark.parametrize("mode", ["RGBA", "I", "F"])
def test_batches_vmap_and_export(mode, rng):
    bands = (4,) if mode == "RGBA" else ()
    dtype = {"RGBA": "uint8", "I": "int32", "F": "float32"}[mode]
    images = jnp.asarray(rng.integers(0, 256, (2, 12, 16, *bands)).astype(dtype))

    def small(image):
        return pillow.resize(image, (7, 5), reducing_gap=1.0, mode=mode)

    each = np.stack([np.asarray(small(image)) for image in images])
    np.testing.assert_array_equal(np.asarray(small(images)), each)
    np.testing.assert_array_equal(np.asarray(jax.jit(jax.vmap(small))(images)), each)
    exported = export.export(jax.jit(small))(jax.ShapeDtypeStruct(images.shape, images.dtype))
    again = export.deserialize(exported.serialize())
    np.testing.assert_array_equal(np.asarray(again.call(images)), each)


@pytest.mark.parametrize("gap", [None, 1.0])
def test_gradient_is_the_transpose(gap, rng):
    """The float64 sums inside do not show: forwards and backwards are one linear map, in float32."""
    x, y = (jnp.asarray(rng.standard_normal(s), jnp.float32) for s in ((13, 17), (4, 5)))

    def f(image):
        return pillow.resize(image, (5, 4), Resampling.LANCZOS, (0.5, 0, 17, 12.5), gap)

    value, pull = jax.vjp(f, x)
    pushed = jax.jvp(f, (x,), (x,))[1]
    np.testing.assert_allclose(pushed, value, rtol=0, atol=4e-7 * float(jnp.abs(x).max()))
    left, right = float(jnp.vdot(value, y)), float(jnp.vdot(x, pull(y)[0]))
    assert abs(left - right) <= 1e-5 * float(jnp.linalg.norm(x) * jnp.linalg.norm(y))
    numbers = jax.grad(lambda v: (f(v) ** 2).sum())(x)
    assert numbers.dtype == jnp.float32
    assert bool(jnp.isfinite(numbers).all())


def test_a_nan_reaches_only_what_weighs_it():
    x = jnp.zeros((1, 40)).at[0, 20].set(jnp.nan)
    row = np.isnan(np.asarray(pillow.resize(x, (20, 1), Resampling.BILINEAR)))[0]
    assert np.flatnonzero(row).tolist() == [9, 10]


@pytest.mark.parametrize("name", ["nearest", "bilinear", "lanczos"])
def test_the_rows_of_the_table_give_the_same_bytes(name, rng):
    """On the axes that the caller names; float images have the same weights, summed in float32."""
    image, size = jnp.asarray(rng.integers(0, 256, (21, 30), np.uint8)), (40, 11)
    chosen = Resampling[name.upper()]
    expected = np.asarray(pillow.resize(image, size[::-1], chosen))
    mine = jr.resize(image[:, None], size, axes=(0, 2), convention=f"pillow:{name}")
    np.testing.assert_array_equal(np.asarray(mine)[:, 0], expected)
    x = image.astype(jnp.float32)
    near = jr.resize(x, size, axes=(0, 1), convention=f"pillow:{name}")
    exact = pillow.resize(x, size[::-1], chosen)
    np.testing.assert_allclose(np.asarray(near), np.asarray(exact), rtol=0, atol=4 * 2.0**-16)


def test_premultiplied_alpha():
    """Rounded to nearest on the way in and down on the way out; invisible colours are kept on the way out."""
    pixels = jnp.array([[200, 255], [200, 128], [200, 0], [3, 5]], jnp.uint8)
    np.testing.assert_array_equal(np.asarray(premultiply(pixels)), [[200, 255], [100, 128], [0, 0], [0, 5]])
    np.testing.assert_array_equal(
        np.asarray(unpremultiply(jnp.array([[200, 255], [100, 128], [9, 0], [9, 5]], jnp.uint8))),
        [[200, 255], [199, 128], [9, 0], [255, 5]],
    )


@pytest.mark.parametrize("factors", [(7, 2), (2, 7), (9, 9)])
def test_blocks_larger_than_the_image(factors):
    """Their mean is that of all there is."""
    x = np.arange(30, dtype=np.int32).reshape(5, 6)
    rows, columns = (np.arange(n) // f for n, f in zip(x.shape, factors, strict=True))
    means = [[x[rows == i][:, columns == j].mean() for j in set(columns)] for i in set(rows)]
    mine = block_mean(jnp.asarray(x), factors)
    np.testing.assert_array_equal(np.asarray(mine), np.floor(np.array(means) + 0.5))


def test_large_blocks_are_summed_by_a_loop(rng):
    """As exact as small ones: here all sums are whole numbers below 2**24."""
    x = rng.integers(0, 1024, (38, 34)).astype(np.float32)
    means = [[x[i : i + 19, j : j + 17].mean(dtype=float) for j in (0, 17)] for i in (0, 19)]
    mine = jax.jit(block_mean, static_argnums=1)(jnp.asarray(x), (19, 17))
    np.testing.assert_array_equal(np.asarray(mine), np.float32(means))


REFUSED = [
    ({"size": (0, 4)}, ValueError, "`size`"),
    ({"size": 4}, TypeError, "`size`"),
    ({"size": (4, 4, 4)}, ValueError, "`size`"),
    ({"size": (4.0, 4)}, TypeError, "`size`"),
    ({"size": (4, 4), "resample": 8}, ValueError, "`resample`"),
    ({"size": (4, 4), "resample": "lanczos"}, TypeError, "`resample`"),
    ({"size": (4, 4), "box": (0, 0, 5)}, TypeError, "`box`"),
    ({"size": (4, 4), "box": (-1, 0, 5, 5)}, ValueError, "`box`"),
    ({"size": (4, 4), "box": (0, 0, 9, 5)}, ValueError, "`box`"),
    ({"size": (4, 4), "box": (5, 0, 4, 5)}, ValueError, "`box`"),
    ({"size": (4, 4), "reducing_gap": 0.5}, ValueError, "`reducing_gap`"),
    ({"size": (4, 4), "mode": "XYZ"}, ValueError, "`mode`"),
    ({"size": (4, 4), "mode": "F"}, TypeError, "`image`"),
    ({"size": (4, 4), "mode": "RGB"}, ValueError, "`image`"),
]


@pytest.mark.parametrize(("keywords", "error", "words"), REFUSED, ids=[str(case[0]) for case in REFUSED])
def test_refusals(keywords, error, words):
    with pytest.raises(error, match=words):
        pillow.resize(jnp.zeros((6, 8), jnp.uint8), **keywords)


def test_refusals_of_images_and_reductions():
    with pytest.raises(TypeError, match="`image`"):
        pillow.resize(jnp.zeros((6, 8), jnp.bfloat16), (4, 4))
    with pytest.raises(ValueError, match="`mode`"):
        pillow.resize(jnp.zeros((6, 8, 3)), (4, 4))
    with pytest.raises(ValueError, match="`mode`"):
        pillow.reduce(jnp.zeros((6, 8), jnp.uint16), 2)
    with pytest.raises(ValueError, match="`factor`"):
        pillow.reduce(jnp.zeros((6, 8)), (0, 2))
    with pytest.raises(ValueError, match="`box`"):
        pillow.reduce(jnp.zeros((6, 8)), 2, (3, 3, 3, 5))
    with pytest.raises(TypeError, match="`box`"):
        pillow.reduce(jnp.zeros((6, 8)), 2, (0, 0, 3.5, 5))
