"""The layers, once: fields, documentation and call. ``nnx.py`` and ``linen.py`` add each Flax's Module.

No layer has parameters or state. The fields are configuration: numbers, strings and tuples, so that NNX
keeps them out of its state and Linen can hash them.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

import jax
import numpy as np

from . import checks
from .interpolate import LAYOUTS, MODES, interpolate
from .pooling import adaptive_avg_pool

if TYPE_CHECKING:
    from jaxtyping import Array, Num

FLAX_IS_MISSING = 'the layers need Flax; install it with: pip install "jax_resample[flax]"'


class Layer:
    """What all layers share: sequences made tuples, and the checks that need no array."""

    data_format: str

    def __post_init__(self) -> None:
        for name, value in list(vars(self).items()):
            if isinstance(value, np.ndarray):
                value = value.tolist()
            if isinstance(value, Sequence) and not isinstance(value, str):
                setattr(self, name, tuple(value))
        checks.one_of(self.data_format, LAYOUTS, "data_format")
        # Linen registers the module here, once the fields are final; NNX has no such step.
        getattr(super(), "__post_init__", lambda: None)()


# Equality, hash and repr are left to Flax, which has its own for modules.
@dataclass(eq=False, repr=False)
class Upsample(Layer):
    """Resizes the spatial axes of a batch: ``torch.nn.Upsample``, with ``antialias``, channels last.

    The numbers are PyTorch 2.13's, as in `jax_resample.interpolate`, which documents coordinates, dtypes,
    gradients and NaN. In spite of its name the layer shrinks, too. It has no parameters.

    Args:
      size: output length of the spatial axes, in samples: an integer for all of them, or a tuple or list
        with one each.
      scale_factor: output over input length, a number or one per spatial axis; it also steps the
        coordinates. Exactly one of ``size`` and ``scale_factor`` is given.
      mode: ``"nearest"``, ``"nearest-exact"``, ``"area"``; ``"linear"`` (one spatial axis),
        ``"bilinear"``, ``"bicubic"``, ``"lanczos"`` (two), ``"trilinear"`` (three).
      align_corners: for the linear and cubic modes. True puts the first and last output samples on the
        first and last input samples; False or None aligns the outer edges of the two grids.
      antialias: average over what shrinking skips; for "bilinear" and "bicubic", required by "lanczos".
      recompute_scale_factor: True steps the coordinates by the ratio of the sizes, not by ``scale_factor``.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
      ValueError: when made, an unknown ``mode`` or ``data_format``; when called, whatever
        `jax_resample.interpolate` refuses.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([0.0, 3.0]).reshape(1, 1, 2, 1)
      >>> layer = jr.nnx.Upsample(size=(1, 4), mode="bilinear", align_corners=True)
      >>> layer(x).ravel()
      Array([0., 1., 2., 3.], dtype=float32)
      >>> layer = jr.linen.Upsample(scale_factor=(1, 2), mode="bilinear")
      >>> layer.apply({}, x).ravel()
      Array([0.  , 0.75, 2.25, 3.  ], dtype=float32)
    """

    size: int | Sequence[int] | None = None
    scale_factor: float | Sequence[float] | None = None
    _: KW_ONLY
    mode: str = "nearest"
    align_corners: bool | None = None
    antialias: bool = False
    recompute_scale_factor: bool | None = None
    data_format: str = "channels_last"

    def __post_init__(self) -> None:
        checks.one_of(self.mode, MODES, "mode")
        super().__post_init__()

    def __call__(self, x: "Num[Array, '...']") -> "Num[Array, '...']":
        """Resizes ``(batch, *spatial, channels)``, or ``(batch, channels, *spatial)`` if so configured.

        Args:
          x: a batch with one to three spatial axes.

        Returns:
          The resized batch, in ``x``'s dtype and layout.
        """
        with jax.named_scope("jax_resample.Upsample"):
            return interpolate(
                x,
                self.size,
                self.scale_factor,
                mode=self.mode,
                align_corners=self.align_corners,
                recompute_scale_factor=self.recompute_scale_factor,
                antialias=self.antialias,
                data_format=self.data_format,
            )


@dataclass(eq=False, repr=False)
class _Upsampling2d(Layer):
    """Both layers with a fixed mode: they take two spatial axes only."""

    size: int | Sequence[int] | None = None
    scale_factor: float | Sequence[float] | None = None
    _: KW_ONLY
    data_format: str = "channels_last"

    def _upsample(self, x: jax.Array, mode: str, align_corners: bool | None = None) -> jax.Array:
        x = checks.as_array(x, "x")
        if x.ndim != 4:
            checks.refuse("x", "have 4 axes (batch, channels and two spatial ones)", f"shape {x.shape}")
        return interpolate(
            x,
            self.size,
            self.scale_factor,
            mode=mode,
            align_corners=align_corners,
            data_format=self.data_format,
        )


class UpsamplingNearest2d(_Upsampling2d):
    """Resizes images by nearest neighbours: ``torch.nn.UpsamplingNearest2d``, channels last.

    Output ``i`` of ``m`` copies input ``floor(i n / m)`` (the legacy rule, mode ``"nearest"``); with
    ``scale_factor`` it copies input ``floor(i / scale_factor)``. Any dtype; no parameters.

    Args:
      size: height and width of the output, in pixels: one integer for both, or a tuple or list.
      scale_factor: output over input length, one number for both axes or one each. Exactly one of
        ``size`` and ``scale_factor`` is given.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
      ValueError: when made, an unknown ``data_format``; when called, an array that has not 4 axes, and
        whatever `jax_resample.interpolate` refuses.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1)
      >>> jr.nnx.UpsamplingNearest2d(scale_factor=2)(x)[0, :, :, 0]
      Array([[1, 1, 2, 2],
             [1, 1, 2, 2],
             [3, 3, 4, 4],
             [3, 3, 4, 4]], dtype=int32)
      >>> jr.linen.UpsamplingNearest2d(size=(2, 3)).apply({}, x)[0, :, :, 0]
      Array([[1, 1, 2],
             [3, 3, 4]], dtype=int32)
    """

    def __call__(
        self, x: "Num[Array, 'batch height width channels']"
    ) -> "Num[Array, 'batch out_height out_width channels']":
        """Resizes ``(batch, height, width, channels)``, or channels-first images if so configured.

        Args:
          x: a batch of images, 4-D.

        Returns:
          The resized images, in ``x``'s dtype and layout.
        """
        with jax.named_scope("jax_resample.UpsamplingNearest2d"):
            return self._upsample(x, "nearest")


class UpsamplingBilinear2d(_Upsampling2d):
    """Resizes images bilinearly with aligned corners: ``torch.nn.UpsamplingBilinear2d``, channels last.

    Output ``i`` of ``m`` reads coordinate ``i (n - 1) / (m - 1)``, in pixels, so that the corner pixels
    keep their values. No parameters.

    Args:
      size: height and width of the output, in pixels: one integer for both, or a tuple or list.
      scale_factor: output over input length, one number for both axes or one each; it sets the size only.
        Exactly one of ``size`` and ``scale_factor`` is given.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
      ValueError: when made, an unknown ``data_format``; when called, an array that has not 4 axes, and
        whatever `jax_resample.interpolate` refuses.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([[0.0, 3.0], [3.0, 6.0]]).reshape(1, 2, 2, 1)
      >>> jr.nnx.UpsamplingBilinear2d(size=(2, 4))(x)[0, :, :, 0]
      Array([[0., 1., 2., 3.],
             [3., 4., 5., 6.]], dtype=float32)
      >>> jr.linen.UpsamplingBilinear2d(scale_factor=(1, 2)).apply({}, x).shape
      (1, 2, 4, 1)
    """

    def __call__(
        self, x: "Num[Array, 'batch height width channels']"
    ) -> "Num[Array, 'batch out_height out_width channels']":
        """Resizes ``(batch, height, width, channels)``, or channels-first images if so configured.

        Args:
          x: a batch of images, 4-D.

        Returns:
          The resized images, in ``x``'s dtype and layout.
        """
        with jax.named_scope("jax_resample.UpsamplingBilinear2d"):
            return self._upsample(x, "bilinear", align_corners=True)


@dataclass(eq=False, repr=False)
class AdaptiveAvgPool(Layer):
    """Averages a batch to a given spatial size: ``torch.nn.AdaptiveAvgPool1d/2d/3d``, channels last.

    Output ``i`` of ``m`` is the mean of samples ``floor(i n / m)`` up to, and not including,
    ``ceil((i + 1) n / m)``. One layer serves one to three spatial axes. No parameters.

    Args:
      output_size: length of the spatial axes, in samples: an integer for all of them, or a tuple or list
        with one each, where None keeps an axis.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
      ValueError: when made, an unknown ``data_format``; when called, whatever
        `jax_resample.adaptive_avg_pool` refuses.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.nnx.AdaptiveAvgPool(3)(jnp.arange(5.0).reshape(1, 5, 1)).ravel()
      Array([0.5, 2. , 3.5], dtype=float32)
      >>> jr.linen.AdaptiveAvgPool((1, None)).apply({}, jnp.ones((2, 7, 5, 8))).shape
      (2, 1, 5, 8)
    """

    output_size: int | Sequence[int | None] | None
    _: KW_ONLY
    data_format: str = "channels_last"

    def __call__(self, x: "Num[Array, '...']") -> "Num[Array, '...']":
        """Pools ``(batch, *spatial, channels)``, or ``(batch, channels, *spatial)`` if so configured.

        Args:
          x: a batch with one to three spatial axes.

        Returns:
          The pooled batch, in ``x``'s dtype and layout.
        """
        with jax.named_scope("jax_resample.AdaptiveAvgPool"):
            return adaptive_avg_pool(x, self.output_size, data_format=self.data_format)
