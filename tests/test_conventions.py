"""The table of conventions: complete rows, general rules, and libraries that need no recording."""

from dataclasses import replace

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.axis import Axis
from jax_resample.build import build, check_convention, weigh
from jax_resample.kernels import Kernel

from .conventions_page import PAGE, page

each_row = pytest.mark.parametrize("name", sorted(jr.conventions))

# Outside the image there is zero for ResizeRight, and SciPy begins its prefilter roughly on short lines.
_NOT_ONE = ("resize-right:", "scipy:")


def taps(name, n, m, **fields):
    row = jr.conventions[name] if isinstance(name, str) else name
    (one,) = row.per_axis((n,), (m,))
    return build(Axis(n, m, one, "float64", **fields))


@each_row
def test_rows_say_where_they_come_from_and_name_rules_that_exist(name):
    row = jr.conventions[name]
    check_convention(row)
    assert row.library
    assert row.source.startswith("https://")
    assert hash(row) == hash(replace(row, library="another"))
    assert row == replace(row, source="elsewhere")


@each_row
@pytest.mark.parametrize(("n", "m"), [(9, 4), (4, 9), (1, 3), (5, 5)])
def test_taps_lie_inside_and_weights_sum_to_one(name, n, m):
    matrix = taps(name, n, m).as_matrix()
    assert matrix.shape == (m, n)
    assert np.isfinite(matrix).all()
    row = jr.conventions[name]
    if not name.startswith(_NOT_ONE) and row.boundary != "constant":
        single = float(np.finfo(np.float32).eps) if row.arithmetic != "float64" else 0
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-7 + 4 * single)


def test_every_row_takes_any_axes_of_any_rank(rng):
    """One axis after the other or all at once: separable, but for rules that look at all axes."""
    x = jnp.asarray(rng.normal(size=(6, 2, 5, 4)).astype(np.float32))
    for name in ("tf2:lanczos3-antialias", "jax:area", "matlab:bicubic", "torch:bilinear-align-corners"):
        whole = jr.resize(x, (3, 7, 9), axes=(0, 2, 3), convention=name)
        chex.assert_shape(whole, (3, 2, 7, 9))
        parts = jr.resize(
            jr.resize(jr.resize(x, 9, axes=3, convention=name), 7, axes=2, convention=name),
            3,
            axes=0,
            convention=name,
        )
        chex.assert_trees_all_close(whole, parts, atol=2e-6)


def reference(n, m, kernel, radius, padded, *, antialias):
    """A window's weights as papers write them: stretched, normalised, then what lies outside is padded."""
    scale = m / n
    widen = max(1.0, 1 / scale) if antialias else 1.0
    pad = int(np.ceil(radius * widen)) + 1
    columns = np.pad(np.eye(n), ((pad, pad), (0, 0)), mode=padded)
    u = (np.arange(m) + 0.5) / scale - 0.5
    weights = kernel((u[:, None] - np.arange(-pad, n + pad)) / widen)
    return weights / weights.sum(axis=1, keepdims=True) @ columns


def triangle(x):
    return np.maximum(1 - abs(x), 0)


def cubic(x):
    x = abs(x)
    inner, outer = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, inner, np.where(x <= 2, outer, 0))


def lanczos(radius):
    return lambda x: np.where(abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)


@pytest.mark.parametrize("antialias", [True, False])
@pytest.mark.parametrize(("n", "m"), [(9, 4), (17, 5), (4, 9), (30, 29), (3, 1)])
def test_matlab_and_resize_right_are_the_documented_formulas(n, m, antialias):
    suffix = "" if antialias else "-no-antialias"
    for ours, theirs, kernel, radius in (
        ("bilinear", "linear", triangle, 1),
        ("bicubic", "cubic", cubic, 2),
        ("lanczos2", "lanczos2", lanczos(2), 2),
        ("lanczos3", "lanczos3", lanczos(3), 3),
    ):
        expected = reference(n, m, kernel, radius, "symmetric", antialias=antialias)
        np.testing.assert_allclose(taps(f"matlab:{ours}{suffix}", n, m).as_matrix(), expected, atol=1e-13)
        expected = reference(n, m, kernel, radius, "constant", antialias=antialias)
        mine = taps(f"resize-right:{theirs}{suffix}", n, m).as_matrix()
        # Its Lanczos kernels add the epsilon of float32 to numerator and denominator.
        np.testing.assert_allclose(mine, expected, atol=2e-7 if "lanczos" in theirs else 1e-13)


def test_dali_is_the_stretched_window_with_a_repeated_edge():
    for name, kernel, radius in (("linear", triangle, 1), ("cubic", cubic, 2), ("lanczos3", lanczos(3), 3)):
        expected = reference(12, 5, kernel, radius, "edge", antialias=True)
        np.testing.assert_allclose(taps(f"dali:{name}", 12, 5).as_matrix(), expected, atol=2e-6)


JAX_METHODS = ("nearest", "linear", "cubic", "lanczos3", "lanczos5", "cubic-pytorch", "area")


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("method", JAX_METHODS)
def test_jax_image(method):
    """The installed JAX in float64, where the order of rounding does not show; antialiased too."""
    if method.upper().replace("-", "_") not in jax.image.ResizeMethod.__members__:
        pytest.skip("this JAX has no such method")
    for n, m in ((9, 4), (4, 9), (1, 3)):
        for antialias in (False, True) if method not in ("nearest", "area") else (False,):
            theirs = jax.image.resize(jnp.eye(n), (m, n), method, antialias=antialias)
            mine = taps(f"jax:{method}{'-antialias' if antialias else ''}", n, m).as_matrix()
            np.testing.assert_allclose(mine, theirs, atol=1e-13)


def test_jax_image_signature():
    x = jnp.arange(12, dtype=jnp.uint8).reshape(3, 4)
    ours, theirs = jr.compat.jax_image, jax.image
    chex.assert_trees_all_close(
        ours.resize(x, (3, 2), "bilinear"), theirs.resize(x, (3, 2), "bilinear"), rtol=1e-6
    )
    cubic = jax.image.ResizeMethod.CUBIC
    chex.assert_trees_all_close(ours.resize(x, (5, 2), cubic), theirs.resize(x, (5, 2), cubic), rtol=1e-5)
    assert ours.resize(x, (5, 2), "nearest").dtype == jnp.uint8
    for call, message in (
        (lambda: ours.resize(x, (3,), "linear"), "`shape` must have a length for every axis"),
        (lambda: ours.resize(x, (3, 2), "keys"), "`method` must be one of 'nearest'"),
        (lambda: ours.scale_and_translate(x, (3, 2), (1,), 1.0, 0.0, "nearest"), "`method` must not be"),
        (
            lambda: ours.scale_and_translate(x, (2, 2), (1,), 1.0, 0.0, "linear"),
            "`shape` must keep the length",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_convention_of_your_own(rng):
    """A kernel of your own, a free cubic, a constant outside, a box: nothing but columns."""
    x = jnp.asarray(rng.normal(size=7).astype(np.float32))
    tent = Kernel(1, lambda d, xp=np: xp.maximum(1 - abs(d), d.dtype.type(0)))
    own = jr.Convention(family="window", window="kernel", kernel=tent, boundary="drop", stretch=True)
    same = jr.resize(x, 4, convention="jax:linear-antialias")
    chex.assert_trees_all_close(jr.resize(x, 4, convention=own), same, rtol=1e-6)
    keys = jr.Convention(family="interpolate", kernel="cubic(-0.6)", boundary="mirror")
    assert jr.resize(x, 9, convention=keys).shape == (9,)
    outside = jr.Convention(family="interpolate", kernel="triangle", boundary="constant", cval=5.0)
    y = jr.resize(jnp.array([1.0, 3.0]), 4, convention=outside)
    chex.assert_trees_all_close(y, jnp.array([2.0, 1.5, 2.5, 3.5]), rtol=1e-6)
    box = taps("pillow:bilinear", 8, 3, box=(1.5, 4.5)).as_matrix()
    np.testing.assert_allclose(box @ np.arange(8), [1.5, 2.5, 3.5])


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("floor", [0, 0, 1, 2]), ("ceil", [0, 1, 2, 3]), ("half down", [0, 1, 1, 2]), ("half up", [0, 1, 2, 2])],
)
def test_roundings_of_a_coordinate(rounding, expected):
    """Four of three samples and a half, from the first: coordinates 0, 0.75, 1.5, 2.25."""
    row = jr.Convention(family="nearest", rounding=rounding, coordinates="asymmetric")
    np.testing.assert_array_equal(build(Axis(4, 4, row, factor=4 / 3)).start, expected)


@pytest.mark.parametrize("name", ["jax:lanczos3-antialias", "torch:bicubic", "tf2:area", "pillow:lanczos"])
def test_the_same_lines_trace(name):
    """Weights from traced steps equal the table's, and their derivative is finite."""
    row = replace(jr.conventions[name], arithmetic="image", same_size_copies=False)
    table = build(Axis(11, 4, row, factor=4 / 11)).as_matrix()

    def traced(factor):
        index, weights = weigh(Axis(11, 4, row, factor=factor, reach=11 if row.stretch else 6), jnp)
        return jnp.zeros((4, 11)).at[np.arange(4)[:, None], index].add(weights)

    matrix, slope = jax.jvp(jax.jit(traced), (jnp.float32(4 / 11),), (jnp.float32(1),))
    np.testing.assert_allclose(matrix, table, atol=2e-6)
    assert np.isfinite(slope).all()
    assert abs(slope).max() > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"convention": "torch:sinc"}, "`convention` must be one of 'torch:nearest'"),
        ({"convention": "torch:area", "method": "linear"}, "`convention` must be given instead of `method`"),
        ({"convention": "torch:area", "antialias": True}, "`convention` must be given instead of `method`"),
        ({"convention": jr.Convention(family="nearest")}, "`convention.rounding` must be given for family"),
        (
            {"convention": jr.Convention(family="window", window="kernel")},
            "`convention.kernel` must be given",
        ),
        ({"convention": jr.Convention(family="bilinear")}, "`convention.family` must be one of 'nearest'"),
        ({"convention": jr.Convention(family="area", kernel="sinc")}, "`kernel` must be a Kernel or one of"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        jr.resize(jnp.ones(4), 2, **options)


def test_the_page_of_the_documentation_is_the_table():
    """Written by ``python -m tests.conventions_page``."""
    assert PAGE.read_text() == page()
