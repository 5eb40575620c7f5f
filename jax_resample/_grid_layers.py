"""Layers that sample at grids, once: ``nnx.py`` and ``linen.py`` add each Flax's Module."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from . import checks
from ._layers import Layer
from .sampling.grid import MODES, PADDINGS, affine_grid, grid_sample

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num


class _Sampling(Layer):
    """What both layers share: the options of `grid_sample`, and the layout."""

    mode: str
    padding_mode: str
    align_corners: bool

    def __post_init__(self) -> None:
        checks.one_of(self.mode, MODES, "mode")
        checks.one_of(self.padding_mode, PADDINGS, "padding_mode")
        checks.a_bool(self.align_corners, "align_corners")
        super().__post_init__()

    def _sample(self, x: Any, grid: Any) -> jax.Array:
        x, first = checks.as_array(x, "x"), self.data_format == "channels_first"
        y = grid_sample(
            jnp.moveaxis(x, 1, -1) if first else x,
            grid,
            mode=self.mode,
            padding_mode=self.padding_mode,
            align_corners=self.align_corners,
        )
        return jnp.moveaxis(y, -1, 1) if first else y


@dataclass(eq=False, repr=False)
class GridSample(_Sampling):
    """Samples a batch at normalised coordinates: `jax_resample.grid_sample` with its options kept.

    The numbers are those of ``torch.nn.functional.grid_sample`` of PyTorch 2.13. No parameters.

    Args:
      mode: ``"bilinear"`` (linear along every axis), ``"nearest"`` or ``"bicubic"``.
      padding_mode: ``"zeros"``, ``"border"`` or ``"reflection"``.
      align_corners: whether -1 and 1 are the centres of the outermost pixels, or their outer edges.
      data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
      ValueError: when made, an unknown option; when called, whatever `jax_resample.grid_sample` refuses.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x, grid = jnp.arange(4.0).reshape(1, 2, 2, 1), jnp.zeros((1, 1, 1, 2))
      >>> jr.nnx.GridSample(align_corners=True)(x, grid).ravel()
      Array([1.5], dtype=float32)
      >>> jr.linen.GridSample(mode="nearest").apply({}, x, grid).shape
      (1, 1, 1, 1)
    """

    _: KW_ONLY
    mode: str = "bilinear"
    padding_mode: str = "zeros"
    align_corners: bool = False
    data_format: str = "channels_last"

    def __call__(self, x: "Num[Array, '...']", grid: "Float[Array, '... dimensions']") -> "Num[Array, '...']":
        """Samples ``(batch, *spatial, channels)``, or channels-first arrays if so configured.

        Args:
          x: a batch with any number ``D`` of spatial axes.
          grid: ``(batch, *points, D)`` normalised coordinates, ``(x, y)`` in two dimensions.

        Returns:
          ``(batch, *points, channels)``, or ``(batch, channels, *points)``, in ``x``'s dtype.
        """
        with jax.named_scope("jax_resample.GridSample"):
            return self._sample(x, grid)


@dataclass(eq=False, repr=False)
class SpatialTransformer(_Sampling):
    """Warps every image of a batch by an affine map of its own: Jaderberg et al. (2015).

    A *localisation* network looks at the batch and answers with the maps; or they are given with the call.
    The layer has no parameters but those of the network. The map takes normalised output positions to input
    positions, as `jax_resample.affine_grid` says. Let the network begin at the identity: a last layer with
    zero kernel and the bias ``(1, 0, 0, 0, 1, 0)``.

    Args:
      localization: a Flax module (or a function) from the batch to maps, ``(batch, D (D + 1))`` numbers or
        ``(batch, D, D + 1)``; None if they are given with the call.
      size: output length of the spatial axes, in samples: an integer for all of them, or a tuple or list with
        one each. By default the input's.
      mode: ``"bilinear"`` (linear along every axis), ``"nearest"`` or ``"bicubic"``.
      padding_mode: ``"zeros"``, ``"border"`` or ``"reflection"``.
      align_corners: whether -1 and 1 are the centres of the outermost pixels, or their outer edges.
      data_format: ``"channels_last"`` or ``"channels_first"``; the network sees what the layer is given.

    Raises:
      ValueError: when made, an unknown option; when called, maps both given and made or neither, or whatever
        `jax_resample.affine_grid` and `jax_resample.grid_sample` refuse.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> mirrored = jnp.array([[[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
      >>> jr.nnx.SpatialTransformer()(jnp.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1), mirrored).ravel()
      Array([3., 2., 1.], dtype=float32)
      >>> same = jnp.array([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]])
      >>> layer = jr.linen.SpatialTransformer(lambda x: same, size=(2, 5))
      >>> layer.apply({}, jnp.ones((1, 4, 4, 3))).shape
      (1, 2, 5, 3)
    """

    localization: Callable[..., Any] | None = None
    size: int | Sequence[int] | None = None
    _: KW_ONLY
    mode: str = "bilinear"
    padding_mode: str = "zeros"
    align_corners: bool = False
    data_format: str = "channels_last"

    def __call__(
        self, x: "Num[Array, '...']", theta: "Float[Array, '...'] | None" = None
    ) -> "Num[Array, '...']":
        """Warps ``(batch, *spatial, channels)``, or channels-first arrays if so configured.

        Args:
          x: a batch with any number ``D`` of spatial axes.
          theta: the maps, ``(batch, D, D + 1)`` or ``(batch, D (D + 1))``, where there is no network.

        Returns:
          The warped batch, in ``x``'s dtype and layout.
        """
        with jax.named_scope("jax_resample.SpatialTransformer"):
            if (theta is None) == (self.localization is None):
                rule = "be given if, and only if, the layer has no `localization`"
                checks.refuse("theta", rule, "None" if theta is None else "an array")
            x = checks.as_array(x, "x")
            maps = checks.as_array(self.localization(x) if self.localization is not None else theta, "theta")
            spatial = x.shape[2:] if self.data_format == "channels_first" else x.shape[1:-1]
            if maps.ndim == 2:
                maps = maps.reshape(-1, len(spatial), len(spatial) + 1)
            grid = affine_grid(
                maps, spatial if self.size is None else self.size, align_corners=self.align_corners
            )
            return self._sample(x, grid)
