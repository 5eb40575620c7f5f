"""Layers for Flax Linen. None has parameters of its own: ``layer.apply({}, x)`` runs one on its own."""

# ruff: noqa: D101 -- the classes share their documentation with nnx.py

from . import _grid_layers, _layers

try:
    from flax.linen import Module
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

# `kw_only` holds for Linen's own `parent` and `name`. Linen wraps only the methods that stand in the
# class itself, so `__call__` is named again: tables of layers and captured intermediates then show it.


class Upsample(_layers.Upsample, Module, kw_only=True):
    __doc__ = _layers.Upsample.__doc__
    __call__ = _layers.Upsample.__call__


class UpsamplingNearest2d(_layers.UpsamplingNearest2d, Module, kw_only=True):
    __doc__ = _layers.UpsamplingNearest2d.__doc__
    __call__ = _layers.UpsamplingNearest2d.__call__


class UpsamplingBilinear2d(_layers.UpsamplingBilinear2d, Module, kw_only=True):
    __doc__ = _layers.UpsamplingBilinear2d.__doc__
    __call__ = _layers.UpsamplingBilinear2d.__call__


class AdaptiveAvgPool(_layers.AdaptiveAvgPool, Module, kw_only=True):
    __doc__ = _layers.AdaptiveAvgPool.__doc__
    __call__ = _layers.AdaptiveAvgPool.__call__


class GridSample(_grid_layers.GridSample, Module, kw_only=True):
    __doc__ = _grid_layers.GridSample.__doc__
    __call__ = _grid_layers.GridSample.__call__


class SpatialTransformer(_grid_layers.SpatialTransformer, Module, kw_only=True):
    __doc__ = _grid_layers.SpatialTransformer.__doc__
    __call__ = _grid_layers.SpatialTransformer.__call__
