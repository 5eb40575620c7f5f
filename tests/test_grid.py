"""Normalised grids: PyTorch's recorded values and gradients, refusals, and what the convention says."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.compat import torch as ours

from .golden.grid_calls import AFFINE_CALLS, FILE, GRID_CALLS
from .tolerances import FLOAT32_ULPS, FLOAT64_RELATIVE, spacing, unit


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


def assert_near(mine, theirs, largest: float) -> None:
    """Equal up to a few units of the largest term or result, and not finite in the same places."""
    mine, finite = np.asarray(mine), np.isfinite(theirs)
    largest = max(largest, np.abs(theirs[finite]).max())
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(np.where(finite, 0, mine), np.where(finite, 0, theirs))
    units = FLOAT32_ULPS * spacing(np.float64(largest), "float32")
    allowed = units if mine.dtype == np.float32 else FLOAT64_RELATIVE * largest
    assert np.abs(np.where(finite, mine - theirs, 0)).max() <= allowed


@pytest.mark.parametrize("call", [c for c in GRID_CALLS if not c.gradient], ids=lambda c: c.name)
def test_values(call, recorded):
    x, grid, _ = call.inputs()
    y = ours.grid_sample(jnp.asarray(x), jnp.asarray(grid), **call.keywords)
    if call.mode == "nearest":
        np.testing.assert_array_equal(np.asarray(y), recorded[call.name])
    assert_near(y, recorded[call.name], np.abs(x).max())


@pytest.mark.parametrize("call", [c for c in GRID_CALLS if c.gradient], ids=lambda c: c.name)
def test_gradients(call, recorded, x64):
    x, grid, cotangent = map(jnp.asarray, call.inputs())

    @jax.jit
    def both(x, grid, cotangent):
        y, pull = jax.vjp(lambda x, grid: ours.grid_sample(x, grid, **call.keywords), x, grid)
        return (y, *pull(cotangent))

    y, to_x, to_grid = both(x, grid, cotangent)
    assert_near(y, recorded[call.name], 1.0)
    assert_near(to_x, recorded[f"{call.name} image"], np.abs(cotangent).sum(axis=(0, 1)).sum())
    assert_near(
        to_grid, recorded[f"{call.name} grid"], 2 * max(x.shape) * np.abs(cotangent).sum(axis=1).max()
    )


@pytest.mark.parametrize("call", AFFINE_CALLS, ids=lambda c: c.name)
def test_affine_grids_are_equal_in_every_bit(call, recorded, x64):
    mine = ours.affine_grid(jnp.asarray(call.theta()), call.size, call.align_corners)
    np.testing.assert_array_equal(np.asarray(mine), recorded[call.name])


def test_layouts_agree_and_a_batch_of_one_serves_all(rng):
    x = jnp.asarray(rng.standard_normal((2, 3, 4, 5)), jnp.float32)
    grid = jnp.asarray(rng.uniform(-1, 1, (2, 6, 2)), jnp.float32)
    last = jr.grid_sample(x, grid)
    assert last.shape == (2, 6, 5)
    first = ours.grid_sample(jnp.moveaxis(x, -1, 1), grid[:, :, None], align_corners=False)
    # Two programs: what is rounded in one, LLVM may fuse in the other, which shows in a unit or two.
    units = 2 * unit("float32", np.asarray(x))
    np.testing.assert_allclose(jnp.moveaxis(first[..., 0], 1, -1), last, rtol=0, atol=units)
    np.testing.assert_allclose(jr.grid_sample(x[:1], grid)[0], last[0], atol=1e-6)
    np.testing.assert_allclose(jr.grid_sample(x, grid[:1])[0], last[0], atol=1e-6)


@pytest.mark.parametrize("mapped", [(0, 0), (0, None), (None, 0)], ids=["both", "image", "grid"])
def test_channels_first_under_vmap(mapped, rng):
    """Mapped images, grids or both: planes of a batch, or points of a shared image."""
    x = jnp.asarray(rng.standard_normal((3, 2, 4, 6, 5)), jnp.float32)
    grid = jnp.asarray(rng.uniform(-1.2, 1.2, (3, 2, 7, 3, 2)), jnp.float32)
    arguments = [a if m == 0 else a[0] for a, m in zip((x, grid), mapped, strict=True)]
    sample = jax.jit(partial(ours.grid_sample, align_corners=False))
    together = jax.jit(jax.vmap(sample, in_axes=mapped))(*arguments)
    alone = [sample(x[i if mapped[0] == 0 else 0], grid[i if mapped[1] == 0 else 0]) for i in range(3)]
    units = 2 * unit("float32", np.asarray(x))
    np.testing.assert_allclose(together, jnp.stack(alone), rtol=0, atol=units)


@pytest.mark.parametrize("align_corners", [False, True])
def test_the_identity_grid_gives_the_image(align_corners, rng):
    """But for the last bits of its positions, which are PyTorch's."""
    x = jnp.asarray(rng.standard_normal((2, 4, 7, 3)), jnp.float32)
    theta = jnp.broadcast_to(jnp.eye(2, 3), (2, 2, 3))
    grid = jr.affine_grid(theta, (4, 7), align_corners=align_corners)
    y = jr.grid_sample(x, grid, align_corners=align_corners, padding_mode="border")
    np.testing.assert_allclose(y, x, atol=3e-6)


def test_one_axis_follows_the_same_map():
    x = jnp.arange(4.0).reshape(1, 4, 1)
    grid = jnp.array([-1.0, -0.75, 0.0, 0.75, 1.0]).reshape(1, 5, 1)
    edges = jr.grid_sample(x, grid, padding_mode="border")
    np.testing.assert_array_equal(edges.ravel(), [0, 0, 1.5, 3, 3])
    centres = jr.grid_sample(x, grid, align_corners=True)
    np.testing.assert_array_equal(centres.ravel(), [0, 0.375, 1.5, 2.625, 3])


def test_grids_keep_their_precision_beside_half_precision_images(rng):
    """On 1000 pixels a bfloat16 coordinate is four pixels off; a float32 one is not."""
    ramp = jnp.arange(1000, dtype=jnp.bfloat16).reshape(1, 1000, 1)
    grid = jnp.linspace(-0.9, 0.9, 50).reshape(1, 50, 1)
    exact = (np.asarray(grid, np.float64) + 1) * 500 - 0.5
    y = jr.grid_sample(ramp, grid)
    assert y.dtype == jnp.bfloat16
    # The ramp itself is rounded, by half a unit; then comes the result's own rounding.
    assert (np.abs(np.asarray(y, np.float64) - exact) <= spacing(exact, "bfloat16")).all()


_X, _G = jnp.zeros((2, 3, 4, 5)), jnp.zeros((2, 6, 7, 2))


@pytest.mark.parametrize(
    ("x", "grid", "keywords", "error", "words"),
    [
        (_X, _G, {"mode": "linear"}, ValueError, "`mode` must be one of 'bilinear'"),
        (_X, _G, {"padding_mode": "wrap"}, ValueError, "`padding_mode` must be one of 'zeros'"),
        (_X, _G, {"align_corners": 1}, TypeError, "`align_corners` must be True or False"),
        (_X, _G[..., :1], {}, ValueError, "`grid` must be"),
        (_X, jnp.zeros((3, 6, 7, 2)), {}, ValueError, "batch"),
        (_X[:, :0], _G, {}, ValueError, "empty"),
        (_X, _G.astype(int), {}, TypeError, "`grid` must be floating"),
    ],
)
def test_refusals(x, grid, keywords, error, words):
    with pytest.raises(error, match=words):
        jr.grid_sample(x, grid, **keywords)
    if "align_corners" not in keywords and grid.shape[0] == 2:
        with pytest.raises((ValueError, TypeError)):
            ours.grid_sample(jnp.moveaxis(x, -1, 1), grid, **keywords)


@pytest.mark.parametrize(
    ("x", "grid", "keywords", "error", "words"),
    [
        (_X.astype(int), _G, {}, TypeError, "`input` must be float64"),
        (_X, _G.astype(jnp.bfloat16), {}, TypeError, "`grid` must have the dtype"),
        (_X[0], _G[0], {}, ValueError, "`input` must be"),
        (_X[:1], _G, {}, ValueError, "batch size"),
        (_X[..., None], _G[..., None, :], {"mode": "bicubic"}, ValueError, "`mode`"),
    ],
)
def test_what_pytorch_refuses_beyond_that(x, grid, keywords, error, words):
    with pytest.raises(error, match=words):
        ours.grid_sample(x, grid, **keywords)


@pytest.mark.parametrize(
    ("theta", "size", "error", "words"),
    [
        (jnp.zeros((1, 2, 3), int), (1, 1, 2, 2), TypeError, "`theta` must be floating"),
        (jnp.zeros((1, 2, 3)), (1, 1, 2, 0), ValueError, "`size`"),
        (jnp.zeros((1, 2, 3)), (1, 1, 2), ValueError, "`size`"),
        (jnp.zeros((1, 2, 3)), (2, 1, 2, 2), ValueError, "`theta` must have shape"),
        (jnp.zeros((1, 2, 3)), (1, 1, 2, 2.0), TypeError, "`size`"),
    ],
)
def test_refused_affine_grids(theta, size, error, words):
    with pytest.raises(error, match=words):
        ours.affine_grid(theta, size)


def test_refused_maps():
    for theta, size in ((jnp.zeros((2, 2)), 3), (jnp.zeros((2, 3)), (3, 3, 3)), (jnp.zeros((2, 3)), 0)):
        with pytest.raises(ValueError, match=r"`theta`|`size`"):
            jr.affine_grid(theta, size)
