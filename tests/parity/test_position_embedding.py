"""Live comparison with the code of checkpoints, run by PyTorch and SciPy."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jax_resample as jr

from ..golden.position_embeddings import TORCH, Case, tokens, upstream
from ..tolerances import FLOAT32_ULPS, unit

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")

_SIDES = st.integers(1, 40)
_GRIDS = st.tuples(_SIDES, _SIDES)


@settings(max_examples=30)  # each is a program of its own
@given(
    preset=st.sampled_from([*TORCH, "big_vision"]),
    old=st.one_of(_SIDES.map(lambda side: (side, side)), _GRIDS),
    new=_GRIDS,
    prefix=st.sampled_from([0, 1, 5]),
)
def test_embeddings(preset, old, new, prefix):
    if new[1] == 1 and preset in ("dinov2-registers", "timm", "siglip2"):
        new = (new[0], 2)  # PyTorch's windowed passes repeat one row there (see docs/torch.md)
    if old == new:
        return
    case = Case(preset, old, prefix, new)
    pos = tokens(case)
    theirs = upstream(case, pos)
    options = {"preset": preset, "old_grid": old, "prefix_tokens": prefix}
    mine = jr.resize_position_embedding(jnp.asarray(pos), new, **options)
    worst = np.abs(np.asarray(mine) - theirs).max()
    assert worst <= FLOAT32_ULPS * unit("float32", theirs, pos)


@settings(max_examples=20)
@given(
    old=st.tuples(st.integers(1, 9), st.integers(1, 9)), new=st.tuples(st.integers(1, 9), st.integers(2, 9))
)
def test_patch_kernels_as_timm_has_them(old, new):
    """Unit patches resized by PyTorch, stacked, transposed and pseudo-inverted as a whole."""
    units = torch.eye(old[0] * old[1]).reshape(-1, 1, *old)
    matrix = torch.nn.functional.interpolate(units, new, mode="bicubic", antialias=True)
    matrix = matrix.reshape(old[0] * old[1], -1).numpy()
    kernel = np.random.default_rng(old[0] * 10 + old[1]).standard_normal((2, *old)).astype(np.float32)
    inverse = np.linalg.pinv(matrix.astype(np.float64), rcond=1e-6)  # as in test_position_embedding.py
    theirs = (inverse @ kernel.reshape(2, -1).T).T.reshape(2, *new)
    options = {"axes": (1, 2), "method": "cubic", "antialias": True}
    mine = jr.resize_patch_embedding(jnp.asarray(kernel), new, **options)
    largest = np.abs(inverse).sum(axis=1) * np.abs(kernel).max()
    assert np.abs(np.asarray(mine) - theirs).max() <= FLOAT32_ULPS * unit("float32", largest)
