"""Layers for Flax NNX. None has parameters or state of its own; see each one's example."""

# ruff: noqa: D101 -- the classes share their documentation with linen.py

from . import _grid_layers, _layers

try:
    from flax.nnx import Module
except ModuleNotFoundError as error:
    raise ImportError(_layers.FLAX_IS_MISSING) from error

__all__ = [
    "AdaptiveAvgPool",
    "GridSample",
    "SpatialTransformer",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]


class Upsample(_layers.Upsample, Module):
    __doc__ = _layers.Upsample.__doc__


class UpsamplingNearest2d(_layers.UpsamplingNearest2d, Module):
    __doc__ = _layers.UpsamplingNearest2d.__doc__


class UpsamplingBilinear2d(_layers.UpsamplingBilinear2d, Module):
    __doc__ = _layers.UpsamplingBilinear2d.__doc__


class AdaptiveAvgPool(_layers.AdaptiveAvgPool, Module):
    __doc__ = _layers.AdaptiveAvgPool.__doc__


class GridSample(_grid_layers.GridSample, Module):
    __doc__ = _grid_layers.GridSample.__doc__


class SpatialTransformer(_grid_layers.SpatialTransformer, Module):
    __doc__ = _grid_layers.SpatialTransformer.__doc__
