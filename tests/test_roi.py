"""Regions of interest: recorded values, formulas, gradients, transforms and refusals."""

from functools import partial
from pathlib import Path

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import PartitionSpec

import jax_resample as jr
from jax_resample.compat import torchvision as tv

from .derivatives import check_derivatives
from .golden import roi_calls
from .tolerances import FLOAT32_ULPS, unit

X = np.random.default_rng(3).standard_normal((2, 7, 9, 3)).astype(np.float32)
BOXES = np.array([[0, 0.7, 0.3, 6.1, 5.2], [1, -2.0, 3.3, 4.0, 9.5], [0, 2.2, 2.4, 3.0, 2.9]], np.float32)


@pytest.fixture(scope="module")
def recorded():
    files = [
        Path(__file__).parent / "golden" / name for name in (roi_calls.TORCHVISION, roi_calls.TENSORFLOW)
    ]
    return {key: value for file in files for key, value in np.load(file).items()}


def assert_near(mine, theirs, *inputs, span=0.0):
    """Within a few units; weights move with a coordinate up to ``span``, which is rounded too."""
    allowed = (FLOAT32_ULPS + span) * unit("float32", theirs, *inputs)
    chex.assert_trees_all_close(np.asarray(mine), theirs, rtol=0, atol=allowed)


@pytest.mark.parametrize("call", roi_calls.ROI_CALLS, ids=lambda c: c.name)
def test_recorded_torchvision(call, recorded):
    x, boxes = roi_calls.maps(), roi_calls.boxes()
    y, pull = jax.vjp(lambda x: tv.roi_align(x, boxes, *call.arguments), jnp.asarray(x))
    assert_near(y, recorded[call.name], x)
    cotangent = roi_calls.cotangent(y.shape)
    assert_near(pull(jnp.asarray(cotangent))[0], recorded[f"{call.name} gradient"], cotangent)


@pytest.mark.parametrize("call", roi_calls.CROP_CALLS, ids=lambda c: c.name)
def test_recorded_tensorflow(call, recorded):
    image, (boxes, indices) = roi_calls.image(), roi_calls.normalised_boxes()

    def crop(image, boxes):
        size, method, value = call.arguments
        options = {"box_indices": jnp.asarray(indices), "method": method, "extrapolation_value": value}
        return jr.crop_and_resize(image, boxes, size, **options)

    y, pull = jax.vjp(crop, jnp.asarray(image), jnp.asarray(boxes))
    span = max(image.shape[1:-1])
    assert_near(y, recorded[call.name], image, span=span)
    cotangent = roi_calls.cotangent(y.shape)
    to_image, to_boxes = pull(jnp.asarray(cotangent))
    assert_near(to_image, recorded[f"{call.name} gradient"], cotangent, span=span)
    if f"{call.name} gradient of boxes" in recorded:  # TensorFlow has one for nearest neighbours too
        assert_near(to_boxes[:-1], recorded[f"{call.name} gradient of boxes"], np.float32(8))


def bilinear(image, y, x):
    """One sample of RoIAlign, in words of one image ``(H, W, C)``."""
    height, width = image.shape[:2]
    if not (-1 <= y <= height and -1 <= x <= width):
        return np.zeros((4, image.shape[-1]))
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    y0, x0 = min(int(y), max(height - 2, 0)), min(int(x), max(width - 2, 0))
    corners = [(y0 + i, x0 + j, 1 - abs(y - y0 - i), 1 - abs(x - x0 - j)) for i in (0, 1) for j in (0, 1)]
    return np.array([image[min(r, height - 1), min(c, width - 1)] * wy * wx for r, c, wy, wx in corners])


@pytest.mark.parametrize("mode", ["avg", "max"])
@pytest.mark.parametrize("ratio", [0, 2])
def test_the_definition(mode, ratio):
    size = (2, 3)
    y = jr.roi_align(jnp.asarray(X), jnp.asarray(BOXES), size, sampling_ratio=ratio, mode=mode)
    for box, mine in zip(BOXES.astype(np.float64), np.asarray(y), strict=True):
        image, low = X[int(box[0])], box[[2, 1]] - 0.5
        bins = (box[[4, 3]] - box[[2, 1]]) / size
        counts = [ratio or int(np.ceil(b)) for b in bins]
        for at in np.ndindex(*size):
            terms = [
                bilinear(image, *(low + (np.array(at) + (np.array(k) + 0.5) / counts) * bins))
                for k in np.ndindex(*counts)
            ]
            expected = np.mean([t.sum(0) for t in terms], 0) if mode == "avg" else np.max(terms, (0, 1))
            np.testing.assert_allclose(mine[at], expected, rtol=0, atol=3e-6)


def test_forms_of_boxes_agree():
    x, boxes = jnp.asarray(X), jnp.asarray(BOXES)
    expected = jr.roi_align(x, boxes, 2)
    listed = jr.roi_align(x, boxes[:, 1:], 2, batch_indices=boxes[:, 0].astype(int))
    chex.assert_trees_all_equal(listed, expected)
    by_image = jr.roi_align(x, jnp.stack([boxes[:2, 1:], boxes[1:, 1:]]), 2)
    chex.assert_trees_all_close(by_image[0, 0], expected[0], rtol=1e-6, atol=1e-6)
    chex.assert_trees_all_close(by_image[1, 0], expected[1], rtol=1e-6, atol=1e-6)
    lists = tv.roi_align(jnp.moveaxis(x, -1, 1), [boxes[::2, 1:], boxes[1:2, 1:]], 2, aligned=True)
    chex.assert_trees_all_close(
        jnp.moveaxis(lists, 1, -1), expected[jnp.array([0, 2, 1])], rtol=1e-6, atol=1e-6
    )


def test_traced_boxes_have_a_bound():
    """A box as long as the map needs no more than the bound; a given bound makes bins coarser."""
    x, boxes = jnp.asarray(X), jnp.array([[0, 0.0, 0.0, 9.0, 7.0], [1, 1.0, 1.0, 8.0, 5.0]])
    traced = jax.jit(lambda b: jr.roi_align(x, b, 2))(boxes)
    chex.assert_trees_all_close(traced, jr.roi_align(x, boxes, 2), rtol=1e-6, atol=1e-6)
    coarse = jr.roi_align(x, boxes, 2, max_sampling=2)
    chex.assert_trees_all_close(coarse, jr.roi_align(x, boxes, 2, sampling_ratio=2), rtol=1e-6, atol=1e-6)


def test_other_ranks():
    """A box of a row, and of a volume that repeats a plane, pool what the plane's box pools."""
    plane = jnp.asarray(X)
    options = {"sampling_ratio": 2, "aligned": True}
    expected = jr.roi_align(plane, jnp.array([[0, 1.5, 0.5, 6.0, 5.0]]), (2, 3), **options)
    volume = jnp.repeat(plane[:, None], 4, axis=1)
    box = jnp.array([[0, 1.5, 0.5, 1.0, 6.0, 5.0, 3.0]])
    pooled = jr.roi_align(volume, box, (1, 2, 3), **options)
    chex.assert_trees_all_close(pooled[:, 0], expected, rtol=1e-5, atol=1e-5)
    row = jr.roi_align(plane[:, 2], jnp.array([[0, 1.5, 6.0]]), 3, **options)
    flat = jnp.repeat(plane[:, 2:3], 5, axis=1)
    expected = jr.roi_align(flat, jnp.array([[0, 1.5, 1.0, 6.0, 4.0]]), (1, 3), **options)
    chex.assert_trees_all_close(row, expected[:, 0], rtol=1e-5, atol=1e-5)


def test_missing_images_and_nan():
    boxes = jnp.asarray(BOXES).at[0, 0].set(5.0).at[1, 2].set(jnp.nan)
    assert float(jnp.abs(jr.roi_align(jnp.asarray(X), boxes, 2, sampling_ratio=2)[:2]).max()) == 0
    x = jnp.asarray(X).at[0, 0, 0, 0].set(jnp.nan)
    pooled = jr.roi_align(
        x, jnp.array([[0, 0.6, 0.6, 1.9, 1.9], [0, 3.0, 3.0, 5.0, 5.0]]), 2, sampling_ratio=1
    )
    assert int(jnp.isnan(pooled).sum()) == 1
    one = jnp.array([[0.0, 0.0, 1.0, 1.0]])
    crop = jr.crop_and_resize(x, one, 3, box_indices=jnp.array([7]), extrapolation_value=2.5)
    chex.assert_trees_all_equal(crop, jnp.full((1, 3, 3, 3), 2.5))


@pytest.mark.parametrize("dtype", ["uint8", "bfloat16", "float16"])
def test_dtypes(dtype):
    x = jnp.asarray(np.abs(X) * 60).astype(dtype)
    wide = jr.roi_align(x.astype("float32"), jnp.asarray(BOXES), 2, sampling_ratio=2)
    pooled = jr.roi_align(x, jnp.asarray(BOXES), 2, sampling_ratio=2)
    chex.assert_type(pooled, dtype)
    expected = jnp.round(wide).astype(dtype) if dtype == "uint8" else wide.astype(dtype)
    chex.assert_trees_all_equal(pooled, expected)
    cropped = jr.crop_and_resize(x, jnp.full((2, 1, 4), 0.3), 1)
    chex.assert_type(cropped, "float32" if dtype == "uint8" else dtype)


FUNCTIONS = {
    "avg": partial(jr.roi_align, size=2, sampling_ratio=2),
    "adaptive": partial(jr.roi_align, size=2, max_sampling=3),
    "max": partial(jr.roi_align, size=2, sampling_ratio=1, mode="max"),
    "crop": lambda x, boxes: jr.crop_and_resize(x, boxes / 9, 3),
}
by_image = jnp.asarray(np.stack([BOXES[:2, 1:], BOXES[1:, 1:]]))
each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


@each_function
def test_gradients(function, rng, x64):
    # Off whole coordinates, where the derivative is one-sided, and off whole numbers of samples.
    x, boxes = jnp.asarray(rng.standard_normal((2, 7, 9, 1))), by_image.astype("float64")
    boxes = boxes + 0.0173 * jnp.arange(16.0).reshape(2, 2, 4)
    check_derivatives(function, (x, boxes), rng)


@pytest.mark.parametrize("function", [FUNCTIONS["adaptive"], FUNCTIONS["crop"]], ids=["adaptive", "crop"])
def test_transforms(function):
    """Values and both gradients of a batch, of its images one by one, and of its shards."""
    x, one = jnp.asarray(X), lambda x, b: function(x[None], b[None])[0]

    def scanned(x, boxes):
        return jax.lax.scan(lambda c, xb: (c, jax.checkpoint(one)(*xb)), 0, (x, boxes))[1]

    mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    data = PartitionSpec("data")
    sharded = jax.shard_map(function, mesh=mesh, in_specs=(data, data), out_specs=data)

    def derived(f):
        def loss(x, boxes):
            y = f(x, boxes)
            return (y**2).sum(), y

        (_, y), gradients = jax.jit(jax.value_and_grad(loss, (0, 1), has_aux=True))(x, by_image)
        return y, gradients

    expected = derived(function)
    for f in (jax.vmap(one), scanned, sharded):
        chex.assert_trees_all_close(derived(f), expected, rtol=1e-4, atol=1e-5)


def test_export_with_a_symbolic_batch():
    (batch,) = export.symbolic_shape("b")
    function = FUNCTIONS["avg"]
    shapes = (jax.ShapeDtypeStruct((batch, *s), jnp.float32) for s in ((7, 9, 3), (2, 4)))
    exported = export.export(jax.jit(function))(*shapes)
    x = jnp.asarray(X)
    chex.assert_trees_all_close(exported.call(x, by_image), function(x, by_image), rtol=1e-6, atol=1e-6)


REFUSED = [
    (lambda: jr.roi_align(jnp.zeros((4, 4)), BOXES, 2), "`x` must have a batch"),
    (lambda: jr.roi_align(jnp.zeros((1, 4, 4, 1), int), BOXES, 2), "`x` must be floating"),
    (lambda: jr.roi_align(X, BOXES[:, 1:], 2), r"`boxes` must have shape \(R, 5\)"),
    (lambda: jr.roi_align(X, BOXES.astype(int), 2), "`boxes` must be floating"),
    (lambda: jr.roi_align(X, BOXES[:, 1:], 2, batch_indices=BOXES[:, 0]), "`batch_indices` must be integers"),
    (lambda: jr.roi_align(X, BOXES, 0), "`size` must give sizes"),
    (lambda: jr.roi_align(X, BOXES, 2, mode="min"), "`mode` must be one of"),
    (lambda: jr.roi_align(X, BOXES, 2, max_sampling=0), "`max_sampling` must give"),
    (lambda: jr.crop_and_resize(X, BOXES, 2), r"`boxes` must have shape \(batch, R, 4\)"),
    (lambda: jr.crop_and_resize(X, by_image, 2, method="bicubic"), "`method` must be one of"),
    (lambda: tv.roi_align(X, BOXES[:, 1:], 2), r"`boxes` must have shape \(K, 5\)"),
    (lambda: tv.roi_align(X, [BOXES[:, 1:]], 2), "`boxes` must be 2 arrays"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
