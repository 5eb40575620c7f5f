"""`jax_resample.compat.opencv.resize`: OpenCV 5's recorded values, JAX's transforms, and what is refused."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import jax_resample as jr
from jax_resample.compat import opencv

from .golden.opencv_calls import CALLS, FILE, INTERPOLATIONS, Call
from .tolerances import FLOAT32_ULPS, unit


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


def run(call: Call) -> np.ndarray:
    return np.asarray(opencv.resize(jnp.asarray(call.image()), **call.keywords))


def allowed(call: Call, image: np.ndarray, theirs: np.ndarray) -> float:
    """How far we may be from OpenCV.

    Floats are summed in another order, and fused; float64 images meet float32 weights there. 16 bits are
    float32 sums rounded once: where those are near a half, so near is another level.
    """
    if call.dtype == "uint8" or "NEAREST" in call.name:
        return 0.0
    if call.dtype.startswith("float"):
        return FLOAT32_ULPS * unit("float32", image, theirs)
    return 0.0 if "CUBIC" not in call.name else 1.0


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_values(call, recorded, request):
    if call.dtype == "float64":
        request.getfixturevalue("x64")
    mine, theirs = run(call), recorded[call.name]
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    difference = np.abs(mine.astype(float) - theirs).max()
    assert difference <= allowed(call, call.image(), theirs)


def test_flags_have_opencvs_numbers():
    assert {name: getattr(opencv, f"INTER_{name}") for name in INTERPOLATIONS} == INTERPOLATIONS


def test_the_same_size_is_a_copy_whatever_the_factor(rng):
    image = jnp.asarray(rng.integers(0, 256, (6, 5), np.uint8))
    for flag in INTERPOLATIONS.values():
        np.testing.assert_array_equal(np.asarray(opencv.resize(image, (5, 6), 0.7, 3, flag)), image)
    np.testing.assert_array_equal(np.asarray(opencv.resize(image, None, 1.01, 1.02)), image)


def test_a_size_of_zeros_asks_for_the_factors(rng):
    image = jnp.asarray(rng.integers(0, 256, (7, 5), np.uint8))
    sizes = [opencv.resize(image, size, fx=0.5, fy=0.5).shape for size in (None, (0, 0))]
    assert sizes == [(4, 2), (4, 2)]  # 3.5 and 2.5, half to even


@pytest.mark.parametrize("name", ["LINEAR", "CUBIC", "AREA"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_batches_vmap_and_export(name, dtype, rng):
    images = jnp.asarray(rng.integers(0, 256, (2, 9, 12, 3)).astype(dtype))

    def small(image):
        return opencv.resize(image, (7, 5), interpolation=INTERPOLATIONS[name])

    each = np.stack([np.asarray(small(image)) for image in images])
    batched, mapped = np.asarray(small(images)), np.asarray(jax.jit(jax.vmap(small))(images))
    exported = export.export(jax.jit(small))(jax.ShapeDtypeStruct(images.shape, images.dtype))
    called = np.asarray(export.deserialize(exported.serialize()).call(images))
    near = 0.0 if dtype == "uint8" else FLOAT32_ULPS * unit("float32", each)
    for other in (batched, mapped, called):
        assert np.abs(other.astype(float) - each).max() <= near


@pytest.mark.parametrize("name", ["LINEAR", "CUBIC", "AREA", "LANCZOS4"])
def test_gradient_is_the_transpose(name, rng):
    x, y = (jnp.asarray(rng.standard_normal(s), jnp.float32) for s in ((13, 17), (5, 6)))
    value, pull = jax.vjp(lambda v: opencv.resize(v, (6, 5), interpolation=INTERPOLATIONS[name]), x)
    left, right = float(jnp.vdot(value, y)), float(jnp.vdot(x, pull(y)[0]))
    assert abs(left - right) <= 1e-5 * float(jnp.linalg.norm(x) * jnp.linalg.norm(y))


@pytest.mark.parametrize("name", sorted(set(INTERPOLATIONS)))
def test_the_rows_of_the_table_give_the_same_bytes(name, rng):
    image = jnp.asarray(rng.integers(0, 256, (21, 30), np.uint8))
    expected = np.asarray(opencv.resize(image, (11, 13), interpolation=INTERPOLATIONS[name]))
    convention = f"opencv:{name.lower().replace('_', '-')}"
    mine = jr.resize(image[:, None], (13, 11), axes=(0, 2), convention=convention)
    np.testing.assert_array_equal(np.asarray(mine)[:, 0], expected)


@pytest.mark.parametrize("name", ["LINEAR", "LINEAR_EXACT", "CUBIC", "LANCZOS4", "AREA"])
def test_one_axis_is_the_height_of_a_column(name, rng):
    """As OpenCV takes an array of one axis: the width, 1, keeps its size."""
    signal = jnp.asarray(rng.integers(0, 256, 23, np.uint8))
    column = opencv.resize(signal[:, None], (1, 14), interpolation=INTERPOLATIONS[name])
    mine = jr.resize(signal, 14, convention=f"opencv:{name.lower().replace('_', '-')}")
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(column)[:, 0])


REFUSED = [
    ({"dsize": None}, ValueError, "`fx` and `fy`"),
    ({"dsize": (0, 4)}, ValueError, "`dsize`"),
    ({"dsize": 4}, TypeError, "`dsize`"),
    ({"dsize": (4.0, 4)}, TypeError, "`dsize`"),
    ({"dsize": None, "fx": 0.01, "fy": 1}, ValueError, "`fx` and `fy`"),
    ({"dsize": None, "fx": float("nan"), "fy": 1}, ValueError, "`fx`"),
    ({"dsize": (4, 4), "interpolation": 7}, ValueError, "`interpolation`"),
    ({"dsize": (4, 4), "interpolation": "linear"}, TypeError, "`interpolation`"),
]


@pytest.mark.parametrize(("keywords", "error", "words"), REFUSED, ids=[str(case[0]) for case in REFUSED])
def test_refusals(keywords, error, words):
    with pytest.raises(error, match=words):
        opencv.resize(jnp.zeros((6, 8), jnp.uint8), **keywords)


def test_refusals_of_images():
    with pytest.raises(TypeError, match="`src`"):
        opencv.resize(jnp.zeros((6, 8), jnp.int32), (4, 4))
    with pytest.raises(ValueError, match="`src`"):
        opencv.resize(jnp.zeros(8), (4, 4))
    with pytest.raises(ValueError, match="4 channels"):
        opencv.resize(jnp.zeros((6, 8, 5)), (4, 4), interpolation=opencv.INTER_AREA)
    with pytest.raises(ValueError, match="at most 2"):
        jr.resize(jnp.zeros((6, 8, 5), jnp.uint8), 4, axes=(0, 1, 2), convention="opencv:cubic")
