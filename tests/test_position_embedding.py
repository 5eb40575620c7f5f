"""Position and patch embeddings at other sizes: the numbers of the checkpoints' own code."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.position_embedding import PRESETS

from .golden.position_embeddings import CASES, FILE, TOO_SMALL, TORCH, Case, tokens
from .tolerances import FLOAT32_ULPS, HALF_UNIT, spacing, unit


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).parent / "golden" / FILE) as file:
        return dict(file)


def resized(case: Case, pos):
    options = {"preset": case.preset, "old_grid": case.old, "prefix_tokens": case.prefix}
    return jr.resize_position_embedding(jnp.asarray(pos), case.new, **options)


def assert_near(mine, theirs, *inputs) -> None:
    theirs = np.asarray(theirs)
    assert mine.shape == theirs.shape
    allowed = FLOAT32_ULPS * unit("float32", theirs, *inputs)
    np.testing.assert_allclose(np.asarray(mine), theirs, rtol=0, atol=allowed)


def test_every_preset_is_compared():
    assert {case.preset for case in CASES} | {"flexivit"} == set(PRESETS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_recorded_values(case, recorded):
    pos = tokens(case)
    mine, theirs = resized(case, pos), recorded[case.name]
    np.testing.assert_array_equal(mine[:, : case.prefix], pos[:, : case.prefix])
    assert_near(mine, theirs, pos)


def test_the_offset_shows(recorded):
    """The +0.1 is no detail: it moves the embeddings by far more than rounding."""
    for case in CASES:
        if case.preset == "dinov2":
            by_size = recorded[case._replace(preset="transformers").name]
            assert np.abs(recorded[case.name] - by_size).max() > 1e-3


@pytest.mark.parametrize("new", [(39, 43), (78, 86), (115, 123)])
def test_sizes_that_a_plain_scale_factor_gets_wrong(new):
    """37 x 37 patches of 14 pixels: PyTorch's product of 37 and new / 37 is one patch too few."""
    plain = [side / 37 for side in new]
    by_factor = partial(jr.interpolate, scale_factor=plain, mode="bicubic")
    assert jax.eval_shape(by_factor, jnp.zeros((1, 37, 37, 1))).shape == (1, new[0] - 1, new[1] - 1, 1)
    for preset in ("dino", "dinov2", "dinov2-registers"):
        resize = partial(jr.resize_position_embedding, grid=new, preset=preset)
        shape = jax.eval_shape(resize, jnp.zeros((1, 1 + 37 * 37, 1))).shape
        assert shape == (1, 1 + new[0] * new[1], 1)


@pytest.mark.parametrize("n", TOO_SMALL)
def test_the_list_of_such_sizes_is_that_of_the_bug_report(n):
    assert tuple(m for m in range(1, 129) if int(float(n) * (m / n)) != m) == TOO_SMALL[n]
    assert all(int(float(n) * ((m + 0.1) / n)) == m for m in range(1, 1000))


@pytest.mark.parametrize("new", [(6, 3), (4, 9)])
def test_flexivit_is_jax_image(new, rng):
    pos = jnp.asarray(rng.standard_normal((1, 49, 4)), jnp.float32)
    theirs = jax.image.resize(pos.reshape(1, 7, 7, 4), (1, *new, 4), "linear").reshape(1, -1, 4)
    assert_near(jr.resize_position_embedding(pos, new, preset="flexivit"), theirs, pos)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_grid_changes_nothing(preset, rng):
    pos = jnp.asarray(rng.standard_normal((1, 17, 2)), jnp.float32)
    np.testing.assert_array_equal(jr.resize_position_embedding(pos, 4, preset=preset), pos)


def test_forms_agree(rng):
    grid = jnp.asarray(rng.standard_normal((4, 4, 2)), jnp.float32)
    want = jr.resize_position_embedding(grid, (3, 5), preset="timm")
    assert want.shape == (3, 5, 2)
    rows = jr.resize_position_embedding(grid.reshape(16, 2), (3, 5), preset="timm")
    np.testing.assert_array_equal(rows, want.reshape(15, 2))
    batch = jr.resize_position_embedding(grid.reshape(1, 16, 2), (3, 5), preset="timm")
    np.testing.assert_array_equal(batch, want.reshape(1, 15, 2))
    line = jr.resize_position_embedding(grid[:1].reshape(4, 2), (1, 5), preset="timm", old_grid=(1, 4))
    assert line.shape == (5, 2)


@pytest.mark.parametrize(("count", "prefix"), [(196, 0), (197, 1), (198, 2), (201, 5), (1370, 1), (729, 0)])
def test_known_prefixes_are_found(count, prefix):
    resize = partial(jr.resize_position_embedding, grid=3, preset="transformers")
    assert jax.eval_shape(resize, jnp.zeros((count, 1))).shape == (prefix + 9, 1)


def test_the_prefix_is_kept(rng):
    pos = jnp.asarray(rng.standard_normal((1, 12, 2)), jnp.float32)
    options = {"preset": "transformers", "old_grid": (2, 4)}
    out = jr.resize_position_embedding(pos, (4, 2), **options)
    np.testing.assert_array_equal(out[:, :4], pos[:, :4])
    np.testing.assert_array_equal(out[0, 4:], jr.resize_position_embedding(pos[0, 4:], (4, 2), **options))


@pytest.mark.parametrize(
    ("preset", "dtype"), [("dinov2", "bfloat16"), ("timm", "float16"), ("big_vision", "bfloat16")]
)
def test_narrow_types_are_computed_in_float32_and_rounded_once(preset, dtype, rng):
    """Two programs need not fuse alike: sums differ in float32's last bit, which shows where one is a tie."""
    pos = jnp.asarray(rng.standard_normal((50, 3)), dtype)
    mine = jr.resize_position_embedding(pos, (4, 11), preset=preset)
    assert mine.dtype == dtype
    wide, mine, pos = (
        np.asarray(a, np.float64)
        for a in (jr.resize_position_embedding(pos.astype("float32"), (4, 11), preset=preset), mine, pos)
    )
    allowed = HALF_UNIT * spacing(wide, dtype) + FLOAT32_ULPS * unit("float32", pos, wide)
    assert (np.abs(mine - wide) <= allowed).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_transforms(preset, rng):
    pos = jnp.asarray(rng.standard_normal((26, 2)), jnp.float32)

    def loss(v):
        return (jr.resize_position_embedding(v, (3, 7), preset=preset) ** 2).sum() / 2

    value, gradient = jax.jit(jax.value_and_grad(loss))(pos)
    # Of a quadratic form the gradient's product with the point is twice the value.
    np.testing.assert_allclose((gradient * pos).sum(), 2 * value, rtol=1e-5)
    np.testing.assert_allclose(gradient[0], pos[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("pos", "grid", "options", "error", "message"),
    [
        ((1, 17, 2), 3, {"preset": "vit"}, ValueError, "`preset` must be one of 'dino'"),
        (
            (1, 19, 2),
            3,
            {},
            ValueError,
            "`old_grid` must be given where the 19 tokens of `pos` make no square",
        ),
        ((1, 17, 2), 0, {}, ValueError, "`grid` must give sizes of at least 1"),
        ((1, 17, 2), (3, 3, 3), {}, ValueError, "`grid` must be one value or 2"),
        ((1, 17, 2), 3.0, {}, TypeError, "`grid` must hold static integers"),
        ((17, 2), 3, {"old_grid": (4, 5)}, ValueError, "`old_grid` must account for the 17 tokens"),
        ((17, 2), 3, {"old_grid": 4, "prefix_tokens": 0}, ValueError, "must account for the 17 tokens"),
        ((17, 2), 3, {"prefix_tokens": -1}, ValueError, "`prefix_tokens` must be at least 0"),
        ((4, 4, 2), 3, {"prefix_tokens": 1}, ValueError, "`old_grid and prefix_tokens` must be left out"),
        ((4,), 3, {}, ValueError, r"`pos` must be \(1, tokens, D\), \(tokens, D\) or"),
    ],
)
def test_refusals(pos, grid, options, error, message):
    with pytest.raises(error, match=message):
        jr.resize_position_embedding(jnp.zeros(pos), grid, **{"preset": "dino", **options})


def test_integers_are_refused():
    with pytest.raises(TypeError, match="`pos` must be floating; received int32"):
        jr.resize_position_embedding(jnp.zeros((17, 2), "int32"), 3, preset="dino")
    with pytest.raises(TypeError, match="`kernel` must be floating"):
        jr.resize_patch_embedding(jnp.zeros((4, 4, 3, 2), "int32"), 3)


def by_formula(kernel: np.ndarray, size: tuple[int, int], options: dict) -> np.ndarray:
    """FlexiViT's formula on the whole matrix: resize the unit patches, stack, transpose, pseudo-invert.

    Where one side grows and the other shrinks, the matrix has no full rank. NumPy's default would then
    invert the rounding of float32 (entries of 1e8), hence the cut.
    """
    rows, columns, *rest = kernel.shape
    units = jnp.asarray(np.eye(rows * columns, dtype=np.float32).reshape(-1, rows, columns, 1))
    matrix = np.asarray(jr.resize(units, size, **options), np.float64).reshape(rows * columns, -1).T
    return (np.linalg.pinv(matrix.T, rcond=1e-6) @ kernel.reshape(rows * columns, -1)).reshape(*size, *rest)


@pytest.mark.parametrize("size", [(8, 8), (3, 9), (4, 3)])
@pytest.mark.parametrize("options", [{}, {"method": "cubic", "antialias": True}], ids=["big_vision", "timm"])
def test_patch_embedding_is_the_formula(size, options, rng):
    kernel = rng.standard_normal((4, 6, 3, 5)).astype(np.float32)
    mine = jr.resize_patch_embedding(jnp.asarray(kernel), size, **options)
    theirs = by_formula(kernel, size, options)
    # The inverse of a smoothing operator enlarges rounding: by its largest weights, here below ten.
    np.testing.assert_allclose(mine, theirs, atol=1e-5 * np.abs(theirs).max())
    in_torch = jr.resize_patch_embedding(
        jnp.asarray(kernel.transpose(3, 2, 0, 1)), size, axes=(2, 3), **options
    )
    np.testing.assert_allclose(in_torch, mine.transpose(3, 2, 0, 1), atol=1e-5 * np.abs(theirs).max())


def test_larger_patches_meet_the_new_kernel_as_before(rng):
    kernel = jnp.asarray(rng.standard_normal((4, 4, 3, 5)), jnp.float32)
    patch = jnp.asarray(rng.standard_normal((1, 4, 4, 3)), jnp.float32)
    new = jr.resize_patch_embedding(kernel, 7)
    before = jnp.einsum("bhwc,hwcd->bd", patch, kernel)
    after = jnp.einsum("bhwc,hwcd->bd", jr.resize(patch, 7), new)
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_torch_table_is_the_presets():
    for name, (mode, antialias, offset) in TORCH.items():
        row = PRESETS[name]
        assert (row.mode, row.antialias, row.offset) == (mode, antialias, offset)
