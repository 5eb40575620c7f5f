"""Live comparison with PyTorch: ``grid_sample`` and ``affine_grid``, values and gradients to order two."""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax_resample.compat import torch as ours

from ..grid_points import grids
from ..tolerances import FLOAT32_ULPS, FLOAT64_RELATIVE, HALF_UNIT, spacing

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("x64")

_LENGTHS = {2: ((5, 7), (1, 4), (8, 8)), 3: ((3, 4, 5), (1, 2, 4), (2, 6, 3))}
_POINTS = {2: (3, 5), 3: (3, 1, 5)}


class Config(NamedTuple):
    """One way to call ``grid_sample``."""

    rank: int
    mode: str
    padding_mode: str
    align_corners: bool
    dtype: str

    @property
    def lengths(self):
        """Two thirds of the configurations are square or have a single row."""
        return _LENGTHS[self.rank][sum(map(ord, "".join(map(str, self)))) % 3]

    @property
    def keywords(self):
        return {"mode": self.mode, "padding_mode": self.padding_mode, "align_corners": self.align_corners}


CONFIGS = [
    Config(rank, mode, padding, corners, dtype)
    for rank in (2, 3)
    for mode in ("bilinear", "nearest", "bicubic")
    for padding in ("zeros", "border", "reflection")
    for corners in (False, True)
    for dtype in ("float32", "float64")
    if (rank, mode) != (3, "bicubic") and (mode != "bicubic" or dtype == "float32" or padding == "reflection")
]


def draw(config: Config, seed: int, *, hostile: bool = True):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((4, 2, *config.lengths)).astype(config.dtype)
    grid = grids(rng, (4, *_POINTS[config.rank], config.rank), config.dtype, hostile=hostile)
    return x, grid, rng.standard_normal((4, 2, *_POINTS[config.rank])).astype(config.dtype)


@functools.cache
def compiled(config: Config):
    """Value and both pull-backs, and the pull-back of ones, which bounds what sums can lose."""

    def both(x, grid, cotangent):
        y, pull = jax.vjp(lambda x, grid: ours.grid_sample(x, grid, **config.keywords), x, grid)
        return (y, *pull(cotangent))

    return jax.jit(both)


def sampled_by_torch(config: Config, x, grid):
    return torch.nn.functional.grid_sample(torch.from_numpy(x), torch.from_numpy(grid), **config.keywords)


def pulled_back_by_torch(config: Config, x, grid, cotangent):
    x, grid = torch.from_numpy(x).requires_grad_(), torch.from_numpy(grid).requires_grad_()
    y = torch.nn.functional.grid_sample(x, grid, **config.keywords)
    return [a.numpy() for a in torch.autograd.grad(y, (x, grid), torch.from_numpy(cotangent))]


def assert_near(mine, theirs, config: Config, largest: float) -> None:
    """Equal up to a few units of the largest term or result, and not finite in the same places."""
    mine = np.asarray(mine)
    finite = np.isfinite(theirs)
    largest = max(largest, np.abs(theirs[finite]).max(initial=0))
    np.testing.assert_array_equal(np.where(finite, 0, mine), np.where(finite, 0, theirs))
    allowed = FLOAT64_RELATIVE * largest
    if config.dtype == "float32":
        allowed = FLOAT32_ULPS * spacing(np.float64(largest), "float32")
    assert np.abs(np.where(finite, mine - theirs, 0)).max(initial=0) <= allowed


each_config = pytest.mark.parametrize("config", CONFIGS, ids=lambda c: "-".join(map(str, c)))


@each_config
@given(seed=st.integers(0, 2**32 - 1))
def test_values(config, seed):
    x, grid, cotangent = draw(config, seed)
    y, theirs = compiled(config)(x, grid, cotangent)[0], sampled_by_torch(config, x, grid).numpy()
    if config.mode == "nearest":
        np.testing.assert_array_equal(np.asarray(y), theirs)
    assert_near(y, theirs, config, float(np.abs(x).max()))


@each_config
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients(config, seed):
    """Not of hostile points, which make PyTorch's backward read and write memory that is not its own."""
    halves = (config.rank, config.mode) == (3, "nearest")
    x, grid, cotangent = draw(config, seed, hostile=False)
    if halves:  # PyTorch's pull-back in three dimensions picks another voxel there than its forward did
        grid = grid + np.asarray(1e-3, grid.dtype)
    _, to_x, to_grid = compiled(config)(x, grid, cotangent)
    their_x, their_grid = pulled_back_by_torch(config, x, grid, cotangent)
    # All points outside may add to one pixel, in another order.
    assert_near(to_x, their_x, config, float(np.abs(cotangent).sum(axis=tuple(range(2, x.ndim))).max()))
    slopes = 2 * np.abs(x).max() * np.abs(cotangent).sum(axis=1).max() * max(config.lengths)
    assert_near(to_grid, their_grid, config, float(slopes))


@functools.cache
def second_order(config: Config):
    """Gradients of a random product with the first gradients."""

    def product(x, grid, cotangent, to_x, to_grid):
        _, pull = jax.vjp(lambda x, grid: ours.grid_sample(x, grid, **config.keywords), x, grid)
        first = pull(cotangent)
        return (first[0] * to_x).sum() + (first[1] * to_grid).sum()

    return jax.jit(jax.grad(product, argnums=(0, 1, 2)))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "reflection"])
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients_of_gradients(mode, padding_mode, seed):
    config = Config(2, mode, padding_mode, False, "float64")
    x, grid, cotangent = draw(config, seed, hostile=False)
    rng = np.random.default_rng(seed + 1)
    to_x, to_grid = (rng.standard_normal(a.shape) for a in (x, grid))
    mine = second_order(config)(x, grid, cotangent, to_x, to_grid)
    inputs = [torch.from_numpy(a).requires_grad_() for a in (x, grid, cotangent)]
    y = torch.nn.functional.grid_sample(*inputs[:2], **config.keywords)
    first = torch.autograd.grad(y, inputs[:2], inputs[2], create_graph=True)
    total = sum((f * torch.from_numpy(v)).sum() for f, v in zip(first, (to_x, to_grid), strict=True))
    for a, b in zip(mine, torch.autograd.grad(total, inputs), strict=True):
        np.testing.assert_allclose(
            np.asarray(a), b.numpy(), rtol=0, atol=1e-12 * (1 + np.abs(b.numpy()).max())
        )


@functools.cache
def forward(config: Config):
    return jax.jit(functools.partial(ours.grid_sample, **config.keywords))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@given(seed=st.integers(0, 2**32 - 1))
def test_low_precision_is_one_rounding_of_the_float32_answer(dtype, mode, seed):
    """PyTorch rounds every operation to the 16-bit type and is far less exact: see docs/sampling.md."""
    config = Config(2, mode, "border", True, "float32")
    x, grid, _ = draw(config, seed, hostile=False)
    low = [jnp.asarray(a).astype(dtype) for a in (x, grid)]
    mine = forward(config)(*low)
    assert mine.dtype == dtype
    wide = [torch.from_numpy(np.array(a.astype("float32"))) for a in low]
    answer = torch.nn.functional.grid_sample(*wide, **config.keywords).numpy().astype("float64")
    unit = FLOAT32_ULPS * spacing(np.float64(np.abs(x).max()), "float32")
    difference = np.abs(np.asarray(mine.astype("float64")) - answer)
    assert (difference <= HALF_UNIT * spacing(answer, dtype) + unit).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("spatial", [(1, 4), (5, 7), (33, 16), (3, 4, 5), (1, 2, 9)])
@pytest.mark.filterwarnings("ignore:Since version")
def test_affine_grid_is_equal_in_every_bit(dtype, align_corners, spatial):
    rng = np.random.default_rng(7)
    theta = rng.standard_normal((20, len(spatial), len(spatial) + 1)).astype(dtype)
    size = (20, 1, *spatial)
    theirs = torch.nn.functional.affine_grid(torch.from_numpy(theta), size, align_corners=align_corners)
    mine = ours.affine_grid(jnp.asarray(theta), size, align_corners=align_corners)
    np.testing.assert_array_equal(np.asarray(mine), theirs.numpy())
