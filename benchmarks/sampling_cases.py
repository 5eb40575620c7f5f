"""What ``grid_sample`` is timed on, or compiled for: one table of cases, and the functions on JAX arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import jax_resample as jr
from jax_resample.compat import torch as compat

from .cases import Layout

_SEED = 20261123
DIRECTIONS = ("forward", "both")
# Names that `jax.scipy.ndimage` has for the paddings.
_MODES = {"zeros": "constant", "border": "nearest", "reflection": "reflect"}

Sampler = Callable[[jax.Array, jax.Array], jax.Array]


@dataclass(frozen=True)
class SampleCase:
    """One batch of images or volumes, sampled at a smooth grid with some noise.

    Args:
      name: unique, without spaces.
      batch: number of images.
      channels: channels of each.
      lengths: spatial lengths of the input, outermost first.
      sizes: spatial lengths of the grid.
      mode: ``mode`` of ``grid_sample``.
      padding_mode: ``padding_mode`` of ``grid_sample``.
    """

    name: str
    batch: int
    channels: int
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    mode: str = "bilinear"
    padding_mode: str = "zeros"

    def shapes(self, layout: Layout) -> tuple[tuple[int, ...], ...]:
        """Shapes of image, grid and result."""

        def arranged(lengths: tuple[int, ...]) -> tuple[int, ...]:
            first = layout == "channels_first"
            return (self.batch, self.channels, *lengths) if first else (self.batch, *lengths, self.channels)

        return arranged(self.lengths), (self.batch, *self.sizes, len(self.sizes)), arranged(self.sizes)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Images and cotangents, channels last, and grids."""
        rng, rank = np.random.default_rng(_SEED), len(self.sizes)
        axes = np.meshgrid(*(np.linspace(-0.95, 0.95, m) for m in self.sizes), indexing="ij")
        smooth = np.stack(axes[::-1], axis=-1)
        grid = smooth + 0.02 * rng.standard_normal((self.batch, *self.sizes, rank))
        x = rng.standard_normal((self.batch, *self.lengths, self.channels), np.float32)
        g = rng.standard_normal((self.batch, *self.sizes, self.channels), np.float32)
        return x, grid.astype(np.float32), g


CASES: tuple[SampleCase, ...] = (
    SampleCase("photos-224", 16, 3, (224, 224), (224, 224)),
    SampleCase("mnist-transformer", 64, 1, (28, 28), (28, 28), "bilinear", "border"),
    SampleCase("features-16", 2, 16, (256, 256), (256, 256)),
    SampleCase("flow-warp-64", 8, 64, (64, 64), (64, 64), "bilinear", "border"),
    SampleCase("attention-128", 4, 128, (32, 32), (32, 32)),
    SampleCase("reflection-32", 4, 32, (96, 96), (96, 96), "bilinear", "reflection"),
    SampleCase("nearest-labels", 8, 4, (128, 128), (128, 128), "nearest"),
    SampleCase("bicubic-photos", 4, 3, (128, 128), (128, 128), "bicubic"),
    SampleCase("volume-4", 1, 4, (32, 48, 48), (32, 48, 48)),
)


def samplers(case: SampleCase, layout: Layout) -> dict[str, Sampler]:
    """This library's function of image and grid, and ``jax.scipy``'s where it has the mode."""
    found = {"ours": _ours(case, layout)}
    if case.mode == "bilinear":  # its nearest has other ties, and it has no cubic
        found["jax.scipy"] = _jax_scipy(case, layout)
    return found


def both_gradients(sample: Sampler) -> Callable[..., tuple[jax.Array, ...]]:
    """The function, and its pull-back to image and grid, of these and a cotangent."""

    def pulled(x: jax.Array, grid: jax.Array, g: jax.Array) -> tuple[jax.Array, ...]:
        y, pull = jax.vjp(sample, x, grid)
        return (y, *pull(g))

    return pulled


def _ours(case: SampleCase, layout: Layout) -> Sampler:
    options: dict[str, Any] = {"mode": case.mode, "padding_mode": case.padding_mode, "align_corners": False}
    function: Callable[..., Any] = compat.grid_sample if layout == "channels_first" else jr.grid_sample
    return lambda x, grid: function(x, grid, **options)


def _jax_scipy(case: SampleCase, layout: Layout) -> Sampler:
    """``map_coordinates`` of ``jax.scipy`` at the same places, over batch and channels by ``vmap``."""
    mode, channel = _MODES[case.padding_mode], 0 if layout == "channels_first" else -1

    def one(x: jax.Array, places: jax.Array) -> jax.Array:
        return jax.scipy.ndimage.map_coordinates(x, list(places), order=1, mode=mode)

    image = jax.vmap(one, in_axes=(channel, None), out_axes=channel)

    def sample(x: jax.Array, grid: jax.Array) -> jax.Array:
        half = np.asarray(case.lengths[::-1], np.float32) / 2
        places = ((grid + 1) * half - 0.5)[..., ::-1]
        return jax.vmap(image)(x, jnp.moveaxis(places, -1, 1))

    return sample
