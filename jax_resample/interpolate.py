"""PyTorch's ``interpolate``: its arguments, output sizes and refusals, in either layout."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import jax

from . import checks, coordinates
from .conventions import torch_convention
from .resize import check_options, resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Num

Layout = Literal["channels_last", "channels_first"]
LAYOUTS: tuple[str, ...] = ("channels_last", "channels_first")


class Mode(NamedTuple):
    """A mode of PyTorch: the method it names and the ranks (batch and channels included) it takes."""

    method: str
    ranks: tuple[int, ...]


MODES: dict[str, Mode] = {
    "nearest": Mode("nearest", (3, 4, 5)),
    "nearest-exact": Mode("nearest-exact", (3, 4, 5)),
    "linear": Mode("linear", (3,)),
    "bilinear": Mode("linear", (4,)),
    "trilinear": Mode("linear", (5,)),
    "bicubic": Mode("cubic", (4,)),
    "lanczos": Mode("lanczos", (4,)),
    "area": Mode("area", (3, 4, 5)),
}

_WITHOUT_ALIGNMENT = ("nearest", "nearest-exact", "area")


def interpolate(
    x: "Num[Array, '...']",
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    *,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
    data_format: str = "channels_last",
    lowering: str = "auto",
) -> "Num[Array, '...']":
    """``torch.nn.functional.interpolate`` with PyTorch 2.13's numbers, on a channels-last batch.

    **Convention.** Coordinates as in `resize`: half-pixel with ``align_corners`` False or None, corner
    centres with True. With ``scale_factor`` the output length is ``trunc(n * scale_factor)`` and the
    *factor* steps the coordinates, not the ratio of the sizes, unless ``recompute_scale_factor``; with
    ``align_corners`` the sizes always do. Where PyTorch's own kernels disagree, results follow its
    contiguous (channels-first) tensors and several threads.

    Args:
      x: ``(batch, *spatial, channels)`` with one to three spatial axes, or ``(batch, channels, *spatial)``
        with ``data_format="channels_first"``.
      size: output length of the spatial axes, in samples; one integer serves all of them.
      scale_factor: output over input length; one number or one per spatial axis. Exactly one of ``size``
        and ``scale_factor`` is given.
      mode: ``"nearest"``, ``"nearest-exact"``, ``"area"``; ``"linear"`` (one spatial axis),
        ``"bilinear"``, ``"bicubic"``, ``"lanczos"`` (two), ``"trilinear"`` (three).
      align_corners: for the linear and cubic modes; None means False.
      recompute_scale_factor: True steps the coordinates by the ratio of the sizes.
      antialias: for "bilinear" and "bicubic"; required by "lanczos".
      data_format: ``"channels_last"`` or ``"channels_first"``.
      lowering: the program that computes it, as in `resize`.

    Returns:
      The resampled batch, in ``x``'s dtype and layout. Dtypes, gradients and NaN as in `resize`.

    Raises:
      ValueError: whatever PyTorch refuses: an unknown mode or one for another rank, both or neither of
        ``size`` and ``scale_factor``, wrong lengths, an output axis below 1, options that the mode does
        not take.
      TypeError: sizes, factors or flags of the wrong type, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([0.0, 1.0]).reshape(1, 2, 1)
      >>> jr.interpolate(x, scale_factor=2, mode="linear", align_corners=True).ravel()
      Array([0.        , 0.33333334, 0.6666667 , 1.        ], dtype=float32)
    """
    x = checks.as_array(x, "x")
    checks.one_of(mode, MODES, "mode")
    axes = spatial_axes(x, data_format)
    align_corners = _alignment(mode, align_corners)
    sizes, factors = _targets(x, axes, size, scale_factor, recompute_scale_factor)
    _check_mode(x, mode, align_corners=align_corners, antialias=antialias)
    _check_lengths(x, axes, sizes, mode, data_format)
    row = torch_convention(MODES[mode].method, antialias=antialias, align_corners=align_corners)
    return resample_axes(x, axes, sizes, row, factors=factors, lowering=lowering)


def spatial_axes(x: jax.Array, data_format: str) -> tuple[int, ...]:
    """Axes between or after batch and channels, of an array with one to three of them."""
    checks.one_of(data_format, LAYOUTS, "data_format")
    if x.ndim not in (3, 4, 5):
        checks.refuse("x", "have 3, 4 or 5 axes (batch, channels, spatial)", f"shape {x.shape}")
    first = 1 if data_format == "channels_last" else 2
    return tuple(range(first, first + x.ndim - 2))


def _alignment(mode: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        return False
    if mode in _WITHOUT_ALIGNMENT:
        checks.refuse("align_corners", f"be None with mode {mode!r}", repr(align_corners))
    return checks.a_bool(align_corners, "align_corners")


def _targets(
    x: jax.Array, axes: tuple[int, ...], size: Any, scale_factor: Any, recompute: Any
) -> tuple[tuple[int, ...], tuple[float | None, ...] | None]:
    """Output sizes, and the factors that step the coordinates (None: the ratio of the sizes does)."""
    recompute = recompute is not None and checks.a_bool(recompute, "recompute_scale_factor")
    if (size is None) == (scale_factor is None):
        both = f"size={size!r}, scale_factor={scale_factor!r}"
        checks.refuse("size", "be given, or `scale_factor`, and not both", both)
    if size is not None:
        if recompute:
            checks.refuse("recompute_scale_factor", "not be True with `size`", f"size={size!r}")
        return tuple(checks.an_integer(s, "size") for s in checks.per_axis(size, len(axes), "size")), None
    given = checks.per_axis(scale_factor, len(axes), "scale_factor")
    factors = tuple(checks.a_number(f, "scale_factor") for f in given)
    lengths = checks.static_lengths(x, axes, "x", least=0)
    sizes = tuple(coordinates.output_size(n, f) for n, f in zip(lengths, factors, strict=True))
    return sizes, None if recompute else factors


def _check_mode(x: jax.Array, mode: str, *, align_corners: bool, antialias: bool) -> None:
    """Refuses a mode for another rank and options that the mode does not take."""
    method, ranks = MODES[mode]
    if x.ndim not in ranks:
        spatial = " or ".join(str(rank - 2) for rank in ranks)
        rule = f"suit the array: {mode!r} takes {spatial} spatial axes"
        checks.refuse("mode", rule, f"shape {x.shape}")
    if checks.a_bool(antialias, "antialias") and x.ndim != 4:
        checks.refuse("antialias", "be False unless there are two spatial axes", f"shape {x.shape}")
    if mode == "lanczos" and not antialias:
        checks.refuse("antialias", "be True with mode 'lanczos'", repr(antialias))
    check_options(method, align_corners=align_corners, antialias=antialias, argument="mode")


def _check_lengths(
    x: jax.Array, axes: tuple[int, ...], sizes: tuple[int, ...], mode: str, data_format: str
) -> None:
    """Refuses empty outputs, which only "area" may have, and a batch without channels."""
    lengths = tuple(x.shape[axis] for axis in axes)
    if any(size < (0 if mode == "area" else 1) for size in sizes):
        least = "no negative length" if mode == "area" else "at least one sample per axis"
        checks.refuse("size", f"leave {least} (after `scale_factor`)", f"{sizes} from lengths {lengths}")
    channels = x.shape[-1 if data_format == "channels_last" else 1]
    if mode != "area" and isinstance(channels, int) and channels == 0 and x.shape[0] != 0:
        checks.refuse("x", "have at least one channel", f"shape {x.shape}")
