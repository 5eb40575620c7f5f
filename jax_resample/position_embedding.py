"""Position and patch embeddings of vision transformers at other sizes, as their checkpoints' code has them.

Every project wrote its own few lines for this, and their results differ; a preset is a row that says how.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from . import checks
from .interpolate import interpolate
from .plan import plan
from .resize import resize

if TYPE_CHECKING:
    from jaxtyping import Array, Float


@dataclass(frozen=True, kw_only=True)
class Preset:
    """How one family of checkpoints resizes its position embeddings.

    Attributes:
      source: whose code it is.
      mode: mode of PyTorch's ``interpolate``.
      antialias: whether it antialiases when shrinking.
      offset: patches added to the new grid before it is divided by the old one, where the code hands
        PyTorch that scale factor, which then steps the coordinates; None where it hands it the size.
      convention: the row of `jax_resample.conventions` where the code is not PyTorch's.
    """

    source: str
    mode: str = "bicubic"
    antialias: bool = False
    offset: float | None = None
    convention: str | None = None


PRESETS: dict[str, Preset] = {
    "dino": Preset(source="facebookresearch/dino; transformers before 4.45 for ViT and DINOv2", offset=0.1),
    "dinov2": Preset(source="facebookresearch/dinov2, models without registers", offset=0.1),
    "dinov2-registers": Preset(
        source="facebookresearch/dinov2, models with registers, and transformers for them", antialias=True
    ),
    "transformers": Preset(source="Hugging Face transformers for ViT, DeiT and DINOv2; facebookresearch/mae"),
    "timm": Preset(source="timm's resample_abs_pos_embed; open_clip", antialias=True),
    "siglip2": Preset(
        source="Hugging Face transformers for SigLIP 2 (NaFlex)", mode="bilinear", antialias=True
    ),
    "bilinear": Preset(source="DPT and early timm", mode="bilinear"),
    "big_vision": Preset(
        source="google-research/big_vision, vision_transformer and scenic: scipy.ndimage.zoom of order 1",
        convention="scipy:zoom-order1",
    ),
    "flexivit": Preset(
        source='big_vision\'s FlexiViT: jax.image.resize, "linear"', convention="jax:linear-antialias"
    ),
}

# Tokens that stand before the grid in known checkpoints: none, a class token, class and distillation
# tokens, a class token and four registers.
_PREFIXES = (0, 1, 2, 5)


def resize_position_embedding(
    pos: "Float[Array, '...']",
    grid: int | Sequence[int],
    *,
    preset: str,
    old_grid: int | Sequence[int] | None = None,
    prefix_tokens: int | None = None,
) -> "Float[Array, '...']":
    """Position embeddings for another grid of patches, with the numbers of the checkpoint's own code.

    **Convention.** Grids are (rows, columns) of patches, tokens in row-major order, the class token and
    registers before them; these are kept. The same grid gives the same embeddings, as in all that code.
    ``preset`` names whose it is:

    * ``"dino"``, ``"dinov2"``: bicubic; PyTorch is handed the scale ``(new + 0.1) / old``, so that samples
      lie a little closer together than the sizes say.
    * ``"dinov2-registers"``, ``"timm"`` (and open_clip): bicubic by size, antialiased.
    * ``"transformers"`` (Hugging Face's ViT, DeiT and DINOv2; MAE): bicubic by size, not antialiased.
    * ``"siglip2"``: bilinear by size, antialiased. ``"bilinear"`` (DPT): the same, not antialiased.
    * ``"big_vision"`` (also vision_transformer and scenic): SciPy's ``zoom`` of order 1, whose corners align.
    * ``"flexivit"``: ``jax.image.resize``, linear and antialiased.

    Args:
      pos: ``(1, tokens, D)``, ``(tokens, D)`` or ``(rows, columns, D)``. With three axes of which the
        first is 1, tokens are meant.
      grid: rows and columns of the new grid, in patches; one integer for a square.
      preset: a name above.
      old_grid: rows and columns of the grid in ``pos``, where its patches make no square.
      prefix_tokens: tokens before the grid. By default those that ``old_grid`` leaves; without it the
        fewest of 0, 1, 2 (class and distillation) and 5 (class and four registers) that leave a square.

    Returns:
      The embeddings in the form and dtype of ``pos``; computed in float32 (float64 for float64) and
      rounded once. Differentiable; a NaN reaches the patches that read it.

    Raises:
      ValueError: an unknown preset, a grid below 1, or tokens that do not make the old grid.
      TypeError: sizes that are not static integers, or a ``pos`` that is not floating.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> pos = jnp.zeros((1, 1 + 37 * 37, 384))  # 518 pixels in patches of 14, and a class token
      >>> jr.resize_position_embedding(pos, (39, 78), preset="dinov2").shape
      (1, 3043, 384)
    """
    pos = checks.as_array(pos, "pos")
    checks.one_of(preset, PRESETS, "preset")
    if not jnp.issubdtype(pos.dtype, jnp.floating):
        checks.refuse("pos", "be floating", str(pos.dtype), TypeError)
    new = _grid(grid, "grid")
    given = None if old_grid is None else _grid(old_grid, "old_grid")
    if pos.ndim == 3 and pos.shape[0] != 1:
        if given not in (None, pos.shape[:2]) or prefix_tokens not in (None, 0):
            rule = "be left out, or be those of `pos`, where `pos` is (rows, columns, D)"
            checks.refuse("old_grid and prefix_tokens", rule, f"{old_grid!r} and {prefix_tokens!r}")
        return _resample(pos, new, PRESETS[preset])
    if pos.ndim not in (2, 3):
        checks.refuse("pos", "be (1, tokens, D), (tokens, D) or (rows, columns, D)", f"shape {pos.shape}")
    tokens = pos.reshape(pos.shape[-2:])
    prefix, old = _split(len(tokens), given, prefix_tokens)
    patches = _resample(tokens[prefix:].reshape(*old, -1), new, PRESETS[preset])
    resized = jnp.concatenate([tokens[:prefix], patches.reshape(-1, pos.shape[-1])])
    return resized.reshape(*pos.shape[:-2], *resized.shape)


def resize_patch_embedding(
    kernel: "Float[Array, '...']", size: int | Sequence[int], *, axes: Sequence[int] = (0, 1), **options: Any
) -> "Float[Array, '...']":
    """A patch-embedding kernel for patches of another size, by FlexiViT's pseudo-inverse (PI-resize).

    With ``B`` the matrix that resizes patches from the old to the new size, the new kernel is the
    pseudo-inverse of ``B``'s transpose applied to the old one. When patches grow, a resized patch then
    meets the new kernel with exactly the product that the patch had with the old one; when they shrink,
    with the nearest in the mean over white noise. Each axis is inverted for itself, so that a kernel that
    grows on one side and shrinks on the other stays exact, where inverting the whole float32 matrix fails.

    Args:
      kernel: ``(rows, columns, channels, D)`` as in Flax, or any array with spatial ``axes``.
      size: rows and columns of the new patches, in pixels; one integer for a square.
      axes: the spatial axes of ``kernel``; ``(2, 3)`` for PyTorch's layout.
      **options: how patches are resized, as in `resize`. The default, linear, is big_vision's; timm's is
        ``method="cubic", antialias=True``.

    Returns:
      The kernel in its own dtype, computed in float32 (float64 for float64) with weights that are
      inverted in float64. Differentiable.

    Raises:
      ValueError: as `resize`.
      TypeError: as `resize`, or a ``kernel`` that is not floating.

    Source: Beyer et al. (2023), FlexiViT: One Model for All Patch Sizes, section 3.4.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.resize_patch_embedding(jnp.ones((32, 32, 3, 768)), 16).shape
      (16, 16, 3, 768)
    """
    kernel = checks.as_array(kernel, "kernel")
    if not jnp.issubdtype(kernel.dtype, jnp.floating):
        checks.refuse("kernel", "be floating", str(kernel.dtype), TypeError)
    patches = plan(kernel.shape, size, axes=axes, dtype=kernel.dtype, **options)
    return patches.T.pinv()(kernel)


def _grid(grid: Any, argument: str) -> tuple[int, int]:
    rows, columns = (checks.an_integer(side, argument) for side in checks.per_axis(grid, 2, argument))
    checks.positive_sizes((rows, columns), argument)
    return rows, columns


def _split(count: int, grid: tuple[int, int] | None, prefix: int | None) -> tuple[int, tuple[int, int]]:
    """Tokens before the grid, and the grid, of so many tokens."""
    if prefix is not None and checks.an_integer(prefix, "prefix_tokens") < 0:
        checks.refuse("prefix_tokens", "be at least 0", repr(prefix))
    if grid is not None:
        left = count - grid[0] * grid[1]
        if left < 0 or left != (left if prefix is None else prefix):
            rule = f"account for the {count} tokens of `pos` together with `prefix_tokens`"
            checks.refuse("old_grid", rule, f"{grid} and {prefix}")
        return left, grid
    for tokens in _PREFIXES if prefix is None else (prefix,):
        side = math.isqrt(max(count - tokens, 0))
        if side and side * side == count - tokens:
            return tokens, (side, side)
    rule = f"be given where the {count} tokens of `pos` make no square grid"
    return checks.refuse("old_grid", rule, f"None, with prefix_tokens={prefix}")


def _resample(pos: jax.Array, grid: tuple[int, int], preset: Preset) -> jax.Array:
    """``(rows, columns, D)`` to another grid."""
    old = pos.shape[:2]
    if old == grid:
        return pos
    if preset.convention is not None:
        return resize(pos, grid, axes=(0, 1), convention=preset.convention)
    options: dict[str, Any] = {"mode": preset.mode, "antialias": preset.antialias}
    if preset.offset is None:
        return interpolate(pos[None], grid, **options)[0]
    factors = [(float(new) + preset.offset) / float(n) for n, new in zip(old, grid, strict=True)]
    resized = interpolate(pos[None], scale_factor=factors, **options)[0]
    assert resized.shape[:2] == grid, (resized.shape, grid)
    return resized
