"""Matrix products: dense or by blocks they are the gather; what precision and which operands they ask for."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

import jax_resample as jr
from jax_resample.lowering import blocks
from jax_resample.lowering.gather import apply_taps
from jax_resample.lowering.matrix import apply_matrices, apply_matrix, order
from jax_resample.taps import Taps

from .modes import taps

# The same products of float32 added in another order; largest seen: 2.0.
ULPS = 4.0

AXES = [
    (5, 3, "linear", True),
    (1, 7, "linear", False),
    (37, 300, "linear", False),
    (256, 512, "linear", False),
    (500, 960, "cubic", False),
    (333, 480, "cubic", False),
    (960, 224, "linear", True),
    (700, 333, "lanczos", True),
    (2000, 900, "area", False),
    (1500, 1777, "linear", False),
]


def dense(x: jax.Array, t: Taps) -> jax.Array:
    return apply_matrix(x, t, 1)


def by_blocks(x: jax.Array, t: Taps) -> jax.Array:
    return blocks.apply_blocks(x, t, 1, exact_product)


def by_batch(x: jax.Array, t: Taps) -> jax.Array:
    """As if the axis were too long for a product to each block: tiles, or slabs where there are none."""
    return blocks.apply_batched(x, t, 1, exact_product)


def by_slabs(x: jax.Array, t: Taps) -> jax.Array:
    slabs, weights = blocks.stacked(x, t, 1)
    return blocks.batched(slabs, weights, t.m, 1, exact_product)


def exact_product(weights, x, dimensions):
    return lax.dot_general(jnp.asarray(weights), x.astype(weights.dtype), dimensions, precision="highest")


FORMS = (dense, by_blocks, by_batch, by_slabs)


@pytest.mark.parametrize("transposed", [False, True], ids=["forward", "transposed"])
@pytest.mark.parametrize("axis", AXES, ids=lambda axis: "-".join(map(str, axis[:3])))
def test_every_form_is_the_gather(axis, transposed, rng):
    t = taps(*axis).transposed if transposed else taps(*axis)

    @jax.jit
    def all_of_them(x):
        return apply_taps(x.astype("float32"), t, 1, platform="tpu"), [form(x, t) for form in FORMS]

    for dtype in ("bfloat16", "float32"):
        expected, found = all_of_them(jnp.asarray(rng.standard_normal((2, t.n, 3)), dtype))
        unit = np.spacing(np.float32(jnp.abs(expected).max()))
        for y in found:
            assert y.dtype == jnp.float32
            chex.assert_trees_all_close(y, expected, rtol=0, atol=ULPS * float(unit))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "uint8", "int8", "uint16", "float32"])
@pytest.mark.parametrize(
    ("lengths", "sizes"), [((12, 40), (6, 10)), ((12, 10), (24, 40)), ((9, 700), (30, 200))]
)
def test_every_dtype_is_computed_at_full_precision_where_the_platform_has_it(dtype, lengths, sizes, rng):
    """Sums of dyadic shares are exact in any order, so that the one rounding is the gather's."""
    x = jnp.asarray(rng.integers(-100 if dtype in ("int8", "float32") else 0, 100, (2, *lengths, 3)), dtype)
    f = functools.partial(jr.resize, x, sizes, method="area")
    y, expected = f(lowering="matrix"), f(lowering="gather")
    assert y.dtype == expected.dtype == jnp.dtype(dtype)
    near = 0.0 if all(n % m == 0 or m % n == 0 for n, m in zip(lengths, sizes, strict=True)) else 1.0
    unit = near if jnp.issubdtype(x.dtype, jnp.integer) else near * 100 * float(jnp.finfo(dtype).eps)
    chex.assert_trees_all_close(y.astype("float32"), expected.astype("float32"), rtol=0, atol=unit)


def halves(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the next eight bits of float32 numbers."""
    first = a.astype(jnp.bfloat16).astype(np.float32)
    return first, (a - first).astype(jnp.bfloat16).astype(np.float32)


def three_passes(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What a TPU computes at ``Precision.HIGH``: three of the four products of halves."""
    (w, w_rest), (v, v_rest) = halves(weights), halves(x)
    return w @ v + (w_rest @ v + w @ v_rest)


def resampled(x: np.ndarray, both: Taps, multiply) -> np.ndarray:
    for axis, t in order(((0, both), (1, both))):
        rows = np.moveaxis(x, axis, 0)
        product = multiply(t.as_matrix().astype(x.dtype), rows.reshape(t.n, -1))
        x = np.moveaxis(product.reshape(t.m, *rows.shape[1:]), 0, axis)
    return x


@pytest.mark.parametrize(
    ("n", "m", "method", "antialias", "most"),
    [
        (64, 128, "linear", False, 0.0),
        (64, 128, "cubic", False, 0.002),
        (16, 37, "linear", False, 0.008),
        (200, 90, "cubic", True, 0.008),
        (270, 90, "lanczos", True, 0.008),
        (200, 90, "area", False, 0.03),
    ],
)
def test_three_passes_are_enough_for_a_bfloat16_result(n, m, method, antialias, most, rng):
    """Off by 2**-15 of the largest magnitude at most, 2**-7 of a unit; few results change by it."""
    t = taps(n, m, method, antialias)
    x = rng.standard_normal((n, n)).astype(jnp.bfloat16).astype(np.float32)
    exact = resampled(x.astype(np.float64), t, np.matmul)
    rough = resampled(x, t, three_passes)
    assert np.abs(rough - exact).max() <= 2.0**-15 * np.abs(exact).max()
    full = resampled(x, t, np.matmul)
    assert (rough.astype(jnp.bfloat16) != full.astype(jnp.bfloat16)).mean() <= most


def products(f, *args) -> list:
    """The products in a program."""
    return [e for e in jax.make_jaxpr(f)(*args).eqns if e.primitive.name == "dot_general"]


@pytest.mark.parametrize(
    ("platform", "dtype", "precision"),
    [
        ("tpu", "bfloat16", "HIGH"),
        ("tpu", "float16", "HIGHEST"),
        ("tpu", "float32", "HIGHEST"),
        ("tpu", "uint8", "HIGHEST"),
        ("cuda", "bfloat16", "HIGHEST"),
        ("cpu", "bfloat16", "HIGHEST"),
    ],
)
def test_precision_follows_the_image(platform, dtype, precision):
    x = jax.ShapeDtypeStruct((1, 30, 40, 3), dtype)
    passes = ((1, taps(30, 70, "cubic")), (2, taps(40, 90, "cubic")))
    found = products(functools.partial(apply_matrices, passes=passes, platform=platform), x)
    assert [set(e.params["precision"]) for e in found] == [{lax.Precision[precision]}] * 2
    first, second = ([str(v.aval.dtype) for v in e.invars] for e in found)
    assert ("bfloat16" in first) == (dtype in ("bfloat16", "uint8"))
    assert second == ["float32", "float32"]


def test_exact_weights_and_a_bfloat16_image_make_one_pass():
    x = jax.ShapeDtypeStruct((1, 30, 40, 3), "bfloat16")
    passes = ((1, taps(30, 60)), (2, taps(40, 80)))
    one, two = products(functools.partial(apply_matrices, passes=passes, platform="tpu"), x)
    assert [str(v.aval.dtype) for v in one.invars] == ["bfloat16", "bfloat16"]
    assert set(one.params["precision"]) == {lax.Precision.DEFAULT}
    assert sorted(str(v.aval.dtype) for v in two.invars) == ["bfloat16", "float32"]
    assert set(two.params["precision"]) == {lax.Precision.HIGH}


@pytest.mark.parametrize(
    ("lengths", "sizes", "expected"),
    [
        ((60, 80), (90, 160), [1, 0]),  # growing: last axis first
        ((16, 16), (37, 37), [0, 1]),  # a small map: first axis first
        ((90, 80), (30, 20), [1, 0]),  # shrinking: the axis that shrinks most
        ((90, 90), (30, 30), [0, 1]),
        ((60, 80), (160, 20), [1, 0]),  # shrinking before growing
        ((80, 60), (20, 160), [0, 1]),
    ],
)
def test_order(lengths, sizes, expected):
    passes = tuple((axis, taps(n, m)) for axis, (n, m) in enumerate(zip(lengths, sizes, strict=True)))
    assert [axis for axis, _ in order(passes)] == expected


@pytest.mark.parametrize(
    ("lengths", "sizes", "dtype", "counts"),
    [
        ((512, 512), (1024, 1024), "float32", 1 + 8),  # the last of two that grow
        ((1024, 1024), (512, 512), "float32", 4 + 1),  # the first of two that shrink
        ((1024, 1024), (256, 256), "bfloat16", 1 + 1),  # a single pass of exact weights
        ((100, 100), (200, 200), "float32", 1 + 1),
        ((2048, 2048), (4096, 4096), "float32", 16 + 16),
    ],
)
def test_where_products_go_by_blocks(lengths, sizes, dtype, counts):
    x = jax.ShapeDtypeStruct((1, *lengths, 3), dtype)
    method = "linear" if sizes > lengths else "area"
    passes = tuple((1 + a, taps(n, m, method)) for a, (n, m) in enumerate(zip(lengths, sizes, strict=True)))
    assert len(products(functools.partial(apply_matrices, passes=passes, platform="tpu"), x)) == counts


def test_programs_do_not_grow_with_the_axis():
    def size(n: int, m: int) -> tuple[int, int]:
        jaxpr = jax.make_jaxpr(lambda x: apply_matrix(x, taps(n, m), 0))(jnp.zeros((n, 2)))
        return len(jaxpr.eqns), sum(e.primitive.name == "dot_general" for e in jaxpr.eqns)

    assert size(16384, 32768) == size(131072, 262144)
    assert size(16384, 32768)[1] == 1
    assert size(4096, 8192)[1] == 16
    assert size(300, 600)[1] <= 5


def test_weights_grow_in_proportion_to_the_axis():
    for n, m, method in [(8192, 16384, "linear"), (48000, 22050, "area"), (9000, 10007, "cubic")]:
        t = taps(n, m, method)
        found = blocks.tiles(t)
        weights = blocks.stacked(jnp.zeros(n), t, 0)[1] if found is None else found.weights
        assert weights.size <= 1100 * (n + m)
    assert blocks.tiles(taps(9000, 10007, "cubic")) is None


@pytest.mark.parametrize(("lengths", "is_cut"), [((1080, 1920), True), ((3000, 4000), False)])
def test_images_beyond_the_fast_memory_are_not_cut_for_few_outputs(lengths, is_cut):
    f = jax.jit(functools.partial(jr.resize, size=(224, 224), method="cubic", antialias=True))
    exported = jax.export.export(f, platforms=("tpu",))(jax.ShapeDtypeStruct((1, *lengths, 3), jnp.float32))
    assert ("stablehlo.slice" in exported.mlir_module()) == is_cut
